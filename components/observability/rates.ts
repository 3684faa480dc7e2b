/** Shortest time that a rate is taken over, in autoscalers, alerts and dashboards. A rate needs two scrapes. */
export const SHORTEST_RATE = "2m";

/**
 * How much counters have grown over a time, those too that came with their first value: `increase` sees a series that is born with 30 as one that has not
 * grown. A series is new where it was not there in the hour before, and somebody was looking then (a new Prometheus has seen nothing grow).
 *
 * @param by labels of the sum; default: one sum
 */
export function grown(selector: string, window: string, by = ""): string {
  const isNew = `(${selector} unless last_over_time(${selector}[1h] offset ${window})) and on () group(last_over_time(up[5m] offset ${window}))`;
  return `sum ${by === "" ? "" : `by (${by}) `}(${isNew} or increase(${selector}[${window}]))`;
}
