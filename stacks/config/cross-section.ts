import { SCALER } from "../../components/broker/users";
import { longestWork } from "../../components/mes/role/shutdown";
import { readBy, referencesIn, variableNames } from "../../components/mes/role/templates";
import { signalProblems } from "../../components/mes/role/signals";
import { ownDatabase } from "../../components/postgres/config";
import { isReservedDatabaseUser } from "../../components/postgres/names";
import { didYouMean, nearest, parseDuration } from "../../components/schema";
import { OTHER_BUCKET_USERS } from "../../components/storage/users";
import { CLUSTER_RULES } from "./cross-section-cluster";
import { DATABASE_RULES } from "./cross-section-database";
import { forecastRoles } from "./cross-section-forecast";
import { slos } from "./cross-section-slos";
import type { StackConfig } from "./schema";
import type { Problem } from "./validate";

/** A rule that compares sections of a stack file: its problems, one after the other. */
export type CrossSectionRule = (config: StackConfig) => Iterable<Problem>;

/**
 * Cross-section rules of a stack file: each section may be right by itself, and name what another does not have. Each rule reads
 * only the sections that it is about, so that a mistake in one keeps no rule about others from being told.
 */
export const CROSS_SECTION_RULES: readonly CrossSectionRule[] = [
  servicesOfRoles,
  queues,
  consumerTimeouts,
  exchanges,
  cacheOfRoles,
  gpusOfRoles,
  onePlaceEach,
  buckets,
  namesOfUsers,
  ratesOfOrders,
  references,
  signals,
  forecastRoles,
  slos,
  ...CLUSTER_RULES,
  ...DATABASE_RULES,
];

function enabledRoles({ roles }: Pick<StackConfig, "roles">): [string, StackConfig["roles"][string]][] {
  return Object.entries(roles).filter(([, role]) => role.enabled);
}

/** A service that is not the platform's is reached as any other place outside, and by the image's own words. */
function* servicesOfRoles(config: StackConfig): Generator<Problem> {
  const elsewhere = (what: string) =>
    `or, for ${what} that is there already, take this away, open the way with egress, and name it in env and secretRefs (docs/adoption.md)`;
  for (const [name, role] of enabledRoles(config)) {
    if (role.database !== undefined && config.postgres === undefined)
      yield { path: ["roles", name, "database"], message: `needs mes:postgres: add it, ${elsewhere("a database")}` };
    for (const key of ["consumes", "publishes"] as const)
      if (role[key].length > 0 && config.broker === undefined)
        yield {
          path: ["roles", name, key],
          message: `needs mes:broker: add it (existing, for a RabbitMQ that is there already), ${elsewhere("another broker")}`,
        };
  }
}

function* queues({ broker, ...config }: StackConfig): Generator<Problem> {
  if (broker === undefined) return;
  for (const [name, role] of enabledRoles(config)) {
    for (const [index, { queue }] of role.consumes.entries()) {
      const known = Object.keys(broker.queues);
      if (known.includes(queue)) continue;
      const message = `the broker has no queue ${queue}${didYouMean(queue, known)}`;
      const unknownName = { name: queue, definedAt: ["broker", "queues"] };
      yield { path: ["roles", name, "consumes", index, "queue"], message, unknownName };
    }
  }
}

/** The broker's clock runs from the delivery on, so that the last message of a prefetch waits for the handling of all others. */
function* consumerTimeouts({ broker, ...config }: StackConfig): Generator<Problem> {
  if (broker === undefined) return;
  for (const [name, role] of enabledRoles(config)) {
    const work = longestWork(role);
    const tooLong = role.consumes.flatMap((consumed, index) => {
      const queue = broker.queues[consumed.queue];
      const timeout = queue?.consumerTimeout ?? broker.consumerTimeout;
      return queue === undefined || work <= parseDuration(timeout)
        ? []
        : [{ index, timeout, own: longestWork({ consumes: [consumed] }) }];
    });
    // One message for the role, at the queue that takes most of the time.
    const [worst] = tooLong.sort((a, b) => b.own - a.own);
    if (worst === undefined) continue;
    const message =
      `handling all that the role has fetched may take ${work} s, and after ${worst.timeout} the broker takes its consumer for dead: ` +
      `lower prefetch, or raise consumerTimeout of the queue or of mes:broker`;
    yield { path: ["roles", name, "consumes", worst.index, "prefetch"], message };
  }
}

function* exchanges({ broker, ...config }: StackConfig): Generator<Problem> {
  if (broker === undefined) return;
  for (const [name, role] of enabledRoles(config)) {
    for (const [index, exchange] of role.publishes.entries()) {
      const known = Object.keys(broker.exchanges);
      if (known.includes(exchange)) continue;
      const message = `the broker has no exchange ${exchange}${didYouMean(exchange, known)}`;
      const unknownName = { name: exchange, definedAt: ["broker", "exchanges"] };
      yield { path: ["roles", name, "publishes", index], message, unknownName };
    }
  }
}

function* cacheOfRoles(config: StackConfig): Generator<Problem> {
  for (const [name, role] of enabledRoles(config)) {
    if (role.cache && !config.cache.enabled) {
      yield { path: ["roles", name, "cache"], message: "needs the cache, which is switched off (mes:cache.enabled)" };
    }
  }
}

function* gpusOfRoles(config: StackConfig): Generator<Problem> {
  for (const [name, role] of enabledRoles(config)) {
    if (role.gpu === undefined || Object.values(config.cluster.nodePools).some((pool) => pool.gpus > 0)) continue;
    yield { path: ["roles", name, "gpu"], message: "no node pool of mes:cluster has GPUs, so no pod could ever run" };
  }
}

