import { didYouMean } from "../../components/schema";
import type { StackConfig } from "./schema";
import type { Problem } from "./validate";

/** What a rule between concerns says, one problem after the other. */
export type RuleBetween = (config: StackConfig) => Iterable<Problem>;

/**
 * Rules between the concerns of a stack: each may be right by itself, and name what another does not have. Each rule reads
 * only the concerns that it is about, so that a mistake in one concern keeps no rule about others from being told.
 */
export const RULES_BETWEEN: readonly RuleBetween[] = [queues, exchanges, cacheOfRoles, gpusOfRoles, routes, buckets];

function enabledRoles({ roles }: StackConfig): [string, StackConfig["roles"][string]][] {
  return Object.entries(roles).filter(([, role]) => role.enabled);
}

function* queues(config: StackConfig): Generator<Problem> {
  for (const [name, role] of enabledRoles(config)) {
    for (const [index, { queue }] of role.consumes.entries()) {
      const known = Object.keys(config.broker.queues);
      if (known.includes(queue)) continue;
      const message = `the broker has no queue ${queue}${didYouMean(queue, known)}`;
      yield { path: ["roles", name, "consumes", index, "queue"], message };
    }
  }
}

function* exchanges(config: StackConfig): Generator<Problem> {
  for (const [name, role] of enabledRoles(config)) {
    for (const [index, exchange] of role.publishes.entries()) {
      const known = Object.keys(config.broker.exchanges);
      if (known.includes(exchange)) continue;
      const message = `the broker has no exchange ${exchange}${didYouMean(exchange, known)}`;
      yield { path: ["roles", name, "publishes", index], message };
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

function* routes(config: StackConfig): Generator<Problem> {
  for (const [name, role] of enabledRoles(config)) {
    if (role.routes.length > 0 && config.gateway === undefined) {
      yield { path: ["roles", name, "routes"], message: "needs mes:gateway, which is missing" };
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
    if (!known.includes(bucket)) yield { path, message: `mes:storage has no bucket ${bucket}${didYouMean(bucket, known)}` };
  }
}

function* wantedBuckets(config: StackConfig): Generator<{ path: (string | number)[]; bucket: string }> {
  for (const [name, role] of enabledRoles(config)) {
    for (const bucket of Object.keys(role.storage)) yield { path: ["roles", name, "storage", bucket], bucket };
  }
  if (config.postgres.backups.enabled) yield { path: ["postgres", "backups"], bucket: "backups" };
  if (config.logging.enabled && config.logging.storage.kind === "bucket") yield { path: ["logging", "storage"], bucket: "logs" };
}
