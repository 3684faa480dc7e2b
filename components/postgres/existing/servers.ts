import type { Endpoint } from "../../network/connection";
import type { DatabaseServer, ExistingPostgresConfig } from "./config";

type Servers = Pick<ExistingPostgresConfig["existing"], "primary" | "readers">;

export function primaryServer({ primary }: Servers): Endpoint {
  return endpointOf("postgres-rw", primary);
}

/** Where programs go that only read. */
export function readingServer({ primary, readers }: Servers): Endpoint {
  return endpointOf(readers === undefined ? "postgres-rw" : "postgres-ro", readers ?? primary);
}

function endpointOf(name: string, { host, port, cidrs }: DatabaseServer): Endpoint {
  return { name, host, port, target: { cidrs } };
}
