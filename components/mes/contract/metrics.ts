import type { Signals } from "../role/signals";
import type { Duty } from "./contract";

export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly meaning: string;
  readonly duty: Duty;
  /** What it tells of, for which a role may name another source. */
  readonly signal: keyof Signals;
}

/**
 * Metrics that the image exports. Counters begin at 0 with the process, and every known value of a label is there from the
 * first answer on: a series that appears is counted from 0.
 */
export const METRICS = {
  http_server_request_duration_seconds: {
    type: "histogram",
    labels: ["http_request_method", "http_route", "http_response_status_code"],
    meaning: "requests by route (the pattern, never the path itself); health and metrics are not counted",
    duty: "http",
    signal: "requests",
  },
  mes_orders_accepted_total: {
    type: "counter",
    labels: ["channel"],
    meaning: "orders accepted over HTTP: the transaction with the order and its outbox row is committed. Channel: `b2b`, `b2c`",
    duty: "http",
    signal: "orders",
  },
  mes_orders_received_total: {
    type: "counter",
    labels: [],
    meaning: "orders of the CRM taken from the broker and committed to the database; a redelivery counts once",
    duty: "consumes",
    signal: "orders",
  },
  mes_orders_published_total: {
    type: "counter",
    labels: [],
    meaning: "accepted orders that the broker has confirmed",
    duty: "relay",
    signal: "orders",
  },
  mes_statuses_published_total: {
    type: "counter",
    labels: [],
    meaning: "statuses of orders for the CRM that the broker has confirmed",
    duty: "relay",
    signal: "orders",
  },
  mes_order_handling_seconds: {
    type: "histogram",
    labels: [],
    meaning: "time from taking a message to its acknowledgement",
    duty: "consumes",
    signal: "messages",
  },
  mes_messages_handled_total: {
    type: "counter",
    labels: ["outcome"],
    meaning: "`done`, `duplicate` (known to the inbox), `retried` (failed and given back), `rejected` (sent to the dead letters)",
    duty: "consumes",
    signal: "messages",
  },
  mes_db_pool_in_use: {
    type: "gauge",
    labels: [],
    meaning: "connections of the pool that are in use",
    duty: "database",
    signal: "connections",
  },
  mes_db_pool_size: {
    type: "gauge",
    labels: [],
    meaning: "connections that the pool may have",
    duty: "database",
    signal: "connections",
  },
} as const satisfies Record<string, Metric>;

/** Labels of any of these metrics. */
export const LABELS: readonly string[] = [...new Set(Object.values<Metric>(METRICS).flatMap(({ labels }) => labels))];

/** Buckets of histograms, in seconds: those of OpenTelemetry, and two more for prices of large files. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60] as const;

/** Metric of the CRM, the other half of the count of orders. It is not the image's; monitoring reads it where the CRM exposes it. */
export const CRM_CONFIRMED = "crm_orders_confirmed_total";

/** The CRM's count of statuses that it has written, the other half of `mes_statuses_published_total`. Without it, lost statuses are not noticed. */
export const CRM_STATUSES = "crm_statuses_received_total";

/** What an image tells that honours the contract. */
const OF_IMAGE: Signals = { requests: "image", messages: "image", connections: "image", orders: "image" };

/** Names of the series that a role with these duties exports, of the signals that its image tells. */
export function seriesOf(duties: ReadonlySet<Duty>, signals: Signals = OF_IMAGE): string[] {
  return Object.entries<Metric>(METRICS)
    .filter(([, { duty, signal }]) => (duty === "all" || duties.has(duty)) && signals[signal] === "image")
    .flatMap(([name, { type }]) => (type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]));
}
