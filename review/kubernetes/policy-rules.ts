import { addressesHold } from "../../components/network/addresses";
import type { Inventory } from "./inventory";
import type { PodGroup } from "./pods";
import { selects } from "./selector";
import { at, listAt, numberAt, textAt } from "./value";

/** Rules of the network policies about some pods in one direction; nothing where no policy is about them, so that everything is allowed. */
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

/** Whether a rule is about a port. */
export function isOnPort(rule: unknown, port: number, protocol: "TCP" | "UDP" = "TCP"): boolean {
  const ports = listAt(rule, "ports");
  return (
    ports.length === 0 ||
    ports.some((one) => {
      const first = numberAt(one, "port");
      const isOne =
        first === undefined ? at(one, "port") === undefined : first <= port && port <= (numberAt(one, "endPort") ?? first);
      return (textAt(one, "protocol") ?? "TCP") === protocol && isOne;
    })
  );
}

/** Blocks of addresses that a rule means; `everywhere` where it means everybody. */
export function blocksOf(rule: unknown, side: "from" | "to"): readonly string[] | "everywhere" {
  const peers = listAt(rule, side);
  return peers.length === 0 ? "everywhere" : peers.flatMap((peer) => textAt(peer, "ipBlock", "cidr") ?? []);
}

/** Whether one of some rules means a block of addresses. */
export function someHold(rules: readonly unknown[], side: "from" | "to", block: string): boolean {
  return rules.some((rule) => {
    const blocks = blocksOf(rule, side);
    return blocks === "everywhere" || addressesHold(blocks, block);
  });
}
