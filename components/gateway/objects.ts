import type { IGateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway";
import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { shortHash } from "../objects/short-hash";
import type { GatewayConfig } from "./config";
import type { Route } from "./route";

export const API_VERSION = "gateway.networking.k8s.io/v1";
const REDIRECT_LISTENER = "http";

/** Hosts of all routes and of the gateway itself, each once. */
export function hostsOf(config: GatewayConfig, routes: readonly Route[]): string[] {
  return [...new Set([config.host, ...routes.flatMap(({ hosts }) => hosts ?? [])])].sort();
}

/** Names are values of labels too, which have at most 63 characters: a longer one is told apart by a hash. */
function shortened(name: string): string {
  return name.length <= 63 ? name : `${name.slice(0, 54)}-${shortHash(name)}`;
}

/** Name of a host's listener. */
export function listenerName(host: string): string {
  return shortened(`https-${host.replaceAll(".", "-")}`);
}

/** Name of the Secret with a host's certificate. */
export function certificateName(host: string): string {
  return shortened(`tls-${host.replaceAll(".", "-")}`);
}

/**
 * One listener for each host, with a certificate of its own: a host that cannot be certified takes none of the others with
 * it. Routes may come from the given namespaces only.
 */
export function gatewaySpec(config: GatewayConfig, hosts: readonly string[], namespaces: readonly string[]): IGateway["spec"] {
  const key = "kubernetes.io/metadata.name";
  const selector = { matchExpressions: [{ key, operator: "In", values: [...namespaces].sort() }] };
  const { annotations, labels, redirectPort } = config;
  const infrastructure = {
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
  return {
    gatewayClassName: config.className,
    ...(Object.keys(infrastructure).length === 0 ? {} : { infrastructure }),
    listeners: [
      ...hosts.map((hostname) => ({
        name: listenerName(hostname),
        protocol: "HTTPS",
        port: config.port,
        hostname,
        tls: { mode: "Terminate" as const, certificateRefs: [{ name: certificateName(hostname) }] },
        allowedRoutes: { namespaces: { from: "Selector" as const, selector } },
      })),
      ...(redirectPort === false
        ? []
        : [
            {
              name: REDIRECT_LISTENER,
              protocol: "HTTP",
              port: redirectPort,
              allowedRoutes: { namespaces: { from: "Same" as const } },
            },
          ]),
    ],
  };
}

export interface GatewayName {
  readonly name: string;
  readonly namespace: string;
}

/** Everything that comes in on HTTP is told to come again on HTTPS. */
export function redirectSpec(config: GatewayConfig, gateway: GatewayName): IHTTPRoute["spec"] {
  const requestRedirect = { scheme: "https" as const, statusCode: 301 as const, port: config.port };
  return {
    parentRefs: [{ ...gateway, sectionName: REDIRECT_LISTENER }],
    rules: [{ filters: [{ type: "RequestRedirect", requestRedirect }] }],
  };
}

/** An HTTPRoute with the routes of one name for one set of hosts. */
export function routeSpec(routes: readonly [Route, ...Route[]], gateway: GatewayName, defaultHost: string): IHTTPRoute["spec"] {
  const hosts = [...(routes[0].hosts ?? [defaultHost])];
  return {
    parentRefs: hosts.map((host) => ({ ...gateway, sectionName: listenerName(host) })),
    hostnames: hosts,
    rules: routes.map(({ paths, service, endpoint, timeoutSeconds }) => ({
      matches: paths.map((value) => ({ path: { type: "PathPrefix" as const, value } })),
      ...(timeoutSeconds === undefined ? {} : { timeouts: { request: `${timeoutSeconds}s` } }),
      backendRefs: [{ name: service, port: endpoint.port }],
    })),
  };
}

/**
 * Routes by the HTTPRoute they make: those of one name and one set of hosts. On the gateway's own host it has the plain
 * name, else the hosts' names too, so that a further host renames nothing.
 */
export function groupRoutes(routes: readonly Route[]): { objectName: string; members: [Route, ...Route[]] }[] {
  const groups = new Map<string, { objectName: string; members: [Route, ...Route[]] }>();
  for (const route of routes) {
    const hosts = route.hosts ?? [];
    const suffix = hosts.length === 0 ? "" : `-${[...hosts].sort().join("-").replaceAll(".", "-")}`;
    const objectName = shortened(`${route.name}${suffix}`);
    const key = `${route.namespace}/${objectName}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { objectName, members: [route] });
    else group.members.push(route);
  }
  return [...groups.values()];
}
