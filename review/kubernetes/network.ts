import { podsMatching, type Inventory } from "./inventory";
import type { KubeObject } from "./objects";
import type { PodGroup, PodPort } from "./pods";
import { selects } from "./selector";
import { at, entriesAt, listAt, numberAt, textAt, textsAt } from "./value";

/** Label that Kubernetes gives every namespace. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

type Direction = "ingress" | "egress";

/** One peer of one rule of a policy. */
export interface PolicyPath {
  readonly policy: KubeObject;
  readonly direction: Direction;
  readonly path: readonly (string | number)[];
  /** Pods that the policy is about. */
  readonly selected: readonly PodGroup[];
  /** The rule names no peer at all: everybody, pods and addresses. */
  readonly everybody: boolean;
  /** The peer is a block of addresses. */
  readonly addresses: boolean;
  /** Pods at the other end; undefined if the peer is everybody, a block of addresses, or in a namespace outside of the plan. */
  readonly peers: Peers | undefined;
  /** Empty means every port. */
  readonly ports: readonly PolicyPort[];
}

export interface PolicyPort {
  /** `TCP`, `UDP` or `SCTP`. */
  readonly protocol: string;
  /** A number, or the name that a pod gives its port; absent: every port of the protocol. */
  readonly port?: number | string;
  /** Last port of a range that begins with `port`. */
  readonly endPort?: number;
}

interface Peers {
  readonly groups: readonly PodGroup[];
  /** Pods may be meant that the plan does not know: those of charts, or of namespaces outside of it. */
  readonly opaque: boolean;
  /** All pods of a namespace, whatever they are. */
  readonly wholesale: boolean;
  readonly described: string;
}

/** Who may talk to whom, as the plan's network policies have it. */
export interface Network {
  readonly paths: readonly PolicyPath[];
  /** Whether policies let one set of pods open connections to a port of another. */
  readonly allowed: (from: PodGroup, to: PodGroup, port: PodPort) => { readonly egress: boolean; readonly ingress: boolean };
}

const cache = new WeakMap<Inventory, Network>();

export function network(inventory: Inventory): Network {
  const known = cache.get(inventory) ?? takeNetwork(inventory);
  cache.set(inventory, known);
  return known;
}

function takeNetwork(inventory: Inventory): Network {
  const policies = inventory.ofKind("NetworkPolicy").map((policy) => ({
    policy,
    selected: podsMatching(inventory.pods, policy.namespace, (labels) => selects(at(policy.spec, "podSelector") ?? {}, labels)),
    types: policyTypes(policy),
  }));
  const namespaces = namespaceLabels(inventory);
  const paths = policies.flatMap(({ policy, selected, types }) =>
    (["ingress", "egress"] as const)
      .filter((direction) => types.includes(direction))
      .flatMap((direction) => pathsOf(policy, selected, direction, namespaces, inventory)),
  );
  const isolated = {
    ingress: new Set(policies.filter(({ types }) => types.includes("ingress")).flatMap(({ selected }) => selected)),
    egress: new Set(policies.filter(({ types }) => types.includes("egress")).flatMap(({ selected }) => selected)),
  };
  const open = (direction: Direction, own: PodGroup, other: PodGroup, port: PodPort) =>
    onHostNetwork(own) ||
    !isolated[direction].has(own) ||
    paths.some(
      (path) =>
        path.direction === direction &&
        path.selected.includes(own) &&
        (path.everybody || (onHostNetwork(other) ? path.addresses : path.peers?.groups.includes(other) === true)) &&
        (path.ports.length === 0 || path.ports.some((allowed) => opens(allowed, port))),
    );
  return {
    paths,
    allowed: (from, to, port) => ({ egress: open("egress", from, to, port), ingress: open("ingress", to, from, port) }),
  };
}

/** Such pods have the node's address: policies are not applied to them, and reach them by that address only. */
function onHostNetwork({ spec }: PodGroup): boolean {
  return spec.hostNetwork === true;
}

/** Without a statement, a policy is about ingress, and about egress if it has a rule for it. */
function policyTypes(policy: KubeObject): Direction[] {
  const stated = listAt(policy.spec, "policyTypes").map((type) => String(type).toLowerCase());
  const types = stated.length > 0 ? stated : ["ingress", ...(listAt(policy.spec, "egress").length === 0 ? [] : ["egress"])];
  return types.filter((type): type is Direction => type === "ingress" || type === "egress");
}

