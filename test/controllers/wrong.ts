import type { KubernetesObject } from "../cluster/resources";

/** Something that must be refused by an operator's own webhook, made of what is declared. */
export interface Wrong {
  readonly what: string;
  /** The declared object that it is made of, by kind; the first of them. */
  readonly kind: string;
  readonly change: (object: any) => KubernetesObject;
  /** What the webhook says. */
  readonly says: RegExp;
}

const renamed = (object: KubernetesObject, name: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, name },
});

export const WRONG: readonly Wrong[] = [
  {
    what: "a database that waits for more replicas than it has",
    kind: "Cluster",
    change: (cluster) => ({
      ...renamed(cluster, "wrong"),
      spec: { ...cluster.spec, instances: 2, postgresql: { synchronous: { method: "any", number: 2 } } },
    }),
    says: /vcluster\.cnpg\.io.*synchronous/s,
  },
  {
    what: "a database whose volume shrinks",
    kind: "Cluster",
    change: (cluster) => ({ ...cluster, spec: { ...cluster.spec, storage: { ...cluster.spec.storage, size: "1Gi" } } }),
    says: /vcluster\.cnpg\.io.*can't shrink existing storage/s,
  },
  {
    what: "a second autoscaler of one role",
    kind: "ScaledObject",
    change: (object) => renamed(object, "second"),
    says: /vscaledobject\.kb\.io.*already managed by the (ScaledObject|hpa)/s,
  },
  {
    what: "a quorum queue that a restart would empty",
    kind: "Queue",
    change: (queue) => ({ ...renamed(queue, "wrong"), spec: { ...queue.spec, name: "wrong", durable: false } }),
    says: /vqueue.*Quorum queues must have durable set to true/s,
  },
  {
    what: "a queue that becomes another one's",
    kind: "Queue",
    change: (queue) => ({ ...queue, spec: { ...queue.spec, name: "other" } }),
    says: /vqueue.*updates on name, vhost, and rabbitmqClusterReference are all forbidden/s,
  },
  {
    what: "a rule that is no PromQL",
    kind: "PrometheusRule",
    change: (rule) => ({
      ...renamed(rule, "wrong"),
      spec: { groups: [{ name: "wrong", rules: [{ alert: "Wrong", expr: "sum(rate(up[5m])" }] }] },
    }),
    says: /prometheusrulevalidate.*Rules are not valid/s,
  },
];
