import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { plannedPrograms } from "../../orders/programs";
import type { Plan } from "../../plan/plan";
import { inWords } from "../../kubernetes/sizes";
import { bytesAt, listAt, numberAt, textAt } from "../../kubernetes/value";
import { count, reporter, type Finding } from "../rule";

const { error, warning } = reporter("settings-fit");

/** Bytes of the operator's instance manager, which runs beside PgBouncer in its container. */
const MANAGER = 32 * 2 ** 20;
/** Bytes of one client: a buffer of each side, and with TLS what OpenSSL keeps. Source: https://www.pgbouncer.org/usage.html and pkt_buf in its configuration */
const CLIENT = { least: 10 * 2 ** 10, tls: 60 * 2 ** 10 };
const CLIENTS = 100;

/** A pooler's memory against the clients that it takes. */
export function poolerMemory({ resource, spec }: KubeObject): Finding[] {
  const containers = listAt(spec, "template", "spec", "containers");
  const i = containers.findIndex((one) => textAt(one, "name") === "pgbouncer");
  const limit = bytesAt(containers[i], "resources", "limits", "memory");
  if (limit === undefined) return [];
  const clients = numberAt(spec, "pgbouncer", "parameters", "max_client_conn") ?? CLIENTS;
  const [least, usual] = [MANAGER + clients * CLIENT.least, MANAGER + clients * CLIENT.tls];
  if (limit >= usual) return [];
  const message = `has ${inWords(limit)}, and ${clients} clients take ${inWords(usual)}: it is killed, and every connection with it; raise its memory (mes:postgres.poolers), or lower max_client_conn`;
  const path = ["spec", "template", "spec", "containers", i, "resources", "limits", "memory"];
  return [(limit < least ? error : warning)(resource, path, message)];
}

/** Pods that may share a server connection, where each transaction is short. */
const SHARED = { usual: 2, most: 6 };

/** A pooler's connections for a user against the pods that log in as it. Source: default_pool_size and reserve_pool_size of https://www.pgbouncer.org/config.html */
export function poolsShared(plan: Plan, known: Inventory): Finding[] {
  const programs = plannedPrograms(plan).filter(({ off }) => off === undefined);
  return known.ofKind("Pooler").flatMap(({ resource, spec, name, namespace }) => {
    const parameter = (key: string) => numberAt(spec, "pgbouncer", "parameters", key);
    const each = (parameter("default_pool_size") ?? 20) + (parameter("reserve_pool_size") ?? 0);
    const pool = each * (numberAt(spec, "instances") ?? 1);
    const wanted = new Map<string, number>();
    for (const { group, variables } of programs) {
      const user = variables.get("PGUSER")?.value;
      const [service, home] = variables.get("PGHOST")?.value.split(".") ?? [];
      if (group === undefined || user === undefined || service !== name || home !== namespace) continue;
      wanted.set(user, (wanted.get(user) ?? 0) + known.scale(group).max);
    }
    const [worst] = [...wanted].sort(([, a], [, b]) => b - a);
    if (worst === undefined || worst[1] <= pool * SHARED.usual) return [];
    const [user, pods] = worst;
    const report = pods > pool * SHARED.most ? error : warning;
    const message = `${count(pods, "pod")} log in as ${user}, and share ${count(pool, "connection")} of it through ${name}: at full scale orders wait for one another, whatever the database could do; raise poolSize in mes:postgres.poolers`;
    return [report(resource, "spec.pgbouncer.parameters.default_pool_size", message)];
  });
}
