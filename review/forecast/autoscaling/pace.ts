import type { Rules } from "./spec";

/*
 * How fast the controller of Kubernetes 1.34 goes to the number of pods that the metrics ask for.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/podautoscaler/horizontal.go
 */

interface Recommendation {
  readonly at: number;
  readonly pods: number;
}

interface ScaleEvent {
  readonly at: number;
  /** Pods added, or removed. */
  readonly change: number;
}

/** What an autoscaler remembers. Times in seconds. */
export interface Memory {
  readonly recommendations: readonly Recommendation[];
  readonly ups: readonly ScaleEvent[];
  readonly downs: readonly ScaleEvent[];
}

/** What the controller knows when it first sees an autoscaler. */
export function firstMemory(at: number, pods: number): Memory {
  return { recommendations: [{ at, pods }], ups: [], downs: [] };
}

interface PaceArgs {
  readonly now: number;
  readonly current: number;
  readonly wanted: number;
  readonly min: number;
  readonly max: number;
  readonly up: Rules;
  readonly down: Rules;
}

/** The number of pods after stabilization and rate limits, and what is remembered of it. */
export function paced(memory: Memory, args: PaceArgs): { readonly pods: number; readonly memory: Memory } {
  const stable = stabilized(memory.recommendations, args);
  const pods = limited(memory, { ...args, wanted: stable.pods });
  return { pods, memory: { ...memory, recommendations: stable.recommendations } };
}

/** The lowest recommendation of the window before pods are added, the highest one before any is removed. */
export function stabilized(
  recommendations: readonly Recommendation[],
  {
    now,
    current,
    wanted,
    up,
    down,
  }: Pick<PaceArgs, "now" | "current" | "wanted"> & {
    readonly up: Pick<Rules, "window">;
    readonly down: Pick<Rules, "window">;
  },
): { readonly pods: number; readonly recommendations: readonly Recommendation[] } {
  const since = (window: number) => recommendations.filter(({ at }) => at > now - window).map(({ pods }) => pods);
  const least = Math.min(wanted, ...since(up.window));
  const most = Math.max(wanted, ...since(down.window));
  const oldest = now - Math.max(up.window, down.window);
  return {
    pods: Math.min(Math.max(current, least), most),
    recommendations: [...recommendations.filter(({ at }) => at >= oldest), { at: now, pods: wanted }],
  };
}

/** No more than what the policies leave over in their periods, and no pods beyond the bounds. */
export function limited({ ups, downs }: Pick<Memory, "ups" | "downs">, args: PaceArgs): number {
  const { now, current, wanted, min, max, up, down } = args;
  const changed = (events: readonly ScaleEvent[], period: number) =>
    events.filter(({ at }) => at > now - period).reduce((sum, { change }) => sum + change, 0);
  /** Pods at the beginning of a period. */
  const before = (period: number) => current - changed(ups, period) + changed(downs, period);

  if (wanted > current) {
    const bounds = up.policies.map(({ type, value, period }) =>
      type === "Pods" ? before(period) + value : Math.ceil(before(period) * (1 + value / 100)),
    );
    const bound = up.select === "Disabled" ? current : up.select === "Min" ? Math.min(...bounds) : Math.max(...bounds);
    return Math.min(wanted, max, Math.max(bound, current));
  }
  if (wanted < current) {
    const bounds = down.policies.map(({ type, value, period }) =>
      type === "Pods" ? before(period) - value : Math.trunc(before(period) * (1 - value / 100)),
    );
    const bound = down.select === "Disabled" ? current : down.select === "Min" ? Math.max(...bounds) : Math.min(...bounds);
    return Math.max(wanted, min, Math.min(bound, current));
  }
  return wanted;
}

/**
 * Remembers a step. A new event takes the place of the last one that is older than every period of its own direction; with longer periods in
 * the other direction that one is forgotten too early, as it is by the controller.
 */
export function afterStep(
  memory: Memory,
  { now, from, to, up, down }: { now: number; from: number; to: number; up: Rules; down: Rules },
): Memory {
  if (from === to) return memory;
  const [list, rules] = to > from ? (["ups", up] as const) : (["downs", down] as const);
  const longest = Math.max(0, ...rules.policies.map(({ period }) => period));
  const events = [...memory[list]];
  const outdated = events.findLastIndex(({ at }) => at < now - longest);
  const event = { at: now, change: Math.abs(to - from) };
  if (outdated === -1) events.push(event);
  else events[outdated] = event;
  return { ...memory, [list]: events };
}
