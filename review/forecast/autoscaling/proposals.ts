import type { ControllerTimes, Rules } from "./spec";

/*
 * How many pods one metric asks for, as the controller of Kubernetes 1.34 computes it.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/podautoscaler/replica_calculator.go
 */

/** A pod as the controller sees it. All times in seconds. */
export interface SeenPod {
  readonly phase: "Pending" | "Running" | "Failed";
  /** @default false */
  readonly deleted?: boolean;
  readonly ready: boolean;
  /** When `ready` last changed. */
  readonly readySince: number;
  readonly startedAt: number;
  /** Thousandths of cores, or bytes, of one container. */
  readonly request: number;
  /** Absent while nothing is measured of it. */
  readonly usage?: { readonly value: number; readonly at: number; /** Seconds measured. */ readonly window: number };
}

type Tolerances = Readonly<Record<"up" | "down", Pick<Rules, "tolerance">>>;

interface UtilizationArgs {
  readonly now: number;
  readonly resource: "cpu" | "memory";
  /** Percent of the request. */
  readonly target: number;
  /** Pods that the target has been told to have. */
  readonly current: number;
  readonly pods: readonly SeenPod[];
  readonly tolerances: Tolerances;
  readonly times: ControllerTimes;
}

/** Pods that the use of a resource asks for; undefined if it cannot be told, so that nobody is removed for it. */
export function utilizationProposal(args: UtilizationArgs): number | undefined {
  const { current, tolerances } = args;
  const groups = { ready: [] as SeenPod[], unready: [] as SeenPod[], missing: [] as SeenPod[] };
  for (const pod of args.pods) {
    const group = groupOf(pod, args);
    if (group !== undefined) groups[group].push(pod);
  }
  const { ready, unready, missing } = groups;
  const measured = ready.map((pod) => ({ value: pod.usage?.value ?? 0, request: pod.request }));
  const ratio = utilizationRatio(measured, args.target);
  if (ratio === undefined) return undefined;

  const heldBack = unready.length > 0 && ratio > 1;
  if (!heldBack && missing.length === 0) return within(tolerances, ratio) ? current : Math.ceil(ratio * ready.length);

  // Those that are not measured count against a change: as busy when pods would go, as idle when pods would come.
  const assumed = ratio < 1 ? Math.max(100, args.target) / 100 : 0;
  if (ratio !== 1) measured.push(...missing.map(({ request }) => ({ value: Math.trunc(request * assumed), request })));
  if (heldBack) measured.push(...unready.map(({ request }) => ({ value: 0, request })));
  const again = utilizationRatio(measured, args.target) ?? 1;
  if (within(tolerances, again) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return current;
  const proposal = Math.ceil(again * measured.length);
  return (again < 1 && proposal > current) || (again > 1 && proposal < current) ? current : proposal;
}

interface AverageArgs {
  /** Pods that there are, not those that are wanted. */
  readonly running: number;
  /** Sum over all pods. */
  readonly value: number;
  /** For each pod. */
  readonly target: number;
  readonly tolerances: Tolerances;
}

/** Pods that a value from outside asks for. Readiness does not matter to it. */
export function averageProposal({ running, value, target, tolerances }: AverageArgs): number {
  const [usage, each] = [milli(value), milli(target)];
  return within(tolerances, usage / (each * running)) ? running : Math.ceil(usage / each);
}

/** Quantities in these comparisons are whole thousandths; what is no number, or below nothing, KEDA hands on as nothing. */
function milli(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.trunc(value * 1000) : 0;
}

function within({ up, down }: Tolerances, ratio: number): boolean {
  return 1 - down.tolerance <= ratio && ratio <= 1 + up.tolerance;
}

/** Utilization is a whole number of percent before it is compared. */
function utilizationRatio(pods: readonly { value: number; request: number }[], target: number): number | undefined {
  const requested = pods.reduce((sum, { request }) => sum + request, 0);
  if (requested === 0) return undefined;
  const used = pods.reduce((sum, { value }) => sum + Math.trunc(value), 0);
  return Math.trunc((used * 100) / requested) / target;
}

/** Pods that have failed or are being deleted belong to no group. */
function groupOf(pod: SeenPod, { now, resource, times }: UtilizationArgs): "ready" | "unready" | "missing" | undefined {
  if (pod.deleted === true || pod.phase === "Failed") return undefined;
  if (pod.phase === "Pending") return "unready";
  if (pod.usage === undefined) return "missing";
  if (resource !== "cpu") return "ready";
  const starting = pod.startedAt + times.cpuInitializationPeriod > now;
  const unready = starting
    ? !pod.ready || pod.usage.at < pod.readySince + pod.usage.window
    : !pod.ready && pod.startedAt + times.initialReadinessDelay > pod.readySince;
  return unready ? "unready" : "ready";
}
