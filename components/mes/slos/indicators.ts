import { ENVOY, requestsTo } from "../../gateway/metrics";
import { POSTGRES_JOB } from "../../postgres/alerts";
import type { Measured } from "../measured";
import { BUCKETS } from "../contract/metrics";
import { literalPattern } from "../queries";
import { enabledRoles } from "../role/pods";
import { signalsOf } from "../role/signals";
import type { SloConfig } from "./config";

/** PromQL of what an objective counts: bad ones and all, a second each. For freshness they are moments: seconds of a second. */
export interface Indicator {
  readonly bad: string;
  readonly all: string;
}

/** In milliseconds. Source: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/metrics/v3/stats.proto, HistogramBucketSettings */
const ENVOY_BUCKETS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
];

/** Times in seconds that the histogram of an objective has buckets for. */
export function bucketsOf(source: "image" | "gateway"): readonly number[] {
  return source === "image" ? BUCKETS : ENVOY_BUCKETS.map((milliseconds) => milliseconds / 1_000);
}

/**
 * Where the requests of an objective are counted. The gateway counts also what no pod was there to answer, so it is taken where it is
 * measured and all of the role's requests are meant.
 */
export function requestSource(slo: SloConfig, { roles, gatewayRoutes }: Measured): "image" | "gateway" | "none" {
  const [, role] = enabledRoles(roles).find(([name]) => name === slo.role) ?? [];
  if (role === undefined) return "none";
  const routed = gatewayRoutes !== undefined && role.routes.length > 0;
  if (slo.routes === undefined && routed) return "gateway";
  return signalsOf(role, gatewayRoutes !== undefined).requests;
}

/** What an objective counts; undefined if nothing measures it. */
export function indicatorOf(slo: SloConfig, measured: Measured): Indicator | undefined {
  const { role = "", within = 0 } = slo;
  switch (slo.indicator) {
    case "freshness":
      return moments(`max(cnpg_mes_outbox_oldest_unsent_seconds{job="${POSTGRES_JOB}"})`, within);
    case "handling": {
      const selector = `namespace="${measured.namespace}",job="${role}"`;
      return events(`mes_order_handling_seconds_count{${selector}}`, inTime("mes_order_handling_seconds", selector, within));
    }
    case "availability":
    case "latency":
      return requests(slo, measured);
  }
}

function requests(slo: SloConfig, measured: Measured): Indicator | undefined {
  const { role = "", within = 0, routes = [] } = slo;
  switch (requestSource(slo, measured)) {
    case "gateway": {
      const selector = requestsTo(measured.namespace, measured.gatewayRoutes?.[role] ?? []);
      return slo.indicator === "latency"
        ? events(`${ENVOY.durations}_count{${selector}}`, inTime(ENVOY.durations, selector, within * 1_000))
        : failures(ENVOY.byClass, selector, `${ENVOY.statusClass}="5"`);
    }
    case "image": {
      const own = `namespace="${measured.namespace}",job="${role}"`;
      const selector = routes.length === 0 ? own : `${own},${routeMatcher(routes)}`;
      const histogram = "http_server_request_duration_seconds";
      return slo.indicator === "latency"
        ? events(`${histogram}_count{${selector}}`, inTime(histogram, selector, within))
        : failures(`${histogram}_count`, selector, 'http_response_status_code=~"5.."');
    }
    case "none":
      return undefined;
  }
}

/** A matcher of some routes. */
function routeMatcher(routes: readonly string[]): string {
  const [only = ""] = routes;
  return routes.length === 1 ? `http_route=${JSON.stringify(only)}` : `http_route=~"${routes.map(literalPattern).join("|")}"`;
}

function sum(selector: string): string {
  return `sum(rate(${selector}[5m]))`;
}

/** Events of which those in time are counted too. */
function events(all: string, good: string): Indicator {
  return { all: sum(all), bad: `clamp_min(${sum(all)} - ${sum(good)}, 0)` };
}

/** A failure has no series before the first one. */
function failures(counter: string, selector: string, failed: string): Indicator {
  const all = sum(`${counter}{${selector}}`);
  return { all, bad: `${sum(`${counter}{${selector},${failed}}`)} or ${all} * 0` };
}

/** Prometheus 3 writes whole numbers as `10.0`, earlier ones as the program does. Source: https://prometheus.io/docs/prometheus/latest/migration/ */
function inTime(histogram: string, selector: string, bucket: number): string {
  const value = String(bucket).replace(".", "\\\\.");
  return `${histogram}_bucket{${selector},le=~"${value}${Number.isInteger(bucket) ? "(\\\\.0)?" : ""}"}`;
}

function moments(age: string, within: number): Indicator {
  return { all: `${age} * 0 + 1`, bad: `avg_over_time((${age} > bool ${within})[5m:])` };
}
