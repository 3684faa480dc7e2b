import type { ScrapeTarget } from "../observability/scrape";
import type { GatewayConfig } from "./config";

/** Job of the gateway's pods. */
const GATEWAY_JOB = "gateway";

/**
 * What Envoy Gateway's proxies tell, of each rule of an HTTPRoute as of one cluster of Envoy. A series is there from the first request on.
 * Source of port, path and names: https://github.com/envoyproxy/gateway/blob/v1.9.0/internal/infrastructure/kubernetes/proxy/resource.go,
 * internal/xds/bootstrap/bootstrap.yaml.tpl and irRouteDestinationName in internal/gatewayapi/helpers.go;
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 */
export const ENVOY = {
  port: "metrics",
  portNumber: 19_001,
  path: "/stats/prometheus",
  requests: "envoy_cluster_upstream_rq_total",
  /** By first digit of the status. */
  byClass: "envoy_cluster_upstream_rq_xx",
  /** In milliseconds. */
  durations: "envoy_cluster_upstream_rq_time",
  cluster: "envoy_cluster_name",
  statusClass: "envoy_response_code_class",
} as const;

/** Selector of the requests that come by the HTTPRoutes of a Service, e.g. `httproute/mes/order-api/rule/0`; those of further hosts have longer names. */
export function requestsTo(namespace: string, routes: readonly string[]): string {
  return `${ENVOY.cluster}=~"httproute/${namespace}/(${routes.join("|")})/rule/[0-9]+"`;
}

/** The counter of those requests, and the proxies that have it. */
export function countedAtGateway(namespace: string, routes: readonly string[]) {
  return { counter: `${ENVOY.requests}{${requestsTo(namespace, routes)}}`, counted: `up{job="${GATEWAY_JOB}"}` };
}

/** Where the gateway's metrics are read; empty if they are not. */
export function gatewayTargets({ metrics, clients }: GatewayConfig): ScrapeTarget[] {
  if (metrics === undefined || "cidrs" in clients) return [];
  return [
    {
      job: GATEWAY_JOB,
      pods: { name: "gateway", ...clients },
      port: ENVOY.port,
      portNumber: ENVOY.portNumber,
      path: ENVOY.path,
      metrics: [ENVOY.requests, ENVOY.byClass, ENVOY.durations],
      labels: [ENVOY.cluster, ENVOY.statusClass],
      keepDeclared: true,
    },
  ];
}
