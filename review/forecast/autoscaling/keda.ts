import type { Keda, Metric } from "./spec";

/*
 * What KEDA 2.21 does beside the HorizontalPodAutoscaler that it makes.
 * Source: https://github.com/kedacore/keda/tree/v2.21.0/pkg/scaling and pkg/fallback
 */

export interface KedaMemory {
  /** Failed questions in a row, by the number of the metric. */
  readonly failures: Readonly<Record<number, number>>;
  /** Seconds; when some trigger last asked for a pod. Absent: never. */
  readonly activeAt?: number;
}

export const FIRST_KEDA_MEMORY: KedaMemory = { failures: {} };

/** Counts an answer, or the lack of one. */
export function afterAnswer(memory: KedaMemory, metric: number, value: number | undefined): KedaMemory {
  const failures = { ...memory.failures, [metric]: value === undefined ? (memory.failures[metric] ?? 0) + 1 : 0 };
  return { ...memory, failures };
}

/**
 * The value that stands for one that cannot be had: as much as the fallback's number of pods asks for, once more questions in a row
 * have failed than the threshold says. Until then the controller is told of the failure.
 * @param current pods that the target has been told to have
 */
export function fallbackValue(
  keda: Keda,
  memory: KedaMemory,
  index: number,
  metric: Metric,
  current: number,
): number | undefined {
  const { fallback } = keda;
  if (fallback === undefined || (memory.failures[index] ?? 0) <= fallback.failureThreshold) return undefined;
  return fallbackPods(fallback, current) * metric.target;
}

function fallbackPods({ behavior, replicas }: NonNullable<Keda["fallback"]>, current: number): number {
  switch (behavior) {
    case "static":
      return replicas;
    case "currentReplicas":
      return current;
    case "currentReplicasIfHigher":
      return Math.max(current, replicas);
    case "currentReplicasIfLower":
      return Math.min(current, replicas);
  }
}

/**
 * KEDA's own loop asks the sources itself only where it may go below what the HorizontalPodAutoscaler manages, and while the controller
 * does not ask; else it takes what the controller was told, and `pollingInterval` has no effect.
 */
export function asksItself(keda: Keda, controllerActive: boolean): boolean {
  return keda.minReplicas === 0 || !controllerActive;
}

export interface Polled {
  readonly now: number;
  /** Pods that the target has been told to have. */
  readonly current: number;
  /** The trigger is above its activation value, or in fallback; undefined if it failed without one. One for each metric from outside. */
  readonly triggers: readonly (boolean | undefined)[];
}

/** One round of KEDA's loop: from none to the first pod, and back after the cooldown. Between the two the controller decides. */
export function polled(
  keda: Keda,
  memory: KedaMemory,
  { now, current, triggers }: Polled,
): { readonly pods: number; readonly memory: KedaMemory } {
  const failed = triggers.includes(undefined);
  // Of CPU and memory alone nothing can be told without a pod.
  const active = triggers.includes(true) || triggers.length === 0;
  if (active) {
    if (current === 0) return { pods: Math.max(1, keda.minReplicas), memory: { ...memory, activeAt: now } };
    return { pods: current, memory: failed ? memory : { ...memory, activeAt: now } };
  }
  // A source that fails is no reason to stop anybody: without a fallback nothing happens, with one it comes.
  if (failed && keda.fallback?.replicas !== 0) return { pods: current, memory };
  if (current > 0 && keda.minReplicas === 0) {
    const cooled = memory.activeAt === undefined || memory.activeAt + keda.cooldown < now;
    return { pods: cooled ? 0 : current, memory };
  }
  return { pods: Math.max(current, keda.minReplicas), memory };
}
