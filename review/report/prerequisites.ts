import { inventory, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { objectReferences, podReferences, type Reference } from "../kubernetes/references";
import { at, entriesAt, isRecord, listAt, textAt, textsAt } from "../kubernetes/value";
import { UNKNOWN, type Plan, type Resource } from "../plan/plan";

/** What a plan takes for granted: things of one sort, by name. */
export interface Prerequisite {
  /** The sort, e.g. `GatewayClass` or `DNS names`. */
  readonly what: string;
  /** Sorted, each once. */
  readonly names: readonly string[];
}

/**
 * What must be there before a stack is: all that the plan names and neither makes itself nor has made by an operator or a chart of its own. What
 * every cluster has (the namespace kube-system, the roles and priority classes of Kubernetes) is left out.
 */
export function prerequisites(plan: Plan): Prerequisite[] {
  const known = inventory(plan);
  const found: [string, string[]][] = [
    ["kubeconfig context", contexts(plan)],
    ["network plug-in", networkPlugIns(known)],
    ["definitions", definitions(plan, known)],
    ["APIs", apis(known)],
    ["namespaces", namespaces(known)],
    ["pods by label", podsElsewhere(known)],
    ["GatewayClass", known.ofKind("Gateway").flatMap(({ spec }) => textAt(spec, "gatewayClassName") ?? [])],
    ...references(known),
    ["StorageClass", defaultStorageClass(plan, known)],
    ["resources of nodes", nodeResources(known)],
    ["labels of nodes", nodeLabels(plan, known)],
    ["RuntimeClass", known.pods.flatMap(({ spec }) => textAt(spec, "runtimeClassName") ?? [])],
    ["DNS names", dnsNames(known)],
    ["AWS", identities(plan)],
  ];
  const bySort = new Map<string, Set<string>>();
  for (const [what, names] of found) bySort.set(what, new Set([...(bySort.get(what) ?? []), ...names]));
  return [...bySort].filter(([, names]) => names.size > 0).map(([what, names]) => ({ what, names: [...names].sort() }));
}

function contexts({ resources }: Plan): string[] {
  return resources
    .filter(({ type }) => type === "pulumi:providers:kubernetes")
    .flatMap(({ inputs }) => textAt(inputs, "context") ?? []);
}

function networkPlugIns({ ofKind, objects }: Inventory): string[] {
  if (objects.some(({ group }) => group === "cilium.io")) return ["Cilium"];
  return ofKind("NetworkPolicy").length > 0 ? ["one that enforces NetworkPolicy"] : [];
}

/** Groups of Kubernetes itself have no dot, or end so; the Gateway API does too and is none of them. */
function isOfKubernetes(group: string): boolean {
  return !group.includes(".") || (group.endsWith(".k8s.io") && group !== "gateway.networking.k8s.io");
}

/** Groups of custom resources, none of which comes after a chart that would bring their definitions. */
function definitions({ resources }: Plan, { objects }: Inventory): string[] {
  const charts = new Set(resources.filter(({ type }) => type.endsWith(":Release")).map(({ urn }) => urn));
  const groups = new Map<string, Set<string>>();
  const brought = new Set<string>();
  for (const { group, kind, resource } of objects) {
    if (isOfKubernetes(group)) continue;
    groups.set(group, new Set([...(groups.get(group) ?? []), kind]));
    if (resource.dependsOn.some((urn) => charts.has(urn))) brought.add(group);
  }
  return [...groups]
    .filter(([group]) => !brought.has(group))
    .map(([group, kinds]) => `${group} (${[...kinds].sort().join(", ")})`);
}

/** APIs that autoscalers read from, where no chart of the plan serves them. */
function apis({ objects, helmReleases }: Inventory): string[] {
  const measured = objects.some(
    ({ kind, spec }) =>
      (kind === "HorizontalPodAutoscaler" &&
        listAt(spec, "metrics").some((metric) => ["Resource", "ContainerResource"].includes(textAt(metric, "type") ?? ""))) ||
      (kind === "ScaledObject" &&
        listAt(spec, "triggers").some((trigger) => ["cpu", "memory"].includes(textAt(trigger, "type") ?? ""))),
  );
  return measured && !helmReleases.some(({ chart }) => chart.endsWith("metrics-server")) ? ["metrics.k8s.io"] : [];
}

const ALWAYS_THERE = ["kube-system", "default", "kube-public", "kube-node-lease"];
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

function namespaces({ objects, helmReleases, ofKind }: Inventory): string[] {
  const made = new Set(ofKind("Namespace").map(({ name }) => name));
  return [...objects.map(({ namespace }) => namespace), ...helmReleases.map(({ namespace }) => namespace)].filter(
    (name) => name !== "" && !made.has(name) && !ALWAYS_THERE.includes(name),
  );
}

/** Pods of others that policies name, e.g. `k8s-app=kube-dns in kube-system`. */
function podsElsewhere({ ofKind }: Inventory): string[] {
  const made = new Set(ofKind("Namespace").map(({ name }) => name));
  return ofKind("NetworkPolicy").flatMap(({ spec }) =>
    (["ingress", "egress"] as const)
      .flatMap((direction) => listAt(spec, direction).flatMap((rule) => listAt(rule, direction === "ingress" ? "from" : "to")))
      .flatMap((peer) => {
        const namespace = textAt(peer, "namespaceSelector", "matchLabels", NAMESPACE_NAME);
        if (namespace === undefined || made.has(namespace)) return [];
        const labels = entriesAt(peer, "podSelector", "matchLabels").map(([key, value]) => `${key}=${String(value)}`);
        return `${labels.length === 0 ? "any" : labels.join(", ")} in ${namespace}`;
      }),
  );
}

/** Kinds of which a name stands for no object, or for one that Kubernetes makes. */
const NO_OBJECTS = ["User", "Group", "Namespace"];

function references(known: Inventory): [string, string[]][] {
  const groups = new Map(known.pods.map((group) => [group.object, group]));
  const of = (object: KubeObject): Reference[] => {
    const group = groups.get(object);
    return [...objectReferences(object), ...(group === undefined ? [] : podReferences(group))];
  };
  const missing = known.objects.flatMap(of).filter((reference) => isMissing(reference, known));
  return [...new Set(missing.map(({ kind }) => kind))]
    .sort()
    .map((kind) => [
      kind,
      missing.filter((one) => one.kind === kind).map(({ namespace, name }) => (namespace === "" ? name : `${namespace}/${name}`)),
    ]);
}

function isMissing({ kind, namespace, name }: Reference, known: Inventory): boolean {
  if (name === UNKNOWN || NO_OBJECTS.includes(kind) || known.opaqueNamespaces.has(namespace)) return false;
  if (kind === "ServiceAccount" && name === "default") return false;
  if (kind === "PriorityClass" && name.startsWith("system-")) return false;
  if (kind === "ConfigMap" && name === "kube-root-ca.crt") return false;
  if (kind === "ClusterRole" && (name.startsWith("system:") || ["admin", "cluster-admin", "edit", "view"].includes(name)))
    return false;
  const isIt = (one: { kind: string; namespace: string; name: string }) =>
    one.kind === kind && one.name === name && (namespace === "" || one.namespace === namespace);
  return !known.objects.some(isIt) && !known.made.some(isIt);
}

function defaultStorageClass({ facts }: Plan, { pods }: Inventory): string[] {
  const hasVolumes = pods.some(({ volumes }) => volumes.length > 0);
  const named = facts?.existing?.some((one) => one.startsWith("StorageClass/")) === true;
  return hasVolumes && facts !== undefined && !named ? ["the cluster's default"] : [];
}

/** What only some nodes offer, e.g. `nvidia.com/gpu`: it needs a device plug-in. */
function nodeResources({ pods }: Inventory): string[] {
  return pods.flatMap(({ spec }) =>
    ["containers", "initContainers"].flatMap((field) =>
      listAt(spec, field).flatMap((container) =>
        ["requests", "limits"].flatMap((side) =>
          entriesAt(container, "resources", side).flatMap(([name]) => (name.includes("/") ? name : [])),
        ),
      ),
    ),
  );
}

const ZONE = "topology.kubernetes.io/zone";

function nodeLabels({ facts }: Plan, { pods }: Inventory): string[] {
  const selected = pods.flatMap(({ spec }) =>
    Object.entries(textsAt(spec, "nodeSelector")).map(([key, value]) => `${key}=${value}`),
  );
  const zoned = pods.some(({ spec }) =>
    listAt(spec, "topologySpreadConstraints").some((constraint) => textAt(constraint, "topologyKey") === ZONE),
  );
  return [...selected, ...(zoned && facts !== undefined ? [`${ZONE}=${facts.zones.join("|")}`] : [])];
}

/** Names that must lead to the gateway or a load balancer: those of listeners, and of certificates that are not for the cluster's own. */
function dnsNames({ ofKind }: Inventory): string[] {
  const listeners = ofKind("Gateway").flatMap(({ spec }) =>
    listAt(spec, "listeners").flatMap((listener) => textAt(listener, "hostname") ?? []),
  );
  const certified = ofKind("Certificate").flatMap(({ spec, namespace }) =>
    listAt(spec, "dnsNames").filter((name): name is string => typeof name === "string" && isPublic(name, namespace)),
  );
  return [...listeners, ...certified];
}

/** Not `localhost`, `broker`, `broker.mes-data`, `broker-server-0.broker-nodes.mes-data`, `broker.mes-data.svc`, … */
function isPublic(name: string, namespace: string): boolean {
  if (name.endsWith(`.${namespace}`) || name.includes(".svc.")) return false;
  return name.split(".").length > 2 && !/\.(?:svc|pod|cluster\.local)$/.test(name);
}

/** Who vouches for the roles that pods take. */
function identities({ resources }: Plan): string[] {
  return resources.filter(({ type }) => type === "aws:iam/role:Role").flatMap((role) => trusted(role));
}

function trusted({ inputs }: Resource): string[] {
  const text = textAt(inputs, "assumeRolePolicy");
  let policy: unknown;
  try {
    policy = text === undefined ? undefined : JSON.parse(text);
  } catch {
    return [];
  }
  return listAt(policy, "Statement").flatMap((statement) => {
    const principal = at(statement, "Principal");
    if (!isRecord(principal)) return [];
    if (textAt(principal, "Service") === "pods.eks.amazonaws.com") return ["add-on eks-pod-identity-agent"];
    return textAt(principal, "Federated") ?? [];
  });
}
