/** Metrics of Loki that rules and dashboards use. Source: https://github.com/grafana/loki/tree/v3.7.8/production/loki-mixin */
export const LOKI_METRICS = [
  "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds",
  "loki_discarded_samples_total",
  "loki_distributor_bytes_received_total",
  "loki_distributor_lines_received_total",
  "loki_ingester_chunks_flush_failures_total",
  "loki_ingester_chunks_flushed_total",
  "loki_ingester_memory_streams",
  "loki_ingester_wal_bytes_in_use",
  "loki_ingester_wal_disk_full_failures_total",
  "loki_request_duration_seconds",
] as const;

/** Labels of those metrics. */
export const LOKI_LABELS = ["method", "route", "status_code", "ws", "tenant", "reason", "status"] as const;
