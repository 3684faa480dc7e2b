import { formerUrns } from "../../plan/aliases";
import type { Plan, Resource } from "../../plan/plan";
import { quantity } from "../quantities";
import { inWords } from "../sizes";
import { at, entryOf, isRecord } from "../value";
import { hidden, type Problem } from "./problem";

const DELETED = "cannot be changed: the object is deleted first, with all its pods; keep what is there";
const REFUSED = "cannot be changed once it is there: the change is refused, and each later deploy with it; keep what is there";

interface Fixed {
  readonly paths: readonly (readonly string[])[];
  readonly message: string;
}

const WORKLOAD = [["spec", "selector"]];
const BROKER = [
  ["spec", "vhost"],
  ["spec", "rabbitmqClusterReference"],
];

/**
 * Fields that never change.
 * Sources: the API's own validation of Kubernetes 1.34; ValidateUpdate in internal/webhook of messaging-topology-operator 1.20.1 and of CloudNativePG 1.30
 */
const FOR_GOOD: Readonly<Record<string, Fixed>> = {
  "apps/StatefulSet": {
    paths: [...WORKLOAD, ["spec", "serviceName"], ["spec", "podManagementPolicy"], ["spec", "volumeClaimTemplates"]],
    message: DELETED,
  },
  "apps/Deployment": { paths: WORKLOAD, message: DELETED },
  "apps/DaemonSet": { paths: WORKLOAD, message: DELETED },
  "core/PersistentVolumeClaim": {
    paths: [
      ["spec", "storageClassName"],
      ["spec", "accessModes"],
      ["spec", "volumeMode"],
      ["spec", "volumeName"],
    ],
    message: "cannot be changed: the claim is deleted first, with what is in it; keep what is there",
  },
  "rabbitmq.com/Queue": {
    paths: [...BROKER, ["spec", "name"], ["spec", "type"], ["spec", "durable"], ["spec", "autoDelete"], ["spec", "arguments"]],
    message: REFUSED,
  },
  "rabbitmq.com/Exchange": {
    paths: [...BROKER, ["spec", "name"], ["spec", "type"], ["spec", "durable"], ["spec", "autoDelete"]],
    message: REFUSED,
  },
  "rabbitmq.com/Vhost": {
    paths: [
      ["spec", "name"],
      ["spec", "rabbitmqClusterReference"],
    ],
    message: REFUSED,
  },
  "rabbitmq.com/Policy": { paths: [...BROKER, ["spec", "name"]], message: REFUSED },
  "rabbitmq.com/OperatorPolicy": { paths: [...BROKER, ["spec", "name"]], message: REFUSED },
  "rabbitmq.com/User": { paths: [["spec", "rabbitmqClusterReference"]], message: REFUSED },
  "rabbitmq.com/Permission": { paths: [...BROKER, ["spec", "user"], ["spec", "userReference"]], message: REFUSED },
  "rabbitmq.com/Binding": {
    paths: [
      ...BROKER,
      ["spec", "source"],
      ["spec", "destination"],
      ["spec", "destinationType"],
      ["spec", "routingKey"],
      ["spec", "arguments"],
    ],
    message: REFUSED,
  },
  "postgresql.cnpg.io/Cluster": {
    paths: [
      ["spec", "postgresUID"],
      ["spec", "postgresGID"],
      ["spec", "serviceAccountName"],
    ],
    message: REFUSED,
  },
  "postgresql.cnpg.io/Database": {
    paths: [
      "name",
      "cluster",
      "template",
      "encoding",
      "locale",
      "localeProvider",
      "localeCollate",
      "localeCType",
      "icuLocale",
    ].map((field) => ["spec", field]),
    message: REFUSED,
  },
};

/** Fields that stay once they are there, with what is in them. Source: validateWalStorageChange, validateTablespacesChange of CloudNativePG 1.30 */
const ONCE_SET: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "postgresql.cnpg.io/Cluster": [
    ["spec", "walStorage"],
    ["spec", "tablespaces"],
  ],
};

/** Sizes that can grow and never shrink. */
const GROWING: readonly (readonly string[])[] = [
  ["spec", "storage", "size"],
  ["spec", "walStorage", "size"],
  ["spec", "persistence", "storage"],
  ["spec", "resources", "requests", "storage"],
];

/** What is refused, or takes everything away at once, because of what is there already. */
export function changedForGood(plan: Plan): (Problem & { readonly resource: Resource })[] {
  const before = plan.before?.resources ?? [];
  if (before.length === 0) return [];
  const was = new Map(before.map((resource) => [resource.urn, resource.inputs]));
  const formerly = formerUrns(plan, new Set(was.keys()));
  return plan.resources.flatMap((resource) => {
    const [, group, kind] = /^kubernetes:([^/:]+)\/[^:]+:(\w+)$/.exec(resource.type) ?? [];
    const old = was.get(formerly.get(resource.urn) ?? "");
    if (old === undefined || kind === undefined) return [];
    return [...fixed(`${group ?? ""}/${kind}`, old, resource), ...shrunk(old, resource)].map((one) => ({ ...one, resource }));
  });
}

function fixed(kind: string, old: unknown, { inputs, type }: Resource): Problem[] {
  const table = entryOf(FOR_GOOD, kind);
  // Under another name it is another object, and the former one is deleted.
  const renamed = ["name", "namespace"].some((key) => at(old, "metadata", key) !== at(inputs, "metadata", key));
  const changed = (renamed ? [] : (table?.paths ?? [])).flatMap((path): Problem[] => {
    const [then, now] = [at(old, ...path), at(inputs, ...path)];
    // Providers and operators fill in what a Kubernetes object leaves out; to the broker nothing is something of its own.
    const told = type.startsWith("kubernetes:rabbitmq.com/") || (then !== undefined && now !== undefined);
    return told && !hidden(then) && !hidden(now) && canonical(then) !== canonical(now)
      ? [{ path, message: table?.message ?? "" }]
      : [];
  });
  const removed = (entryOf(ONCE_SET, kind) ?? []).flatMap((path): Problem[] =>
    at(old, ...path) === undefined || at(inputs, ...path) !== undefined
      ? []
      : [{ path, message: "cannot be taken away once it is there: the operator refuses the change; keep what is there" }],
  );
  return [...changed, ...removed];
}

/** Sizes that can grow and never shrink. */
function shrunk(old: unknown, { inputs }: Resource): Problem[] {
  return GROWING.flatMap((path) => {
    const [then, now] = [at(old, ...path), at(inputs, ...path)];
    const [from, to] = [quantity(then), quantity(now)];
    if (from === undefined || to === undefined || to >= from || hidden(then) || hidden(now)) return [];
    return [{ path, message: `a volume of ${inWords(from)} cannot shrink to ${inWords(to)}; keep its size` }];
  });
}

/** The same text for mappings that differ in the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
