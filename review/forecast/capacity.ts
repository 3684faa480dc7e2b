import { inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { bytesAt, coresAt, numberAt, textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { demandOf, ordersADay, ordersAWeek, busiestWeekday, sum } from "./demand";
import type { Model, RoleModel } from "./model";
import { drainSeconds, waitingOf, type Waiting } from "./queueing";

/** Something that works on what comes: a role, a pooler, the CPUs of a database. */
export interface Capacity extends Waiting {
  readonly what: "role" | "pooler" | "database";
  readonly name: string;
  /** Pieces a second: mean of the busiest hour, and its peak. */
  readonly rate: number;
  readonly peak: number;
  /** Pieces a second at most, with all pods that there may be. */
  readonly capacity: number;
  /** Servers of that many pods or instances. */
  readonly servers: number;
  /** Times as many orders until the peak is more than can be done. */
  readonly headroom: number;
  /** Seconds until the backlog of the outage is worked off in the busiest hour; Infinity where it never is. */
  readonly drain: number;
}

/** Something that fills. */
export interface Filling {
  readonly name: string;
  /** `messages`, `bytes` or `connections`. */
  readonly unit: "messages" | "bytes" | "connections";
  readonly limit: number;
  /** What is used, or what comes a second. */
  readonly used?: number;
  readonly rate?: number;
  /** Seconds until it is full. */
  readonly fullAfter?: number;
  /** When it fills: `while nobody consumes`. */
  readonly when: string;
}

export interface CapacityReport {
  /** Orders of the busiest day, and of a week. */
  readonly ordersADay: number;
  readonly ordersAWeek: number;
  readonly capacities: readonly Capacity[];
  readonly fillings: readonly Filling[];
  /** What is overrun first as orders grow. */
  readonly first?: Capacity;
}

/** What a forecast asks of a stack at full scale, in the busiest hour of the week. */
export function capacityOf(plan: Plan, model: Model): CapacityReport {
  const { facts, roles } = model;
  const capacities = [...roles.map((role) => ofRole(role, model)), ...ofDatabase(plan, model)];
  const bySpace = capacities.filter(({ rate }) => rate > 0).sort((a, b) => a.headroom - b.headroom);
  return {
    ordersADay: ordersADay(facts, busiestWeekday(facts)),
    ordersAWeek: ordersAWeek(facts),
    capacities,
    fillings: [...roles.flatMap((role) => queueFillings(role, model)), ...databaseFillings(plan, model)],
    ...(bySpace[0] === undefined ? {} : { first: bySpace[0] }),
  };
}

interface StationArgs {
  readonly what: Capacity["what"];
  readonly name: string;
  readonly servers: number;
  readonly seconds: number;
  readonly spread: number;
  readonly rate: number;
  readonly peak: number;
}

function capacity({ what, name, servers, seconds, spread, rate, peak }: StationArgs, outage: number): Capacity {
  const most = seconds === 0 ? Infinity : servers / seconds;
  return {
    what,
    name,
    rate,
    peak,
    capacity: most,
    servers,
    headroom: peak === 0 ? Infinity : most / peak,
    drain: drainSeconds(rate, most, outage),
    ...waitingOf({ rate, servers, seconds, spread }),
  };
}

function ofRole({ name, work, max }: RoleModel, { facts }: Model): Capacity {
  const { hour, peak } = demandOf(facts, name);
  const { seconds, spread } = work;
  return capacity({ what: "role", name, servers: max * work.parallel, seconds, spread, rate: hour, peak }, facts.outage);
}

/** Transactions of one kind of access, in the busiest hour and its peak. */
function transactions(roles: readonly RoleModel[], { facts }: Model) {
  const each = roles.flatMap((role) => {
    const { database } = role.work;
    if (database === undefined) return [];
    const { hour, peak } = demandOf(facts, role.name);
    return [{ database, rate: hour * database.calls, peak: peak * database.calls }];
  });
  const rate = sum(each.map((one) => one.rate));
  const peak = sum(each.map((one) => one.peak));
  const mean = (of: (database: (typeof each)[number]["database"]) => number) =>
    peak === 0 ? 0 : sum(each.map((one) => one.peak * of(one.database))) / peak;
  return { rate, peak, seconds: mean(({ seconds }) => seconds), cpuSeconds: mean(({ cpuSeconds }) => cpuSeconds) };
}

function clusterOf(plan: Plan): KubeObject | undefined {
  return inventory(plan)
    .ofKind("Cluster")
    .find(({ group }) => group === "postgresql.cnpg.io");
}

function poolersOf(plan: Plan): readonly KubeObject[] {
  return inventory(plan)
    .ofKind("Pooler")
    .filter(({ group }) => group === "postgresql.cnpg.io");
}

/** Programs that write go to the primary, those that only read to the replicas. */
const SIDES = [
  { type: "rw", access: ["readwrite", "relay"], instances: () => 1, title: "primary" },
  { type: "ro", access: ["readonly"], instances: (all: number) => all - 1, title: "replicas" },
] as const;

/** Transactions of programs differ more than exponential times do, as far as nobody knows better: their spread is taken for 1. */
const TRANSACTION_SPREAD = 1;

function ofDatabase(plan: Plan, model: Model): Capacity[] {
  const cluster = clusterOf(plan);
  if (cluster === undefined) return [];
  const cores = coresAt(cluster.spec, "resources", "requests", "cpu") ?? 0;
  const all = numberAt(cluster.spec, "instances") ?? 1;
  return SIDES.flatMap(({ type, access, instances, title }) => {
    const clients = model.roles.filter(
      ({ database }) => database !== undefined && (access as readonly string[]).includes(database),
    );
    const { rate, peak, seconds, cpuSeconds } = transactions(clients, model);
    if (rate === 0) return [];
    const common = { spread: TRANSACTION_SPREAD, rate, peak };
    const pooled = poolersOf(plan)
      .filter((pooler) => textAt(pooler.spec, "type") === type)
      .map((pooler) =>
        capacity(
          { ...common, what: "pooler", name: pooler.name, servers: serverConnections(pooler), seconds },
          model.facts.outage,
        ),
      );
    const database = { ...common, what: "database", name: `${cluster.name}, CPU of the ${title}` } as const;
    return [...pooled, capacity({ ...database, servers: cores * instances(all), seconds: cpuSeconds }, model.facts.outage)];
  });
}

/** Connections of all pods of a pooler to the database. Sources: max_db_connections and default_pool_size of PgBouncer */
function serverConnections(pooler: KubeObject): number {
  const parameter = (key: string) => numberAt(pooler.spec, "pgbouncer", "parameters", key) ?? 0;
  const each = parameter("max_db_connections") > 0 ? parameter("max_db_connections") : parameter("default_pool_size");
  return each * (numberAt(pooler.spec, "instances") ?? 1);
}

function queueFillings({ name, queues, work }: RoleModel, { facts }: Model): Filling[] {
  const rate = demandOf(facts, name).hour;
  if (rate === 0) return [];
  return queues.flatMap((queue): Filling[] => {
    const common = { name: queue.name, when: `while ${name} is away in the busiest hour` };
    const fills = (unit: "messages" | "bytes", limit: number | undefined, each: number): Filling[] =>
      limit === undefined ? [] : [{ ...common, unit, limit, rate: rate * each, fullAfter: limit / (rate * each) }];
    return [
      ...fills("messages", queue.maxLength, 1),
      ...(work.messageBytes === undefined ? [] : fills("bytes", queue.maxBytes, work.messageBytes)),
    ];
  });
}

function databaseFillings(plan: Plan, { facts, roles }: Model): Filling[] {
  const cluster = clusterOf(plan);
  if (cluster === undefined) return [];
  const writes = roles.filter(({ database }) => database === "readwrite" || database === "relay");
  const bytes = (size: "walBytes" | "storedBytes", load: "hour" | "week") =>
    sum(writes.map(({ name, work }) => demandOf(facts, name)[load] * (work.database?.[size] ?? 0)));
  const fills = (name: string, limit: number | undefined, rate: number, when: string): Filling[] =>
    limit === undefined || rate === 0 ? [] : [{ name, unit: "bytes", limit, rate, fullAfter: limit / rate, when }];
  const connections = sum(roles.map((role) => (role.database === undefined ? 0 : (role.connections ?? 0) * role.max)));
  const clients = sum(
    poolersOf(plan).map(
      (pooler) =>
        (numberAt(pooler.spec, "pgbouncer", "parameters", "max_client_conn") ?? 0) * (numberAt(pooler.spec, "instances") ?? 1),
    ),
  );
  return [
    ...fills(
      `${cluster.name}, write-ahead log`,
      bytesAt(cluster.spec, "walStorage", "size"),
      bytes("walBytes", "hour"),
      "while nothing is archived in the busiest hour",
    ),
    ...fills(
      `${cluster.name}, data`,
      bytesAt(cluster.spec, "storage", "size"),
      bytes("storedBytes", "week"),
      "from empty, at the pace of a week",
    ),
    ...(clients === 0
      ? []
      : [{ name: "poolers", unit: "connections" as const, limit: clients, used: connections, when: "at full scale" }]),
  ];
}
