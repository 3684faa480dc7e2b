/**
 * Metrics of the collectors that rules and dashboards use, as version 0.158 names them. A counter of failures is there from
 * the first failure on.
 * Source: https://opentelemetry.io/docs/collector/internal-telemetry/
 */
export const COLLECTOR_METRICS = [
  "otelcol_exporter_enqueue_failed_log_records",
  "otelcol_exporter_enqueue_failed_spans",
  "otelcol_exporter_queue_capacity",
  "otelcol_exporter_queue_size",
  "otelcol_exporter_send_failed_log_records",
  "otelcol_exporter_send_failed_spans",
  "otelcol_exporter_sent_log_records",
  "otelcol_exporter_sent_spans",
  "otelcol_process_cpu_seconds",
  "otelcol_process_memory_rss",
  "otelcol_process_uptime",
  "otelcol_receiver_accepted_log_records",
  "otelcol_receiver_accepted_spans",
  "otelcol_receiver_refused_log_records",
  "otelcol_receiver_refused_spans",
] as const;

/** Labels of those metrics, beside those of the collector itself. */
export const COLLECTOR_LABELS = [
  ...["exporter", "receiver", "transport", "processor", "data_type"],
  ...["sampled", "policy", "success", "endpoint", "resolver"],
] as const;
