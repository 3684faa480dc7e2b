import { addressesHold } from "../../components/network/addresses";
import type { Inventory } from "./inventory";
import type { PodGroup } from "./pods";
import { selects } from "./selector";
import { at, listAt, numberAt, textAt } from "./value";

/** Rules of the network policies about some pods in one direction; undefined if no policy is about them, so that everything is allowed. */
export function policyRules(
  { ofKind }: Inventory,
  { namespace, labelSets }: Pick<PodGroup, "namespace" | "labelSets">,
  direction: "ingress" | "egress",
): readonly unknown[] | undefined {
  const about = ofKind("NetworkPolicy").filter(
    (policy) =>
      policy.namespace === namespace &&
      labelSets.some((labels) => selects(at(policy.spec, "podSelector") ?? {}, labels)) &&
      isAbout(policy.spec, direction),
  );
  return about.length === 0 ? undefined : about.flatMap(({ spec }) => listAt(spec, direction));
}

/** A policy that says no direction is about what comes in, and about what goes out where it has rules for that. */
function isAbout(spec: unknown, direction: "ingress" | "egress"): boolean {
  const types = listAt(spec, "policyTypes").map((type) => String(type).toLowerCase());
  if (types.length > 0) return types.includes(direction);
  return direction === "ingress" || at(spec, "egress") !== undefined;
}

/** Whether a rule is about a port. @param name that pods give it, where they do */
export function isOnPort(rule: unknown, port: number, protocol: "TCP" | "UDP" = "TCP", name?: string): boolean {
  const ports = listAt(rule, "ports");
  return (
    ports.length === 0 ||
    ports.some((one) => {
      const first = numberAt(one, "port");
      const stated = at(one, "port");
      const isOne =
        first === undefined
          ? stated === undefined || stated === name
          : first <= port && port <= (numberAt(one, "endPort") ?? first);
      return (textAt(one, "protocol") ?? "TCP") === protocol && isOne;
    })
  );
}

/** A block of addresses, without those in it that are left out. */
export interface PolicyBlock {
  readonly cidr: string;
  readonly except: readonly string[];
}

/** Blocks of addresses that a rule means; `everywhere` where it means everybody. */
export function blocksOf(rule: unknown, side: "from" | "to"): readonly PolicyBlock[] | "everywhere" {
  const peers = listAt(rule, side);
  if (peers.length === 0) return "everywhere";
  return peers.flatMap((peer) => {
    const cidr = textAt(peer, "ipBlock", "cidr");
    return cidr === undefined ? [] : [{ cidr, except: listAt(peer, "ipBlock", "except").map(String) }];
  });
}

/** Whether one of some rules means the whole of a block of addresses. */
export function someHold(rules: readonly unknown[], side: "from" | "to", block: string): boolean {
  return rules.some((rule) => {
    const blocks = blocksOf(rule, side);
    return blocks === "everywhere" || blocks.some((one) => holds(one, block));
  });
}

/** Of two blocks either one is in the other, or they have nothing in common. */
function holds({ cidr, except }: PolicyBlock, block: string): boolean {
  return addressesHold([cidr], block) && !except.some((one) => addressesHold([one], block) || addressesHold([block], one));
}

/** Pods or addresses that the plan does not have. */
export type Outsider =
  { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } | { readonly cidr: string };

/** Label that Kubernetes gives every namespace. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** Whether one of some rules means somebody. @param own namespace of the pods that the rules are about */
export function admits(
  rules: readonly unknown[],
  side: "from" | "to",
  outsider: Outsider,
  own: string,
  known: Pick<Inventory, "find">,
): boolean {
  if ("cidr" in outsider) return someHold(rules, side, outsider.cidr);
  const { namespace, labels } = outsider;
  const ofNamespace = { ...known.find("Namespace", "", namespace)?.labels, [NAMESPACE_NAME]: namespace };
  return rules.some((rule) => {
    const peers = listAt(rule, side);
    return peers.length === 0 || peers.some((peer) => isPeer(peer, { namespace, labels, ofNamespace }, own));
  });
}

function isPeer(
  peer: unknown,
  { namespace, labels, ofNamespace }: Record<"labels" | "ofNamespace", Readonly<Record<string, string>>> & { namespace: string },
  own: string,
): boolean {
  if (at(peer, "ipBlock") !== undefined) return false;
  const selector = at(peer, "namespaceSelector");
  const inNamespace = selector === undefined ? namespace === own : selects(selector, ofNamespace);
  return inNamespace && selects(at(peer, "podSelector") ?? {}, labels);
}