/** A host and a path lead to one role, however they are written. */
function* onePlaceEach(config: StackConfig): Generator<Problem> {
  const owners = new Map<string, string>();
  for (const [name, role] of enabledRoles(config)) {
    for (const [i, { hosts, paths }] of role.routes.entries()) {
      for (const host of new Set(hosts ?? [config.gateway?.host ?? ""])) {
        for (const [j, prefix] of paths.entries()) {
          const place = `${host === "" ? "the gateway's host" : host}${prefix}`;
          const owner = owners.get(place);
          if (owner === undefined) owners.set(place, name);
          else yield { path: ["roles", name, "routes", i, "paths", j], message: `${place} already leads to ${owner}` };
        }
      }
    }
  }
}

function* buckets(config: StackConfig): Generator<Problem> {
  for (const { path, bucket } of wantedBuckets(config)) {
    if (config.storage === undefined) {
      yield { path, message: `needs the bucket ${bucket}, but the stack has no mes:storage` };
      continue;
    }
    const known = Object.keys(config.storage.buckets);
    const message = `mes:storage has no bucket ${bucket}${didYouMean(bucket, known)}`;
    if (!known.includes(bucket)) yield { path, message, unknownName: { name: bucket, definedAt: ["storage", "buckets"] } };
  }
}

function* wantedBuckets(config: StackConfig): Generator<{ path: (string | number)[]; bucket: string }> {
  for (const [name, role] of enabledRoles(config)) {
    for (const bucket of Object.keys(role.storage)) yield { path: ["roles", name, "storage", bucket], bucket };
  }
  if (ownDatabase(config.postgres)?.backups.enabled === true) yield { path: ["postgres", "backups"], bucket: "backups" };
  if (config.logging.enabled && config.logging.storage.kind === "bucket") yield { path: ["logging", "storage"], bucket: "logs" };
}

/** A role is a user of its own name in the database, the broker and the object store, where some names are taken. */
function* namesOfUsers(config: StackConfig): Generator<Problem> {
  const clients = Object.keys(config.broker?.externalClients ?? {});
  for (const [name, role] of enabledRoles(config)) {
    const messages = [
      ...(role.database !== undefined && isReservedDatabaseUser(name) ? ["is a name that the database keeps for itself"] : []),
      ...(role.consumes.length + role.publishes.length === 0
        ? []
        : name === SCALER
          ? ["is the name of the user by which KEDA asks the broker"]
          : clients.includes(name)
            ? ["is the name of an external client of the broker (mes:broker.externalClients)"]
            : []),
      ...(Object.keys(role.storage).length > 0 && OTHER_BUCKET_USERS.includes(name)
        ? ["is a user of the object store already"]
        : []),
    ];
    for (const message of messages.slice(0, 1))
      yield { path: ["roles", name], message: `${message}: give the role another name`, atKey: true };
  }
  for (const name of clients) {
    if (name !== SCALER) continue;
    const message = "is the name of the user by which KEDA asks the broker: give the client another name";
    yield { path: ["broker", "externalClients", name], message, atKey: true };
  }
}

/** Kubernetes leaves a reference to a variable that is not there as it is written, and tells no one. */
function* references(config: StackConfig): Generator<Problem> {
  const { existing } = config.broker ?? {};
  const sources = {
    tracing: config.tracing.enabled,
    storeInCluster: config.storage?.kind === "in-cluster",
    brokerCa: existing === undefined || existing.ca !== undefined,
  };
  for (const [name, role] of enabledRoles(config)) {
    const known = variableNames(role, sources);
    for (const place of ["env", "files"] as const) {
      for (const [key, text] of Object.entries(role[place])) {
        const path = ["roles", name, place, key];
        const unknown = referencesIn(text).find((variable) => !known.has(variable));
        if (unknown !== undefined) {
          const meant = nearest(unknown, [...known]);
          const hint = meant === undefined ? "give it what sets it (docs/app-contract.md)" : `did you mean ${meant}?`;
          const message = `this role has no variable ${unknown}; ${hint} To mean the text itself, write $$(${unknown})`;
          yield { path, message };
          continue;
        }
        const late = place === "env" ? undefined : lateIn(role, text);
        if (late !== undefined) yield { path, message: late };
      }
    }
  }
}

/** A signal comes from where somebody measures it. */
function* signals(config: StackConfig): Generator<Problem> {
  for (const [name, role] of enabledRoles(config))
    for (const { path, message } of signalProblems(role, config.gateway?.metrics !== undefined))
      yield { path: ["roles", name, ...path], message };
}

/** A variable of a file whose value the platform does not know. */
function lateIn(role: StackConfig["roles"][string], text: string): string | undefined {
  const read = readBy(text, { ...role.env, OTEL_RESOURCE_ATTRIBUTES: "$(POD_NAME)" });
  const referred = Object.keys(role.secretRefs).find((variable) => read.has(variable));
  if (referred !== undefined) {
    const { name, key } = role.secretRefs[referred] ?? { name: "", key: "" };
    return `${referred} is in the Secret ${name}, which only the cluster knows: mount that Secret with volumes (secret: ${name}, key: ${key}), or use the variable in env`;
  }
  return read.has("POD_NAME") ? "POD_NAME is known in the pod only, and a file is the same for all: use it in env" : undefined;
}

/** Orders are counted over a window, which has to hold two scrapes at least. */
function* ratesOfOrders({ monitoring, reconciliation }: StackConfig): Generator<Problem> {
  if (parseDuration(reconciliation.window) >= 2 * parseDuration(monitoring.scrapeInterval)) return;
  const message = `expected at least two scrapes (mes:monitoring.scrapeInterval is ${monitoring.scrapeInterval}): a single one shows no change`;
  yield { path: ["reconciliation", "window"], message };
}
