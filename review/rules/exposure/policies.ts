import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { title } from "../../kubernetes/objects";
import { policyRules } from "../../kubernetes/policy-rules";
import { selects } from "../../kubernetes/selector";
import { at, isRecord, listAt, numberAt, textAt } from "../../kubernetes/value";
import type { Plan } from "../../plan/plan";
import { listed, reporter, type Finding } from "../rule";
import { areEverybody, isEverywhere } from "./everywhere";

const { error, warning } = reporter("closed-to-strangers");

type Direction = "ingress" | "egress";
const SIDES = { ingress: "from", egress: "to" } as const;

/** Policies that let everybody in or out, and pods that no policy is about. */
export function policyFindings(plan: Plan, known: Inventory): Finding[] {
  const policies = known.ofKind("NetworkPolicy");
  const [first] = known.pods;
  if (first === undefined) return [];
  if (policies.length === 0) {
    return [
      warning(
        plan.resources[0] ?? first.object.resource,
        "",
        "no network policies: every pod of the cluster may connect to every other",
      ),
    ];
  }
  return [...policies.flatMap((policy) => openRules(policy, known)), ...withoutPolicies(known)];
}

function withoutPolicies(known: Inventory): Finding[] {
  const inMesh = known.pods.filter(({ spec, finite }) => spec.hostNetwork !== true && !finite);
  const ofPods = (["ingress", "egress"] as const).flatMap((direction) => {
    const open = inMesh.filter(
      (group) => !known.opaqueNamespaces.has(group.namespace) && policyRules(known, group, direction) === undefined,
    );
    const [first] = open;
    if (first === undefined) return [];
    const who = listed(open.map(({ object }) => title(object)));
    const message = `no policy is about the ${direction} of ${who}: ${direction === "ingress" ? "everybody may connect" : "they may connect to anybody"}; deny it for the whole namespace first`;
    return [error(first.object.resource, first.specPath, message)];
  });
  return [...ofPods, ...withoutDenial(known)];
}

/** Pods of charts, of operators and of people are not known one by one: what is denied to all of a namespace has to be there. */
function withoutDenial(known: Inventory): Finding[] {
  const withPolicies = new Set([...known.opaqueNamespaces, ...known.ofKind("NetworkPolicy").map(({ namespace }) => namespace)]);
  return [...withPolicies].flatMap((namespace) => {
    const object = known.find("Namespace", "", namespace);
    if (object === undefined) return [];
    return (["ingress", "egress"] as const)
      .filter((direction) => policyRules(known, { namespace, labelSets: [{}] }, direction) === undefined)
      .map((direction) => {
        const whom = direction === "ingress" ? "everybody may connect to" : "anybody may be reached from";
        const message = `no policy denies the ${direction} of all pods of ${namespace}: ${whom} those that no policy names, as a chart's or a person's; add one with an empty podSelector and ${direction === "ingress" ? "Ingress" : "Egress"} among its policyTypes`;
        return error(object.resource, "", message);
      });
  });
}

function openRules(policy: KubeObject, known: Inventory): Finding[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    listAt(policy.spec, direction).flatMap((rule, i) => ruleFindings(policy, direction, rule, ["spec", direction, i], known)),
  );
}

function ruleFindings(
  policy: KubeObject,
  direction: Direction,
  rule: unknown,
  path: (string | number)[],
  known: Inventory,
): Finding[] {
  const side = SIDES[direction];
  const ports = listAt(rule, "ports");
  const peers = listAt(rule, side);
  const says = (message: string, at: (string | number)[] = path) => [error(policy.resource, at, message)];
  const blocks = peers.flatMap((peer) => textAt(peer, "ipBlock", "cidr") ?? []);
  const anywhere = peers.length === 0 || blocks.some(isEverywhere) || areEverybody(blocks);
  if (anywhere) {
    // Admission webhooks of charts are called from wherever the API server is.
    const isWebhook =
      direction === "ingress" &&
      known.opaqueNamespaces.has(policy.namespace) &&
      ports.length > 0 &&
      ports.every((port) => at(port, "endPort") === undefined);
    if (direction === "ingress" && !isWebhook)
      return says("lets everybody in; name the pods or addresses that need it", [...path, side]);
    if (direction === "egress" && !isNarrow(ports))
      return says("lets them connect to any address on any port; name the ports, and the addresses", [...path, side]);
  }
  return peers.flatMap((peer, j) =>
    isAnybody(peer)
      ? says("means all pods of all namespaces, or of any that somebody adds; name both by labels", [...path, side, j])
      : [],
  );
}

/** A few ports, each by its number. */
function isNarrow(ports: readonly unknown[]): boolean {
  return (
    ports.length > 0 &&
    ports.every(
      (port) => at(port, "port") !== undefined && (numberAt(port, "endPort") ?? 0) - (numberAt(port, "port") ?? 0) < 100,
    )
  );
}

/** Labels of a namespace that nobody has heard of. */
const A_STRANGERS_NAMESPACE = { "kubernetes.io/metadata.name": "a-namespace-of-somebody-else" };

/** Whether a peer means pods without any label in a namespace that nobody has heard of, by whatever expressions. */
function isAnybody(peer: unknown): boolean {
  if (!isRecord(peer) || peer.ipBlock !== undefined || !isRecord(peer.namespaceSelector)) return false;
  return selects(peer.namespaceSelector, A_STRANGERS_NAMESPACE) && selects(peer.podSelector ?? {}, {});
}
