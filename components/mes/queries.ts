import { parseDuration } from "../schema";

/** PromQL that several rules and panels share. */

/** How far back a series is looked for at the start of a time: longer than any gap that a restart of Prometheus makes. */
const GAP = "30m";

/**
 * How much a counter has grown over a time, all series together, as a whole number. `increase` would not do for a comparison of
 * two systems: it extrapolates (1 order becomes 1.01), and what a new pod counts before it is first read is missing. Here a
 * series that was not there before is counted from 0, one that has gone is counted to its last value, and one that began again
 * in the meantime (a restarted container) is counted from its restart.
 *
 * @param watched selector of series whose presence at the start of the time proves that somebody was looking then: a series
 * that was not there is new. Without them (Prometheus itself is new) it is counted from the first value that was read.
 */
export function countOver(selector: string, window: string, watched: string): string {
  const last = `last_over_time(${selector}[${window}])`;
  const before = `last_over_time(${selector}[${GAP}] offset ${window})`;
  const fromZero = `${last} * 0 and on() group(last_over_time(${watched}[${GAP}] offset ${window}))`;
  return `sum((${last} - (${before} or ${fromZero} or min_over_time(${selector}[${window}]))) >= 0 or ${last})`;
}

/** How long orders have to be missing without a break. What is under way is another one every moment, and is few in between; what is lost stays. */
const STEADY = "5m";

/**
 * Whether orders are lost: what one side counts, the other does not, and nothing holds is never as little as what may be under way. That is nothing while
 * as many are sent as at the start of the time, for then as many were under way; where more are sent now, the newest of `transitSeconds` of what is more.
 *
 * @param missing recorded difference of the two sides
 * @param window time that it was counted over
 */
export function lost(missing: string, sentSelector: string, window: string, transitSeconds: number): string {
  const rate = (offset: string) => `sum(rate(${sentSelector}[5m]${offset}))`;
  const more = `clamp_min(${rate("")} - (${rate(` offset ${window}`)} or vector(0)), 0)`;
  return `${steadily(missing)} > (${more} * ${transitSeconds} or vector(0))`;
}

/** What is missing without a break: what is under way does not count. */
export function steadily(missing: string): string {
  return `min_over_time(${missing}[${STEADY}])`;
}

/** Recorded by the window that it is counted over: what one side counts, the other does not, and nothing holds. */
export const MISSING = {
  received: "mes:orders_not_received:count",
  published: "mes:orders_not_published:count",
  statuses: "mes:statuses_not_received:count",
} as const;

const WEEK = 7 * 86_400;

/** What a counter usually grows by in a time: a week ago at this hour; yesterday, where nobody was looking a week ago, or it is not kept. */
export function usual(selector: string, window: string, kept: string, by = ""): string {
  const sum = (ago: string) => `sum${by === "" ? "" : ` by (${by}) `}(increase(${selector}[${window}] offset ${ago}))`;
  return parseDuration(kept) < WEEK + parseDuration(window) ? sum("1d") : `(${sum("1w")} or ${sum("1d")})`;
}

/** A matcher of any of some values: `job=~"a|b"`. */
export function anyOf(label: string, values: readonly string[]): string {
  return values.length === 1 ? `${label}="${values[0]}"` : `${label}=~"${values.join("|")}"`;
}

/** A text as a regular expression inside of a PromQL string, where a backslash is doubled. */
export function literalPattern(text: string): string {
  return JSON.stringify(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).slice(1, -1);
}

/** Names of pods of Deployments, with the Deployment's name as first group. */
const POD_OF_ROLE = "(.+)-[a-z0-9]+-[a-z0-9]+";

/** Gives series with the label `pod` the label `role`: the Deployment's name is the first part of the pod's. */
export function byRole(aggregation: "sum" | "avg" | "max", series: string): string {
  return `${aggregation} by (role) (label_replace(${series}, "role", "$1", "pod", "${POD_OF_ROLE}"))`;
}

/** A quantile (0…1) of a histogram by some labels. */
export function quantile(q: number, histogram: string, selector: string, by: string, window: string): string {
  return `histogram_quantile(${q}, sum by (${by}, le) (rate(${histogram}_bucket{${selector}}[${window}])))`;
}
