import { podsMatching, type Inventory } from "./inventory";
import type { KubeObject } from "./objects";
import type { PodGroup, PodPort } from "./pods";
import { selects } from "./selector";
import { at, listAt, numberAt, textAt, textsAt } from "./value";

export type Direction = "ingress" | "egress";

/** One peer of one rule of a policy. */
export interface PolicyPath {
  readonly policy: KubeObject;
  readonly direction: Direction;
  readonly path: readonly (string | number)[];
  /** Pods that the policy is about. */
  readonly selected: readonly PodGroup[];
  /** The peer is a block of addresses. */
  readonly addresses: boolean;
  /** Pods at the other end; nothing where the peer is a block of addresses or in a namespace outside of the plan. */
  readonly peers: Peers | undefined;
  /** Numbers or names; empty means every port. */
  readonly ports: readonly (number | string)[];
}

export interface Peers {
  readonly groups: readonly PodGroup[];
  /** Charts run pods there that the plan does not know. */
  readonly opaque: boolean;
  readonly described: string;
}

/** Who may talk to whom, as the plan's network policies have it. */
export interface Network {
  readonly paths: readonly PolicyPath[];
  /** Whether policies let one set of pods open connections to a port of another. */
  readonly allowed: (from: PodGroup, to: PodGroup, port: PodPort) => { readonly egress: boolean; readonly ingress: boolean };
}

export function network(inventory: Inventory): Network {
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
        (onHostNetwork(other) ? path.addresses : path.peers?.groups.includes(other) === true) &&
        (path.ports.length === 0 || path.ports.some((allowed) => allowed === port.number || allowed === port.name)),
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

function policyTypes(policy: KubeObject): Direction[] {
  const stated = listAt(policy.spec, "policyTypes").map((type) => String(type).toLowerCase());
  const types = stated.length > 0 ? stated : ["ingress", ...(policy.spec.egress === undefined ? [] : ["egress"])];
  return types.filter((type): type is Direction => type === "ingress" || type === "egress");
}

/** Labels of the plan's namespaces, with the one that Kubernetes adds. */
function namespaceLabels(inventory: Inventory): Map<string, Readonly<Record<string, string>>> {
  return new Map(
    inventory.ofKind("Namespace").map(({ name, labels }) => [name, { ...labels, "kubernetes.io/metadata.name": name }] as const),
  );
}

function pathsOf(
  policy: KubeObject,
  selected: readonly PodGroup[],
  direction: Direction,
  namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>,
  inventory: Inventory,
): PolicyPath[] {
  const side = direction === "ingress" ? "from" : "to";
  return listAt(policy.spec, direction).flatMap((rule, i) => {
    const ports = listAt(rule, "ports")
      .map((port) => numberAt(port, "port") ?? textAt(port, "port"))
      .filter((port) => port !== undefined);
    return listAt(rule, side).map((peer, j) => ({
      policy,
      direction,
      path: ["spec", direction, i, side, j],
      selected,
      addresses: at(peer, "ipBlock") !== undefined,
      peers: peersOf(peer, policy.namespace, namespaces, inventory),
      ports,
    }));
  });
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
    opaque: names.some((name) => inventory.opaqueNamespaces.has(name)),
    described: `${describeLabels(podSelector)} in ${names.join(", ")}`,
  };
}

function describeLabels(selector: unknown): string {
  const labels = Object.entries(textsAt(selector, "matchLabels")).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? "pods" : `pods with ${labels.join(", ")}`;
}

/** The ports of a group that a policy's port means. */
export function portsNamed(group: PodGroup, port: number | string): PodPort[] {
  return group.ports.filter((own) => own.number === port || own.name === port);
}
