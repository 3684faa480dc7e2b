/** Ports of OTLP, which every collector takes spans on. Source: https://opentelemetry.io/docs/specs/otlp/ */
export const OTLP_GRPC_PORT = 4317;
export const OTLP_HTTP_PORT = 4318;

/** Name of the collector on every node: its DaemonSet, its Service and the `job` of its metrics. */
export const AGENT = "otel-agent";
