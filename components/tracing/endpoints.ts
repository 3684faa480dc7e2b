import { AGENT, OTLP_GRPC_PORT } from "../collector/endpoints";
import { serviceHost, type Endpoint, type PodSet } from "../network/connection";
import type { Environment } from "../platform";
import type { Binding } from "../workload/binding";
import { selectorLabels } from "../objects/labels";

/** Port of Jaeger's pages and query API. */
export const JAEGER_QUERY_PORT = 16_686;
/** Port of Jaeger's query API over gRPC. */
export const JAEGER_GRPC_QUERY_PORT = 16_685;

/** Name of the collectors that send all spans of a trace to the same sampler. */
export const GATEWAY = "otel-gateway";
/** Name of the collectors that decide which traces are kept. */
export const SAMPLER = "otel-sampler";
export const JAEGER = "jaeger";

function pods(name: string, namespace: string): PodSet {
  return { name, namespace, labels: selectorLabels(name) };
}

function endpoint(name: string, namespace: string, port: number): Endpoint {
  return { name, host: serviceHost(name, namespace), port, target: { pods: pods(name, namespace) } };
}

/** Where programs send their spans: the collector on their own node (its Service keeps to the node). */
function agentEndpoint(environment: Environment): Endpoint {
  return endpoint(AGENT, environment.namespaces.nodes, OTLP_GRPC_PORT);
}

/** Where the agents send spans. */
export function gatewayEndpoint(environment: Environment): Endpoint {
  return endpoint(GATEWAY, environment.namespaces.observability, OTLP_GRPC_PORT);
}

/** Where the gateway sends spans: one address for each pod, chosen by the trace. */
export function samplerEndpoint(environment: Environment): Endpoint {
  return endpoint(SAMPLER, environment.namespaces.observability, OTLP_GRPC_PORT);
}

/** Where the samplers send the traces that are kept. */
export function jaegerOtlpEndpoint(environment: Environment): Endpoint {
  return endpoint(JAEGER, environment.namespaces.observability, OTLP_GRPC_PORT);
}

/** Jaeger's pages and query API, for people and for Grafana. */
export function jaegerQueryEndpoint(environment: Environment): Endpoint {
  return endpoint(JAEGER, environment.namespaces.observability, JAEGER_QUERY_PORT);
}

/**
 * What a program needs to send traces: standard variables of the OpenTelemetry SDKs. Every trace is sent; which ones are
 * kept is decided where a trace is seen as a whole.
 * Source: https://opentelemetry.io/docs/languages/sdk-configuration/
 * @param tracing whether the stack runs tracing; without it the SDK is switched off and no connection is declared
 */
export function otlpBinding(environment: Environment, tracing: { readonly enabled: boolean } = { enabled: true }): Binding {
  if (!tracing.enabled) return { endpoints: [], env: { OTEL_SDK_DISABLED: "true" } };
  const agent = agentEndpoint(environment);
  return {
    endpoints: [agent],
    env: {
      // Without TLS: the way from a pod to the agent never leaves the node.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${agent.host}:${agent.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
      OTEL_PROPAGATORS: "tracecontext,baggage",
    },
  };
}
