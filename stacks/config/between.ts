import type { StackConfig } from "./schema";
import { didYouMean } from "../../components/schema";
import type { Problem } from "./validate";

/** What is wrong between the concerns of a stack although each of them is right: one names what another does not have. */
export function problemsBetween(config: StackConfig): Problem[] {
  return [...rolesAndServices(config), ...buckets(config)];
}

function rolesAndServices({ roles, broker, cache, cluster, gateway }: StackConfig): Problem[] {
  const problems: Problem[] = [];
  const gpus = Object.values(cluster.nodePools).some((pool) => pool.gpus > 0);
  for (const [name, role] of Object.entries(roles)) {
    if (!role.enabled) continue;
    const problem = (path: (string | number)[], message: string) => problems.push({ path: ["roles", name, ...path], message });
    for (const [i, { queue }] of role.consumes.entries()) {
      const known = Object.keys(broker.queues);
      if (!known.includes(queue))
        problem(["consumes", i, "queue"], `the broker has no queue ${queue}${didYouMean(queue, known)}`);
    }
    for (const [i, exchange] of role.publishes.entries()) {
      const known = Object.keys(broker.exchanges);
      if (!known.includes(exchange))
        problem(["publishes", i], `the broker has no exchange ${exchange}${didYouMean(exchange, known)}`);
    }
    if (role.cache && !cache.enabled) problem(["cache"], "needs the cache, which is switched off (mes:cache.enabled)");
    if (role.gpu !== undefined && !gpus) problem(["gpu"], "no node pool of mes:cluster has GPUs, so no pod could ever run");
    if (role.routes.length > 0 && gateway === undefined) problem(["routes"], "needs mes:gateway, which is missing");
  }
  return problems;
}

function buckets({ roles, postgres, logging, storage }: StackConfig): Problem[] {
  const wanted: { path: (string | number)[]; bucket: string }[] = [];
  for (const [name, role] of Object.entries(roles)) {
    if (!role.enabled) continue;
    for (const bucket of Object.keys(role.storage)) wanted.push({ path: ["roles", name, "storage", bucket], bucket });
  }
  if (postgres.backups.enabled) wanted.push({ path: ["postgres", "backups"], bucket: "backups" });
  if (logging.enabled && logging.storage.kind === "bucket") wanted.push({ path: ["logging", "storage"], bucket: "logs" });
  if (storage === undefined) {
    return wanted.map(({ path, bucket }) => ({ path, message: `needs the bucket ${bucket}, but the stack has no mes:storage` }));
  }
  const known = Object.keys(storage.buckets);
  return wanted
    .filter(({ bucket }) => !known.includes(bucket))
    .map(({ path, bucket }) => ({ path, message: `mes:storage has no bucket ${bucket}${didYouMean(bucket, known)}` }));
}
