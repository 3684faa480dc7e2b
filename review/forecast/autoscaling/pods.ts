import type { SeenPod } from "./proposals";

/** A pod of a simulation. Seconds. */
export interface SimulatedPod {
  readonly createdAt: number;
  /** From here on it takes work. */
  readonly readyAt: number;
}

/**
 * Pods after their controller was told another number: new ones are ready when their start is over; those that have not become ready go first,
 * then those that became so last.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
 */
export function scaled(pods: readonly SimulatedPod[], wanted: number, now: number, startup: number): readonly SimulatedPod[] {
  if (pods.length === wanted) return pods;
  if (pods.length > wanted) return [...pods].sort((a, b) => a.readyAt - b.readyAt).slice(0, wanted);
  const created = Array.from({ length: wanted - pods.length }, () => ({ createdAt: now, readyAt: now + startup }));
  return [...pods, ...created];
}

/** As many pods as there are, ready for long. */
export function longRunning(count: number): readonly SimulatedPod[] {
  return Array.from({ length: count }, () => ({ createdAt: -Infinity, readyAt: -Infinity }));
}

export function readyPods(pods: readonly SimulatedPod[], now: number): number {
  return pods.reduce((sum, { readyAt }) => sum + (readyAt <= now ? 1 : 0), 0);
}

interface Use {
  /** Thousandths of cores, or bytes: request of the container, and what all ready pods use together. */
  readonly request: number;
  readonly used: number;
  /** Seconds over which metrics-server measures. */
  readonly window: number;
}

/** The pods as the controller sees them: the use is shared by those that are ready, and the others are not measured. */
export function seen(pods: readonly SimulatedPod[], now: number, { request, used, window }: Use): SeenPod[] {
  const ready = readyPods(pods, now);
  return pods.map(({ createdAt, readyAt }) => {
    const isReady = readyAt <= now;
    return {
      phase: isReady ? "Running" : "Pending",
      ready: isReady,
      readySince: isReady ? readyAt : createdAt,
      startedAt: createdAt,
      request,
      ...(isReady ? { usage: { value: used / ready, at: now, window } } : {}),
    };
  });
}
