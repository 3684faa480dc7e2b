import type { ImageName } from "../../components/images/catalogue";
import type { StackConfig } from "../../stacks/config/schema";
import { whole, type WholeConfig } from "../helpers/whole";
import { imageReference } from "../cluster/real/images";

/** Images of the platform that tools/make makes, by their names there. */
const IMAGES: Partial<Record<ImageName, string>> = {
  // No factory's program is here: its roles have no pods, and clients take their places where a test says so.
  mes: "clients",
  pgbouncer: "pgbouncer",
  postgres: "postgres",
  rabbitmq: "rabbitmq",
  redisExporter: "redis-exporter",
  valkey: "valkey",
  versitygw: "versitygw",
};

/** A queue with one consumer at a time. */
export const ORDERED = "orders.ordered";

const POOLER = { cpu: "100m", memory: "128Mi" };

/** Names of the images that the stack and its operators run. */
export const STACK_IMAGES: readonly string[] = [
  ...Object.values(IMAGES),
  "cert-manager",
  "cloudnative-pg",
  "barman-cloud",
  "barman-cloud-sidecar",
  "rabbitmq-cluster-operator",
  "rabbitmq-topology-operator",
];

/**
 * dev, with the data plane as production has it (three of each, synchronous, backed up) and on the images of the tests. Traces and
 * logs are off, roles have no pods, and operators that only those need are not installed.
 */
export function dataPlaneOf(given: StackConfig): WholeConfig {
  const dev = whole(given);
  const inbound = dev.broker.queues["orders.inbound"];
  const intake = dev.roles["order-intake"];
  if (inbound === undefined || intake === undefined) throw new Error("dev has no order-intake");
  const made = Object.entries(IMAGES).map(([image, name]) => {
    const [repository, tag] = imageReference(name).split(":");
    return [image, { repository, tag }];
  });
  return {
    ...dev,
    cluster: {
      ...dev.cluster,
      zones: ["zone-a", "zone-b", "zone-c"],
      nodePools: { node: { count: 3, cpu: "2", memory: "6Gi", gpus: 0 } },
    },
    images: {
      ...dev.images,
      pullPolicy: "IfNotPresent",
      overrides: Object.fromEntries(made) as StackConfig["images"]["overrides"],
    },
    operators: {
      ...dev.operators,
      keda: { ...dev.operators.keda, install: false },
      "metrics-server": { ...dev.operators["metrics-server"], install: false },
      "prometheus-operator": { ...dev.operators["prometheus-operator"], install: false },
    },
    postgres: {
      ...dev.postgres,
      instances: 3,
      synchronousReplicas: 1,
      // With dev's tenth of a core an instance takes most of a minute to take over: it asks the archive for more of the log first.
      resources: { cpu: "500m", memory: "512Mi" },
      poolers: { rw: { ...dev.postgres.poolers.rw, resources: POOLER }, ro: { ...dev.postgres.poolers.ro, resources: POOLER } },
      backups: { ...dev.postgres.backups, enabled: true, sidecar: { cpu: "250m", memory: "512Mi" } },
    },
    broker: {
      ...dev.broker,
      replicas: 3,
      queues: {
        ...dev.broker.queues,
        // What the contract promises of failures, in seconds instead of minutes.
        "orders.inbound": { ...inbound, retry: { delay: "1s", longest: "2s" } },
        [ORDERED]: {
          ...inbound,
          bindings: [{ exchange: "orders", routingKey: `${ORDERED}.#` }],
          singleActiveConsumer: true,
        },
      },
    },
    storage:
      dev.storage?.kind === "in-cluster" ? { ...dev.storage, buckets: { ...dev.storage.buckets, backups: {} } } : undefined,
    roles: withoutPods({
      ...dev.roles,
      "order-intake": { ...intake, consumes: [...intake.consumes, { queue: ORDERED, prefetch: 1, handlingTime: "1s" }] },
    }),
    gateway: undefined,
    tracing: { ...dev.tracing, enabled: false },
    logging: { ...dev.logging, enabled: false },
    monitoring: { ...dev.monitoring, nodeExporter: { ...dev.monitoring.nodeExporter, enabled: false } },
  };
}

/** Users, rights, Secrets and Deployments of the roles are all there. */
function withoutPods(roles: StackConfig["roles"]): StackConfig["roles"] {
  return Object.fromEntries(
    Object.entries(roles).map(([name, role]) => [name, { ...role, replicas: 0, scale: undefined, routes: [] }]),
  );
}
