import type { KubeObject } from "../../kubernetes/objects";
import { timeInWords } from "../../kubernetes/sizes";
import { numberAt } from "../../kubernetes/value";
import type { PlannedProgram } from "../../orders/programs";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("time-budgets");

interface Limit {
  /** Seconds below which usual work is broken off. */
  readonly least: number;
  readonly harm: string;
  /** It bounds the work of a request, which may take as long as the request. */
  readonly work?: boolean;
}

/** Times of PgBouncer that end what goes on, in seconds; 0 is off. Source: https://www.pgbouncer.org/config.html */
const ENDS: Readonly<Record<string, Limit>> = {
  query_timeout: { least: 5, work: true, harm: "it cuts off what takes longer, and the order is written or not, nobody knows" },
  transaction_timeout: {
    least: 5,
    work: true,
    harm: "it cuts off what takes longer, and the order is written or not, nobody knows",
  },
  idle_transaction_timeout: { least: 5, harm: "a program that computes between two statements loses its transaction" },
  client_idle_timeout: { least: 60, harm: "connections that programs keep are cut, and the next order fails on each" },
  client_login_timeout: { least: 5, harm: "nobody logs in while the database is busy" },
  server_connect_timeout: { least: 2, harm: "no connection is made while the database is busy" },
  server_lifetime: { least: 60, harm: "connections are recreated all the time" },
  server_idle_timeout: { least: 10, harm: "connections are recreated all the time" },
  query_wait_timeout: { least: 2, harm: "orders are refused as soon as a few come at once" },
  cancel_wait_timeout: { least: 1, harm: "what a program has given up goes on" },
  suspend_timeout: { least: 1, harm: "connections are cut at each change of its configuration" },
};

/**
 * Times of a pooler against the requests that go through it.
 * @param clients programs with a database, as `clientsOfDatabase` has them
 */
export function poolerTimes(pooler: KubeObject, clients: readonly Client[]): Finding[] {
  const own = clients.filter(({ service, namespace }) => service === pooler.name && namespace === pooler.namespace);
  const requests = own.map(({ request }) => request).filter((request) => request > 0);
  const longest = Math.max(0, ...requests);
  const path = (parameter: string) => ["spec", "pgbouncer", "parameters", parameter];
  const ends = Object.entries(ENDS).flatMap(([parameter, { least, harm, work }]) => {
    const value = numberAt(pooler.spec, ...path(parameter).slice(1));
    if (value === undefined || value <= 0) return [];
    if (value < least) {
      return [
        error(
          pooler.resource,
          path(parameter),
          `${parameter} is ${timeInWords(value)}: ${harm}; raise it (mes:postgres.poolers)`,
        ),
      ];
    }
    if (work !== true || value >= longest) return [];
    const message = `${parameter} is ${timeInWords(value)}, and a request through it may take ${timeInWords(longest)}: ${harm}; raise it (mes:postgres.poolers)`;
    return [error(pooler.resource, path(parameter), message)];
  });
  const found = [...ends, ...triesFindings(pooler)];
  const wait = numberAt(pooler.spec, ...path("query_wait_timeout").slice(1)) ?? QUERY_WAIT;
  if (requests.length === 0 || wait <= longest) return found;
  const message = `a program waits ${timeInWords(wait)} for a connection, and gives its request up after ${timeInWords(longest)}: what was given up is written all the same; lower queryWait in mes:postgres.poolers to ${timeInWords(longest)} or less`;
  return [...found, warning(pooler.resource, path("query_wait_timeout"), message)];
}

/** PgBouncer's own. */
const QUERY_WAIT = 120;

/** Seconds after which a pooler tries again, or asks whether something has changed. Source: https://www.pgbouncer.org/config.html */
const TRIES: Readonly<Record<string, { readonly most: number; readonly harm: string }>> = {
  server_login_retry: { most: 30, harm: "a failover of some seconds becomes an outage of as long, for it does not try before" },
  server_check_delay: { most: 300, harm: "a connection that is dead is given to a program without a question" },
  dns_max_ttl: { most: 60, harm: "it goes on asking the address of an instance that is gone" },
  dns_nxdomain_ttl: { most: 60, harm: "a Service that was missing for a moment stays missing for as long" },
  tcp_keepidle: { most: 600, harm: "a server that is gone without a word is noticed after as long" },
};

function triesFindings({ resource, spec }: KubeObject): Finding[] {
  return Object.entries(TRIES).flatMap(([parameter, { most, harm }]) => {
    const value = numberAt(spec, "pgbouncer", "parameters", parameter);
    if (value === undefined || value <= most) return [];
    const message = `${parameter} is ${timeInWords(value)}: ${harm}; lower it to ${timeInWords(most)} or less`;
    return [(value > 4 * most ? error : warning)(resource, ["spec", "pgbouncer", "parameters", parameter], message)];
  });
}

/** A program, and the Service of the database or of a pooler that it is told of. */
export interface Client {
  readonly service: string;
  readonly namespace: string;
  /** Seconds of its longest request; 0 where it serves none. */
  readonly request: number;
}

export function clientsOfDatabase(
  programs: readonly PlannedProgram[],
  requestSeconds: (one: PlannedProgram) => number | undefined,
): Client[] {
  return programs.flatMap((one) => {
    const [service, namespace] = one.variables.get("PGHOST")?.value.split(".") ?? [];
    return service === undefined || namespace === undefined ? [] : [{ service, namespace, request: requestSeconds(one) ?? 0 }];
  });
}
