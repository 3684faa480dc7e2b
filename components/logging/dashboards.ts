import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, timeseries } from "../observability/panels";
import { LOKI } from "./endpoints";

const JOB = `job="${LOKI}"`;
const RATE = "[$__rate_interval]";

/** Whether logs come in, are kept, and are found. */
export function loggingDashboard(): Dashboard {
  return dashboard("mes-logging", "Logging", [
    row("Now", [
      stat("Pods", "short", [{ expr: `count(up{${JOB}} == 1) or vector(0)`, legend: "pods" }], { least: 1 }),
      stat("Log volume", "Bps", [{ expr: `sum(rate(loki_distributor_bytes_received_total{${JOB}}[15m]))`, legend: "taken" }]),
      stat("Streams", "short", [{ expr: `sum(loki_ingester_memory_streams{${JOB}})`, legend: "in memory, all copies" }]),
      stat(
        "Last compaction",
        "s",
        [
          {
            expr: `time() - max(loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds{${JOB}} > 0)`,
            legend: "ago",
          },
        ],
        { limits: [{ value: 3 * 3600, color: "red" }] },
      ),
    ]),
    row("In", [
      timeseries("Records taken", "cps", [
        { expr: `sum(rate(loki_distributor_lines_received_total{${JOB}}${RATE}))`, legend: "records" },
      ]),
      timeseries("Records discarded", "cps", [
        { expr: `sum by (reason) (rate(loki_discarded_samples_total{${JOB}}${RATE}))`, legend: "{{reason}}" },
      ]),
      timeseries("Chunks written", "cps", [
        { expr: `sum by (pod) (rate(loki_ingester_chunks_flushed_total{${JOB}}${RATE}))`, legend: "{{pod}}" },
        { expr: `sum by (pod) (rate(loki_ingester_chunks_flush_failures_total{${JOB}}${RATE}))`, legend: "{{pod}} failed" },
      ]),
    ]),
    row("Requests", [
      timeseries("Requests by outcome", "reqps", [
        {
          expr: `sum by (route, status_code) (rate(loki_request_duration_seconds_count{${JOB}}${RATE}))`,
          legend: "{{route}} {{status_code}}",
        },
      ]),
      timeseries("Duration, p99", "s", [
        {
          expr: `histogram_quantile(0.99, sum by (route, le) (rate(loki_request_duration_seconds_bucket{${JOB},route!~".*tail.*"}${RATE})))`,
          legend: "{{route}}",
        },
      ]),
      timeseries("WAL on the volume", "bytes", [
        { expr: `max by (pod) (loki_ingester_wal_bytes_in_use{${JOB}})`, legend: "{{pod}}" },
      ]),
    ]),
  ]);
}
