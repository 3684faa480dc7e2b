import { POD_FACTS } from "../../components/workload/facts";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import { count, listed, reporter, type Finding, type Rule } from "./rule";

const name = "database-connections";
const { error, warning } = reporter(name);

/** Defaults of PostgreSQL. Source: https://www.postgresql.org/docs/current/runtime-config-connection.html */
const POSTGRES = { maxConnections: 100, superuserReserved: 3, reserved: 0 };
/** Defaults of PgBouncer; the first as the operator sets it. Source: https://www.pgbouncer.org/config.html */
const PGBOUNCER = { maxClients: 100, poolSize: 20, reservePool: 0 };
/** Connections of the operator's instance manager and its metrics exporter, at most. */
const OPERATOR_CONNECTIONS = 5;

export const databaseConnections: Rule = {
  name,
  title:
    "At full scale, the programs' connections fit the poolers, one of them lost too, and the poolers' fit the database's max_connections.",
  why: "The database runs out of connections at the very moment when every role has scaled out: orders then time out, or are refused, although every pod is healthy.",
  check: (plan) => {
    const known = inventory(plan);
    const clusters = known.ofKind("Cluster").filter((object) => object.group === "postgresql.cnpg.io");
    return clusters.flatMap((cluster) => {
      const poolers = known
        .ofKind("Pooler")
        .filter((pooler) => pooler.namespace === cluster.namespace && textAt(pooler.spec, "cluster", "name") === cluster.name);
      return [...poolers.flatMap((pooler) => poolerFindings(pooler, cluster, known)), ...serverFindings(cluster, poolers, known)];
    });
  },
};

interface Client {
  readonly group: PodGroup;
  /** Connections of all its pods together at full scale; undefined if it does not say. */
  readonly connections: number | undefined;
}

/** Programs that are told to connect to a Service. */
function clientsOf(service: string, namespace: string, { pods, scale }: Inventory): Client[] {
  const host = new RegExp(
    `^(?:[a-z]+://)?(?:[^/@]*@)?${escape(service)}\\.${escape(namespace)}(?:\\.svc(?:\\.cluster\\.local)?)?(?:[:/]|$)`,
  );
  return pods
    .filter(({ spec }) =>
      listAt(spec, "containers").some((container) =>
        listAt(container, "env").some((env) => host.test(textAt(env, "value") ?? "")),
      ),
    )
    .map((group) => {
      const each = numberAt(group.annotations, POD_FACTS.databaseConnections) ?? (group.finite ? 1 : undefined);
      return { group, connections: each === undefined ? undefined : each * (scale(group).max + surge(group, scale(group).max)) };
    });
}

/** Pods beyond the number wanted while a new version is rolled out. */
function surge({ object }: PodGroup, replicas: number): number {
  if (object.kind !== "Deployment") return 0;
  const value = recordAt(object.spec, "strategy", "rollingUpdate").maxSurge ?? "25%";
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? Number(/^(\d+)%$/.exec(value)?.[1] ?? 25) : 25;
  return Math.ceil((percent / 100) * replicas);
}

function poolerFindings(pooler: KubeObject, cluster: KubeObject, known: Inventory): Finding[] {
  const clients = clientsOf(pooler.name, pooler.namespace, known);
  const findings = clients
    .filter(({ connections }) => connections === undefined)
    .map(({ group }) =>
      warning(
        group.object.resource,
        [...group.specPath.slice(0, -1), "metadata", "annotations", POD_FACTS.databaseConnections],
        `connects to ${title(pooler)} and does not say how many connections one pod holds; add the annotation`,
      ),
    );
  const instances = numberAt(pooler.spec, "instances") ?? 1;
  const each = numberAt(pooler.spec, "pgbouncer", "parameters", "max_client_conn") ?? PGBOUNCER.maxClients;
  const wanted = clients.reduce((sum, { connections }) => sum + (connections ?? 0), 0);
  if (wanted > instances * each) {
    const message = `programs open up to ${wanted} connections at full scale (${breakdown(clients)}), but ${count(instances, "pod")} of the pooler accept ${instances * each}; raise max_client_conn or instances, or lower the programs' pools`;
    findings.push(error(pooler.resource, "spec.pgbouncer.parameters.max_client_conn", message));
  }
  const remaining = (instances - 1) * each;
  if (instances > 1 && wanted <= instances * each && wanted > remaining) {
    const message = `programs open up to ${wanted} connections at full scale (${breakdown(clients)}), but with one of ${instances} pods of the pooler lost the rest accept ${remaining}; raise max_client_conn or instances (mes:postgres.poolers)`;
    findings.push(error(pooler.resource, "spec.pgbouncer.parameters.max_client_conn", message));
  }
  findings.push(...modeFindings(pooler, wanted, instances), ...boundFindings(pooler, cluster, known));
  if (textAt(pooler.spec, "type") === "ro" && (numberAt(cluster.spec, "instances") ?? 1) < 2) {
    const message = `serves the replicas of ${title(cluster)}, which has none; add an instance, or use type rw`;
    findings.push(error(pooler.resource, "spec.type", message));
  }
  return findings;
}

