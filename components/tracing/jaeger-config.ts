import { OTLP_GRPC_PORT } from "../collector/endpoints";
import {
  HEALTH_PORT,
  MEMORY_LIMITER,
  SERVER_MUTUAL_TLS,
  SERVER_TLS,
  listen,
  seconds,
  selfTelemetry,
} from "../collector/settings";
import { prometheusEndpoint } from "../monitoring/endpoints";
import type { Environment } from "../platform";
import { goYaml } from "../schema/yaml";
import { isSearch, type SearchStorage, type TraceStorage } from "./config";
import { JAEGER_GRPC_QUERY_PORT, JAEGER_QUERY_PORT } from "./endpoints";
import { SPAN_METRICS_NAMESPACE } from "./sampler-config";

export const JAEGER_CONFIG_FILE = "/etc/otelcol/config/config.yaml";
export const JAEGER_UI_FILE = "/etc/otelcol/config/ui.json";
/** Directory of the database, for storage of kind `badger`. */
export const BADGER_DIRECTORY = "/var/lib/jaeger";
/** Directory of the search cluster's CA certificate. */
export const SEARCH_CA_DIRECTORY = "/etc/jaeger/ca";
/** File of the search cluster's password: read again when it changes. */
export const SEARCH_PASSWORD_FILE = "/etc/jaeger/credentials/password";
/** Variable with the search cluster's user. */
export const SEARCH_USERNAME = "SEARCH_USERNAME";

/**
 * Jaeger in one process: takes kept traces, stores them, and answers queries.
 * Source: https://www.jaegertracing.io/docs/2.13/deployment/configuration/
 */
export function jaegerConfig(environment: Environment, storage: TraceStorage): string {
  const prometheus = prometheusEndpoint(environment);
  const extensions = {
    healthcheckv2: { use_v2: true, http: { endpoint: listen(HEALTH_PORT), status: { enabled: true, path: "/status" } } },
    jaeger_storage: {
      backends: { traces: backend(storage) },
      metric_backends: {
        prometheus: {
          prometheus: {
            endpoint: `http://${prometheus.host}:${prometheus.port}`,
            // As the span metrics of the samplers are named.
            metric_namespace: SPAN_METRICS_NAMESPACE.replaceAll(".", "_"),
            latency_unit: "s",
            normalize_calls: true,
            normalize_duration: true,
          },
        },
      },
    },
    jaeger_query: {
      storage: { traces: "traces", metrics: "prometheus" },
      ui: { config_file: JAEGER_UI_FILE },
      http: { endpoint: listen(JAEGER_QUERY_PORT), tls: SERVER_TLS },
      grpc: { endpoint: listen(JAEGER_GRPC_QUERY_PORT), tls: SERVER_TLS },
    },
  };
  return goYaml({
    extensions,
    receivers: { otlp: { protocols: { grpc: { endpoint: listen(OTLP_GRPC_PORT), tls: SERVER_MUTUAL_TLS } } } },
    processors: { memory_limiter: MEMORY_LIMITER },
    exporters: {
      jaeger_storage_exporter: {
        trace_storage: "traces",
        // Without a queue of its own, the sampler hears of a failure and keeps the spans on its disk.
        queue: { enabled: false },
        retry_on_failure: { enabled: false },
      },
    },
    service: {
      extensions: Object.keys(extensions),
      telemetry: { resource: { "service.name": "jaeger" }, ...selfTelemetry() },
      pipelines: {
        traces: { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["jaeger_storage_exporter"] },
      },
    },
  });
}

function backend(storage: TraceStorage) {
  switch (storage.kind) {
    case "memory":
      return { memory: { max_traces: storage.maxTraces } };
    case "badger":
      return {
        badger: {
          directories: { keys: `${BADGER_DIRECTORY}/keys`, values: `${BADGER_DIRECTORY}/values` },
          ephemeral: false,
          ttl: { spans: seconds(storage.retention) },
        },
      };
    case "opensearch":
    case "elasticsearch":
      return { [storage.kind]: searchBackend(storage) };
  }
}

/** Whether Jaeger has to say who it is. */
export function hasCredentials(storage: SearchStorage): boolean {
  return storage.username !== undefined || storage.credentialsSecret !== undefined;
}

/** Source: https://www.jaegertracing.io/docs/2.13/storage/opensearch/ */
function searchBackend(storage: SearchStorage) {
  const daily = (shards: number) => ({
    date_layout: "2006-01-02",
    rollover_frequency: "day",
    shards,
    replicas: storage.replicas,
  });
  return {
    server_urls: storage.endpoints,
    tls: {
      insecure: false,
      ...(storage.caSecret === undefined ? {} : { ca_file: `${SEARCH_CA_DIRECTORY}/ca.crt` }),
    },
    ...(hasCredentials(storage)
      ? { auth: { basic: { username: `\${env:${SEARCH_USERNAME}}`, password_file: SEARCH_PASSWORD_FILE } } }
      : {}),
    indices: {
      index_prefix: storage.indexPrefix,
      spans: daily(storage.shards),
      services: daily(1),
      dependencies: daily(1),
      sampling: daily(1),
    },
    create_mappings: true,
    // How far back a search without a time range looks.
    max_span_age: seconds(storage.retention),
    bulk_processing: { flush_interval: "1s" },
  };
}

/** Which of the pages are shown. */
export function jaegerUi(storage: TraceStorage): string {
  return JSON.stringify({
    // Made of the span metrics in Prometheus.
    monitor: { menuEnabled: true },
    // In a search cluster it would need a job over all traces; the dashboard of traces has the graph of services.
    dependencies: { menuEnabled: !isSearch(storage) },
    archiveEnabled: false,
  });
}
