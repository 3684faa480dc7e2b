import {
  CLIENT_MUTUAL_TLS,
  MEMORY_LIMITER,
  RETRY_FOREVER,
  fileStorage,
  listen,
  seconds,
  sendingQueue,
  type CollectorConfig,
} from "../collector/settings";
import type { Environment } from "../platform";
import { parseBytes, parseDuration } from "../schema";
import type { TracingConfig } from "./config";
import { jaegerOtlpEndpoint } from "./endpoints";
import { mutualOtlp } from "./gateway-config";

/** Port of the metrics made of spans. */
export const SPAN_METRICS_PORT = 8889;
/** First part of their names: `traces_span_metrics_calls_total`, `traces_span_metrics_duration_seconds`. */
export const SPAN_METRICS_NAMESPACE = "traces.span.metrics";

/** Bounds of the durations' histogram, from a cache hit to an order that waited in a queue. */
const BUCKETS = ["5ms", "10ms", "25ms", "50ms", "100ms", "250ms", "500ms", "1s", "2500ms", "5s", "10s", "30s", "60s", "300s"];

/** Traces that are remembered as kept, for spans that come late, as a multiple of the traces in memory. */
const DECISIONS_PER_TRACE = 10;

/**
 * Metrics of all spans first, then the decision which traces are kept: rates and durations must not depend on sampling.
 */
export function samplerConfig(environment: Environment, config: TracingConfig): CollectorConfig {
  const { host, port } = jaegerOtlpEndpoint(environment);
  const { sampler } = config;
  return {
    extensions: { file_storage: fileStorage(Math.floor(parseBytes(sampler.volumeSize) * 0.9)) },
    receivers: mutualOtlp(),
    processors: { memory_limiter: MEMORY_LIMITER, tail_sampling: tailSampling(config) },
    connectors: { span_metrics: spanMetrics(config), service_graph: SERVICE_GRAPH },
    exporters: {
      // Exemplars travel in the OpenMetrics format only.
      prometheus: {
        endpoint: listen(SPAN_METRICS_PORT),
        enable_open_metrics: true,
        translation_strategy: "UnderscoreEscapingWithSuffixes",
        without_scope_info: true,
        metric_expiration: "15m",
      },
      "otlp_grpc/jaeger": {
        endpoint: `${host}:${port}`,
        tls: CLIENT_MUTUAL_TLS,
        // What was chosen to be kept is few and precious: it waits on disk and is sent until Jaeger takes it.
        sending_queue: sendingQueue({ size: sampler.queue, storage: "file_storage" }),
        retry_on_failure: RETRY_FOREVER,
      },
    },
    pipelines: {
      "traces/all": {
        receivers: ["otlp"],
        processors: ["memory_limiter"],
        exporters: ["span_metrics", "service_graph"],
      },
      "traces/kept": {
        receivers: ["otlp"],
        processors: ["memory_limiter", "tail_sampling"],
        exporters: ["otlp_grpc/jaeger"],
      },
      metrics: { receivers: ["span_metrics", "service_graph"], exporters: ["prometheus"] },
    },
  };
}

/**
 * A trace is kept when one policy says so.
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/processor/tailsamplingprocessor
 */
export function tailSampling({ sampler, sampling }: TracingConfig) {
  return {
    decision_wait: seconds(sampler.decisionWait),
    num_traces: sampler.tracesInMemory,
    // Spans of an order that waited in a queue come long after its first ones. They are kept when the trace was; when it was
    // not, they are evaluated again, so that an order that fails late still leaves the part of its trace that says so.
    decision_cache: { sampled_cache_size: sampler.tracesInMemory * DECISIONS_PER_TRACE },
    policies: [
      { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
      { name: "slow", type: "latency", latency: { threshold_ms: parseDuration(sampling.slowerThan) * 1000 } },
      ...Object.entries(sampling.keep).map(([key, values]) => ({
        name: `keep ${key}`,
        type: "string_attribute",
        string_attribute: { key, values },
      })),
      ...(sampling.percentage > 0
        ? [{ name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: sampling.percentage } }]
        : []),
    ],
  };
}

/**
 * Rate, errors and duration of every operation, with the trace of one example.
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/connector/spanmetricsconnector
 */
function spanMetrics(config: TracingConfig) {
  return {
    namespace: SPAN_METRICS_NAMESPACE,
    histogram: { unit: "s", explicit: { buckets: BUCKETS } },
    dimensions: config.spanMetrics.dimensions.map((name) => ({ name })),
    // The scrape says which collector it was.
    exclude_dimensions: ["collector.instance.id"],
    aggregation_cardinality_limit: config.spanMetrics.maxSeries,
    // One counter for each service, not one for each of its pods that ever was.
    resource_metrics_key_attributes: ["service.name"],
    // Exemplars are shown until the next flush: not shorter than a scrape, or most are never seen.
    metrics_flush_interval: "30s",
    metrics_expiration: "15m",
    exemplars: { enabled: true, max_per_data_point: 2 },
  };
}

/**
 * Which service calls which, how often and how long: both spans of a call are here, because a trace is.
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/connector/servicegraphconnector
 */
const SERVICE_GRAPH = {
  latency_histogram_buckets: BUCKETS,
  store: { ttl: "10s", max_items: 10_000 },
  metrics_flush_interval: "30s",
  // Programs that make no spans: database, broker and partners appear under the name that the caller gives them.
  virtual_node_peer_attributes: ["peer.service", "db.system.name", "messaging.system", "server.address"],
};
