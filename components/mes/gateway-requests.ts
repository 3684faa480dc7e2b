import { ENVOY } from "../gateway/metrics";

/** Expressions over the requests that the gateway sends to a role. @param selector of its clusters (`requestsTo`) */
export function requestsAtGateway(selector: string) {
  const sum = (metric: string, window: string, matchers = selector, of: "rate" | "increase" = "rate") =>
    `sum(${of}(${metric}{${matchers}}[${window}]))`;
  const failed = `${selector},${ENVOY.statusClass}="5"`;
  return {
    /** Requests a second. */
    rate: (window: string) => sum(ENVOY.requests, window),
    /** Share of those that were answered with a 5xx, by the role or, where it did not answer, by the gateway. */
    failing: (window: string) => `${sum(ENVOY.byClass, window, failed)} / ${sum(ENVOY.byClass, window)}`,
    /** Number of those. */
    failures: (window: string) => sum(ENVOY.byClass, window, failed, "increase"),
    /** Seconds within which a share of them was answered. */
    quantile: (share: number, window: string) =>
      `histogram_quantile(${share}, sum by (le) (rate(${ENVOY.durations}_bucket{${selector}}[${window}]))) / 1000`,
  };
}
