import { decide, type Observed } from "./controller";
import { afterAnswer, asksItself, FIRST_KEDA_MEMORY, fallbackValue, polled, type KedaMemory } from "./keda";
import { firstMemory, type Memory } from "./pace";
import type { SeenPod } from "./proposals";
import { CONTROLLER, type AutoscalerSpec, type ControllerTimes, type Metric } from "./spec";

/** An autoscaler at work. All times in seconds. */
export interface ScalerState {
  /** Pods that the target has been told to have. */
  readonly wanted: number;
  readonly memory: Memory;
  readonly keda: KedaMemory;
  /** The controller could compute a number when it last looked. */
  readonly active: boolean;
  readonly nextSync: number;
  readonly nextPoll: number;
}

/** What can be measured at a moment. */
export interface Measured {
  readonly pods: readonly SeenPod[];
  /** The value of a metric from outside, summed over all pods; undefined if its source does not answer. */
  readonly read: Observed["read"];
  /** Use of CPU and memory can be had. @default true */
  readonly resourcesKnown?: boolean;
}

/** An autoscaler that begins with so many pods; it looks at once. */
export function firstState(now: number, pods: number): ScalerState {
  return { wanted: pods, memory: firstMemory(now, pods), keda: FIRST_KEDA_MEMORY, active: true, nextSync: now, nextPoll: now };
}

/** When the autoscaler has something to do next. */
export function nextLook(spec: AutoscalerSpec, { nextSync, nextPoll }: ScalerState): number {
  return spec.keda === undefined ? nextSync : Math.min(nextSync, nextPoll);
}

/** What the autoscaler does at a moment: KEDA's loop and the controller, each when it is due. */
export function look(
  spec: AutoscalerSpec,
  state: ScalerState,
  now: number,
  measured: Measured,
  times: ControllerTimes = CONTROLLER,
): ScalerState {
  let after = state;
  if (spec.keda !== undefined && state.nextPoll <= now) after = poll(spec, spec.keda, after, now, measured);
  if (state.nextSync <= now) after = sync(spec, after, now, measured, times);
  return after;
}

type External = Metric & { readonly kind: "average" };

function externals(spec: AutoscalerSpec): readonly { readonly metric: External; readonly index: number }[] {
  return spec.metrics.flatMap((metric, index) => (metric.kind === "average" ? [{ metric, index }] : []));
}

function poll(
  spec: AutoscalerSpec,
  keda: NonNullable<AutoscalerSpec["keda"]>,
  state: ScalerState,
  now: number,
  measured: Measured,
): ScalerState {
  let memory = state.keda;
  const asks = asksItself(keda, state.active);
  const triggers = externals(spec).map(({ metric, index }) => {
    const value = measured.read(metric);
    if (asks) memory = afterAnswer(memory, index, value);
    if (value !== undefined) return isActive(metric, measured);
    return fallbackValue(keda, memory, index, metric, state.wanted) === undefined ? undefined : true;
  });
  const result = polled(keda, memory, { now, current: state.wanted, triggers });
  return { ...state, wanted: result.pods, keda: result.memory, nextPoll: now + keda.pollingInterval };
}

/** A rate is active while messages wait, too. */
function isActive(metric: External, { read }: Measured): boolean {
  const { source, activation } = metric;
  const above = (value: number | undefined) => (value ?? 0) > activation;
  if (source.from !== "queue" || source.what === "length") return above(read(metric));
  return above(read(metric)) || above(read({ ...metric, source: { ...source, what: "length" } }));
}

function sync(spec: AutoscalerSpec, state: ScalerState, now: number, measured: Measured, times: ControllerTimes): ScalerState {
  const nextSync = now + times.syncPeriod;
  let keda = state.keda;
  const known = new Map<Metric, number | undefined>();
  // At no pod, or beyond its bounds, the controller asks nobody.
  const asks = state.wanted >= spec.min && state.wanted <= spec.max;
  for (const { metric, index } of asks ? externals(spec) : []) {
    const value = measured.read(metric);
    if (spec.keda !== undefined) keda = afterAnswer(keda, index, value);
    known.set(metric, value ?? (spec.keda && fallbackValue(spec.keda, keda, index, metric, state.wanted)));
  }
  const seen = { ...measured, now, wanted: state.wanted, read: (metric: External) => known.get(metric) };
  const { pods, memory, active } = decide(spec, state.memory, seen, times);
  return { ...state, wanted: pods, memory, active, keda, nextSync };
}
