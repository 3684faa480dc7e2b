import type { Endpoint, Outside } from "./connection";

/** Where the API server is; it is no pod, so policies name its addresses. */
export interface ApiServer {
  readonly cidrs: readonly string[];
  /** Port behind the Service `kubernetes`. */
  readonly port: number;
}

/** The API server as a server: for pods that read or write objects. */
export function apiServerEndpoint(apiServer: ApiServer): Endpoint {
  return {
    name: "api-server",
    host: "kubernetes.default.svc",
    port: 443,
    podPort: apiServer.port,
    target: { cidrs: apiServer.cidrs },
  };
}

/** The API server as a client: it calls the webhooks of operators. */
export function apiServerClient(apiServer: ApiServer): Outside {
  return { name: "api-server", cidrs: apiServer.cidrs };
}
