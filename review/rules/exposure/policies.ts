import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { title } from "../../kubernetes/objects";
import { policyRules } from "../../kubernetes/policy-rules";
import { at, isRecord, listAt, numberAt, textAt } from "../../kubernetes/value";
import type { Plan } from "../../plan/plan";
import { listed, reporter, type Finding } from "../rule";
import { isEverywhere } from "./everywhere";

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
  // The pods of charts are not known one by one: what holds for all of a namespace has to be there.
  const ofCharts = [...known.opaqueNamespaces].flatMap((namespace) => {
    const object = known.find("Namespace", "", namespace);
    if (object === undefined) return [];
    return (["ingress", "egress"] as const)
      .filter((direction) => policyRules(known, { namespace, labelSets: [{}] }, direction) === undefined)
      .map((direction) =>
        error(
          object.resource,
          "",
          `no policy denies the ${direction} of all pods of ${namespace}; those of charts may be reached, or reach, whom they like`,
        ),
      );
  });
  return [...ofPods, ...ofCharts];
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
  const anywhere = peers.length === 0 || peers.some((peer) => isEverywhere(textAt(peer, "ipBlock", "cidr")));
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
    isAnybody(peer) ? says("means all pods of all namespaces; name the pods", [...path, side, j]) : [],
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

function isAnybody(peer: unknown): boolean {
  const empty = (selector: unknown) => selector === undefined || (isRecord(selector) && Object.keys(selector).length === 0);
  if (!isRecord(peer) || peer.ipBlock !== undefined) return false;
  return isRecord(peer.namespaceSelector) && empty(peer.namespaceSelector) && empty(peer.podSelector);
}
