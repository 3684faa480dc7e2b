import type { ApiServer } from "./cluster-network";
import { connect, type Connection, type Endpoint } from "./connection";

/** The API server as a server: for pods that read or write objects. */
export function apiServerEndpoint({ cidrs, port, asService = false }: ApiServer): Endpoint {
  return {
    name: "api-server",
    host: "kubernetes.default.svc",
    port: 443,
    podPort: port,
    target: { cidrs, place: "api-server", asService },
  };
}

/** What the API server, or its tunnel, calls: webhooks and aggregated APIs. */
export function fromApiServer({ cidrs, tunnel }: ApiServer, ...to: readonly Endpoint[]): Connection[] {
  const itself = { name: "api-server", cidrs, place: "api-server" } as const;
  return [...connect(itself, ...to), ...(tunnel === undefined ? [] : connect(tunnel, ...to))];
}
