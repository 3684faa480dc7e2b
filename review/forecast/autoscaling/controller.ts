import { afterStep, paced, type Memory } from "./pace";
import { averageProposal, utilizationProposal, type SeenPod } from "./proposals";
import type { AutoscalerSpec, ControllerTimes, Metric } from "./spec";

/** What the controller sees of a target. */
export interface Observed {
  /** Seconds. */
  readonly now: number;
  /** Pods that the target has been told to have. */
  readonly wanted: number;
  /** All its pods, those that start included. */
  readonly pods: readonly SeenPod[];
  /** The value of a metric from outside; undefined if it cannot be had. */
  readonly read: (metric: Metric & { readonly kind: "average" }) => number | undefined;
  /** Use of a resource can be had. @default true */
  readonly resourcesKnown?: boolean;
}

export interface Decision {
  /** Pods that the target is told to have from now on. */
  readonly pods: number;
  readonly memory: Memory;
  /** A number could be computed: condition `ScalingActive`. */
  readonly active: boolean;
}

/**
 * One look of the controller at an autoscaler: every metric proposes a number of pods and the largest counts; no pod is removed while
 * a metric cannot be had, and without any metric nothing changes.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/podautoscaler/horizontal.go
 */
export function decide(spec: AutoscalerSpec, memory: Memory, seen: Observed, times: ControllerTimes): Decision {
  const { now, wanted: current } = seen;
  const { min, max, up, down } = spec;
  const step = (to: number, remembered: Memory, active: boolean): Decision => ({
    pods: to,
    memory: afterStep(remembered, { now, from: current, to, up, down }),
    active,
  });
  if (current === 0 && min !== 0) return { pods: 0, memory, active: false };
  if (current > max) return step(max, memory, true);
  if (current < min) return step(min, memory, true);

  const proposals = spec.metrics.map((metric) => proposalOf(metric, spec, seen, times));
  const known = proposals.filter((proposal) => proposal !== undefined);
  const highest = Math.max(0, ...known);
  if (known.length === 0 || (known.length < proposals.length && highest < current))
    return { pods: current, memory, active: false };
  const result = paced(memory, { now, current, wanted: highest, min, max, up, down });
  return step(result.pods, result.memory, true);
}

function proposalOf(metric: Metric, spec: AutoscalerSpec, seen: Observed, times: ControllerTimes): number | undefined {
  const tolerances = spec;
  const { now, wanted: current, pods, resourcesKnown = true } = seen;
  if (metric.kind === "utilization") {
    const { resource, target } = metric;
    return resourcesKnown ? utilizationProposal({ now, resource, target, current, pods, tolerances, times }) : undefined;
  }
  const value = seen.read(metric);
  // A Deployment counts every pod that is not being deleted.
  const running = pods.filter(({ deleted }) => deleted !== true).length;
  return value === undefined ? undefined : averageProposal({ running, value, target: metric.target, tolerances });
}