/** Labels of the plan's namespaces, with the one that Kubernetes adds. */
function namespaceLabels(inventory: Inventory): Map<string, Readonly<Record<string, string>>> {
  return new Map(inventory.ofKind("Namespace").map(({ name, labels }) => [name, { ...labels, [NAMESPACE_NAME]: name }] as const));
}

function pathsOf(
  policy: KubeObject,
  selected: readonly PodGroup[],
  direction: Direction,
  namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>,
  inventory: Inventory,
): PolicyPath[] {
  const side = direction === "ingress" ? "from" : "to";
  return listAt(policy.spec, direction).flatMap((rule, i): PolicyPath[] => {
    const common = { policy, direction, selected, ports: listAt(rule, "ports").map(policyPort) };
    const peers = listAt(rule, side);
    if (peers.length === 0) {
      return [{ ...common, path: ["spec", direction, i], everybody: true, addresses: false, peers: undefined }];
    }
    return peers.map((peer, j) => ({
      ...common,
      path: ["spec", direction, i, side, j],
      everybody: false,
      addresses: at(peer, "ipBlock") !== undefined,
      peers: peersOf(peer, policy.namespace, namespaces, inventory),
    }));
  });
}

function policyPort(value: unknown): PolicyPort {
  const port = numberAt(value, "port") ?? textAt(value, "port");
  const endPort = numberAt(value, "endPort");
  return {
    protocol: textAt(value, "protocol") ?? "TCP",
    ...(port === undefined ? {} : { port }),
    ...(endPort === undefined ? {} : { endPort }),
  };
}

/** Whether a port of a policy means a port of a pod. Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export function opens({ protocol, port, endPort }: PolicyPort, own: PodPort): boolean {
  if (protocol !== (own.protocol ?? "TCP")) return false;
  if (port === undefined) return true;
  if (typeof port === "string") return port === own.name;
  return port <= own.number && own.number <= (endPort ?? port);
}

/** `8080`, `metrics`, `8080-8090/UDP`. */
export function describePort({ protocol, port, endPort }: PolicyPort): string {
  const range = endPort === undefined ? String(port ?? "any") : `${port ?? ""}-${endPort}`;
  return protocol === "TCP" ? range : `${range}/${protocol}`;
}

function peersOf(
  peer: unknown,
  ownNamespace: string,
  namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>,
  inventory: Inventory,
): Peers | undefined {
  if (at(peer, "ipBlock") !== undefined) return undefined;
  const namespaceSelector = at(peer, "namespaceSelector");
  const names =
    namespaceSelector === undefined
      ? [ownNamespace]
      : [...namespaces].filter(([, labels]) => selects(namespaceSelector, labels)).map(([name]) => name);
  if (names.length === 0) return undefined;
  const podSelector = at(peer, "podSelector") ?? {};
  return {
    groups: names.flatMap((name) => podsMatching(inventory.pods, name, (labels) => selects(podSelector, labels))),
    opaque: names.some((name) => inventory.opaqueNamespaces.has(name)) || mayMeanOthers(namespaceSelector, namespaces),
    wholesale: [...entriesAt(podSelector, "matchLabels"), ...listAt(podSelector, "matchExpressions")].length === 0,
    described: `${describeLabels(podSelector)} in ${names.join(", ")}`,
  };
}

/** Whether a selector of namespaces may select one that the plan does not have: all that do not go by the name of a namespace. */
function mayMeanOthers(selector: unknown, namespaces: ReadonlyMap<string, unknown>): boolean {
  if (selector === undefined) return false;
  const named = [
    ...[textAt(selector, "matchLabels", NAMESPACE_NAME)].filter((name) => name !== undefined),
    ...listAt(selector, "matchExpressions")
      .filter((one) => textAt(one, "key") === NAMESPACE_NAME && textAt(one, "operator") === "In")
      .flatMap((one) => listAt(one, "values")),
  ];
  return named.length === 0 || !named.every((name) => namespaces.has(String(name)));
}

function describeLabels(selector: unknown): string {
  const labels = Object.entries(textsAt(selector, "matchLabels")).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? "pods" : `pods with ${labels.join(", ")}`;
}

/** The ports of a group that have a number or a name. */
export function portsNamed(group: PodGroup, port: number | string, protocol = "TCP"): PodPort[] {
  return group.ports.filter((own) => opens({ port, protocol }, own));
}