/** Without a bound, each user that logs in for the first time opens a pool of its own. Source: max_db_connections of PgBouncer */
function boundFindings(pooler: KubeObject, cluster: KubeObject, known: Inventory): Finding[] {
  const bound = numberAt(pooler.spec, "pgbouncer", "parameters", "max_db_connections") ?? 0;
  const users = listAt(cluster.spec, "managed", "roles").filter((role) => recordAt(role).login === true).length;
  if (bound > 0 || users < 2) return [];
  const pool = numberAt(pooler.spec, "pgbouncer", "parameters", "default_pool_size") ?? PGBOUNCER.poolSize;
  const pods = known.pods.find(({ object }) => object.resource.urn === pooler.resource.urn)?.replicas ?? 1;
  const message = `has no max_db_connections: each of ${count(users, "user")} of ${title(cluster)} may open ${pool} connections through each of ${count(pods, "pod")}, ${users * pool * pods} in all; set connections in mes:postgres.poolers`;
  return [warning(pooler.resource, "spec.pgbouncer.parameters.max_db_connections", message)];
}

/** Source: https://www.pgbouncer.org/features.html */
function modeFindings(pooler: KubeObject, wanted: number, instances: number): Finding[] {
  const { resource } = pooler;
  const place = recordAt(pooler.spec, "pgbouncer");
  const parameter = (key: string) => numberAt(place, "parameters", key);
  const findings: Finding[] = [];
  if (place.paused === true) {
    findings.push(error(resource, "spec.pgbouncer.paused", "no query gets to the database any more; remove it"));
  }
  // The operator's own default.
  const mode = textAt(place, "poolMode") ?? "session";
  const pool = (parameter("default_pool_size") ?? PGBOUNCER.poolSize) * instances;
  if (mode === "session" && wanted > pool) {
    const message = `a program keeps its connection to the database as long as its own: ${wanted} are wanted at full scale, and there are ${pool} for each user; use transaction`;
    findings.push(error(resource, "spec.pgbouncer.poolMode", message));
  }
  if (mode === "statement") {
    findings.push(
      error(
        resource,
        "spec.pgbouncer.poolMode",
        "refuses transactions of several statements, as order and outbox are; use transaction",
      ),
    );
  }
  if (mode === "transaction" && parameter("max_prepared_statements") === 0) {
    const message = "is 0: statements that drivers prepare are gone with the next transaction; remove it";
    findings.push(error(resource, "spec.pgbouncer.parameters.max_prepared_statements", message));
  }
  return findings;
}

function breakdown(clients: readonly Client[]): string {
  const known = clients.filter(({ connections }) => connections !== undefined && connections > 0);
  const sorted = [...known].sort((a, b) => (b.connections ?? 0) - (a.connections ?? 0));
  return listed(sorted.map(({ group, connections }) => `${group.object.name} ${connections ?? 0}`));
}

interface Demand {
  readonly who: string;
  readonly connections: number;
}

function serverFindings(cluster: KubeObject, poolers: readonly KubeObject[], known: Inventory): Finding[] {
  const parameter = (key: string) => numberAt(cluster.spec, "postgresql", "parameters", key);
  const offered =
    (parameter("max_connections") ?? POSTGRES.maxConnections) -
    (parameter("superuser_reserved_connections") ?? POSTGRES.superuserReserved) -
    (parameter("reserved_connections") ?? POSTGRES.reserved) -
    OPERATOR_CONNECTIONS;
  const direct = (services: readonly string[]): Demand[] =>
    services.flatMap((service) =>
      clientsOf(service, cluster.namespace, known).map(({ group, connections }) => ({
        who: group.object.name,
        connections: connections ?? 1,
      })),
    );
  const pooled = (types: readonly string[]): Demand[] =>
    poolers
      .filter((pooler) => types.includes(textAt(pooler.spec, "type") ?? "rw"))
      .map((pooler) => ({ who: pooler.name, connections: serverConnections(pooler, known) }));
  const { name: cl } = cluster;
  // After a failover one instance may be all that is left for reading, so that each must carry its whole side.
  const sides = [
    { instance: "the primary", demand: [...pooled(["rw"]), ...direct([`${cl}-rw`])] },
    { instance: "a replica", demand: [...pooled(["ro", "r"]), ...direct([`${cl}-ro`, `${cl}-r`])] },
  ];
  return sides.flatMap(({ instance, demand }) => {
    const total = demand.reduce((sum, { connections }) => sum + connections, 0);
    if (total <= offered) return [];
    const parts = listed(demand.map(({ who, connections }) => `${who} ${connections}`));
    const message = `${instance} gets up to ${total} connections (${parts}), but max_connections leaves ${Math.max(0, offered)} after those reserved for superusers and the operator; raise max_connections or lower the poolers' pools`;
    return [error(cluster.resource, "spec.postgresql.parameters.max_connections", message)];
  });
}

/** Connections that all pods of a pooler open to the database at most: a pool for each user. */
function serverConnections(pooler: KubeObject, known: Inventory): number {
  const parameter = (key: string) => numberAt(pooler.spec, "pgbouncer", "parameters", key);
  const users = new Set(
    clientsOf(pooler.name, pooler.namespace, known).flatMap(({ group }) =>
      listAt(group.spec, "containers").flatMap((container) =>
        listAt(container, "env")
          .filter((env) => textAt(env, "name") === "PGUSER")
          .map((env) => textAt(env, "value") ?? textAt(env, "valueFrom", "secretKeyRef", "name") ?? ""),
      ),
    ),
  );
  const pools = Math.max(1, users.size);
  const perUser = parameter("max_user_connections");
  const pool = (parameter("default_pool_size") ?? PGBOUNCER.poolSize) + (parameter("reserve_pool_size") ?? PGBOUNCER.reservePool);
  const perDatabase = parameter("max_db_connections");
  const each = pools * (perUser !== undefined && perUser > 0 ? Math.min(pool, perUser) : pool);
  const capped = perDatabase !== undefined && perDatabase > 0 ? Math.min(each, perDatabase) : each;
  return capped * (numberAt(pooler.spec, "instances") ?? 1);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
