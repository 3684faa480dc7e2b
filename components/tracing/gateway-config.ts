import { OTLP_GRPC_PORT } from "../collector/endpoints";
import {
  CLIENT_MUTUAL_TLS,
  MEMORY_LIMITER,
  RETRY,
  SERVER_MUTUAL_TLS,
  listen,
  sendingQueue,
  type CollectorConfig,
} from "../collector/settings";
import type { Environment } from "../platform";
import type { TracingConfig } from "./config";
import { samplerEndpoint } from "./endpoints";

/** The OTLP receiver of the tiers behind the agents. */
export function mutualOtlp() {
  return {
    otlp: {
      protocols: {
        grpc: {
          endpoint: listen(OTLP_GRPC_PORT),
          tls: SERVER_MUTUAL_TLS,
          // A gRPC connection stays with one pod: ending it now and then lets senders find pods that came later.
          keepalive: { server_parameters: { max_connection_age: "60s", max_connection_age_grace: "15s" } },
        },
      },
    },
  };
}

/**
 * Sends all spans of a trace to the same sampler, whichever node and gateway they come through. The samplers are found by
 * the DNS name of their headless Service, so no access to the API server is needed.
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/exporter/loadbalancingexporter
 */
export function gatewayConfig(environment: Environment, config: TracingConfig): CollectorConfig {
  const { host, port } = samplerEndpoint(environment);
  return {
    receivers: mutualOtlp(),
    processors: { memory_limiter: MEMORY_LIMITER },
    exporters: {
      load_balancing: {
        routing_key: "traceID",
        resolver: { dns: { hostname: host, port: String(port), interval: "5s", timeout: "2s" } },
        // Queue and retries are here and not at each sampler: spans of a sampler that is gone go to the one that takes over.
        timeout: "10s",
        sending_queue: sendingQueue({ size: config.gateway.queue }),
        retry_on_failure: RETRY,
        protocol: {
          otlp: {
            timeout: "5s",
            // Samplers are called by their addresses, and no certificate names those.
            tls: { ...CLIENT_MUTUAL_TLS, server_name_override: host },
            sending_queue: { enabled: false },
            retry_on_failure: { enabled: false },
          },
        },
      },
    },
    pipelines: { traces: { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["load_balancing"] } },
  };
}
