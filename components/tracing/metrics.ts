import { COLLECTOR_LABELS, COLLECTOR_METRICS } from "../collector/metrics";

/** Metrics that rules and dashboards use, as version 0.158 of the collector names them. */
export const GATEWAY_METRICS = [
  ...COLLECTOR_METRICS,
  "otelcol_loadbalancer_backend_outcome",
  "otelcol_loadbalancer_num_backends",
] as const;

export const SAMPLER_METRICS = [
  ...COLLECTOR_METRICS,
  "otelcol_processor_tail_sampling_count_traces_sampled",
  "otelcol_processor_tail_sampling_early_releases_from_cache_decision",
  "otelcol_processor_tail_sampling_global_count_traces_sampled",
  "otelcol_processor_tail_sampling_new_trace_id_received",
  "otelcol_processor_tail_sampling_sampling_decision_timer_latency",
  "otelcol_processor_tail_sampling_sampling_policy_evaluation_error",
  "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early",
  "otelcol_processor_tail_sampling_sampling_traces_on_memory",
] as const;

/** Jaeger is a collector too. */
export const JAEGER_METRICS = [
  "otelcol_exporter_send_failed_spans",
  "otelcol_exporter_sent_spans",
  "otelcol_process_memory_rss",
  "otelcol_process_uptime",
  "otelcol_receiver_accepted_spans",
  "otelcol_receiver_refused_spans",
  "jaeger_storage_bulk_index_errors",
  "jaeger_storage_bulk_index_latency_err",
  "jaeger_storage_latency",
] as const;

/** Made of the spans of all programs by the connectors `span_metrics` and `service_graph`. */
export const SPAN_METRICS = [
  "traces_service_graph_request_failed_total",
  "traces_service_graph_request_server_seconds",
  "traces_service_graph_request_client_seconds",
  "traces_service_graph_request_total",
  "traces_span_metrics_calls_total",
  "traces_span_metrics_duration_seconds",
] as const;

/** Labels of `SPAN_METRICS`: of calls, and of the edges between services. */
export const SPAN_LABELS = [
  ...["service_name", "span_name", "span_kind", "status_code"],
  ...["client", "server", "connection_type", "failed"],
] as const;

export const JAEGER_LABELS = [...COLLECTOR_LABELS, "kind", "operation", "name", "role", "result"] as const;
