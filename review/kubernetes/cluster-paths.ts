import type { NetworkFacts } from "../plan/plan";
import type { Inventory } from "./inventory";
import type { PodGroup, PodPort } from "./pods";
import { admits, isOnPort, policyRules, someHold } from "./policy-rules";
import { selects } from "./selector";
import { at, listAt, textAt } from "./value";

/*
 * Whether policies let pods reach what is no pod of the plan (the API server, those who answer for names), and be called by it; and whether pods
 * whose labels alone are known reach each other.
 */

export type PodsOnNetwork = Pick<PodGroup, "namespace" | "labelSets">;

/** Whether pods may connect to the API server on a port. */
export function asksApiServer(pods: PodsOnNetwork, port: number, known: Inventory, network: NetworkFacts): boolean {
  const rules = policyRules(known, pods, "egress");
  if (rules === undefined) return true;
  if (network.policies === "cilium") return ciliumOpens(pods, "egress", port, known);
  const onPort = rules.filter((rule) => isOnPort(rule, port));
  return network.apiServer.cidrs.every((cidr) => someHold(onPort, "to", cidr));
}

/** Whether the API server, or the pods through which it calls, may connect to pods on a port. */
export function apiServerCalls(pods: PodsOnNetwork, port: number, known: Inventory, network: NetworkFacts): boolean {
  const rules = policyRules(known, pods, "ingress")?.filter((rule) => isOnPort(rule, port));
  if (rules === undefined) return true;
  const { cidrs, tunnel } = network.apiServer;
  if (tunnel !== undefined && admits(rules, "from", tunnel, pods.namespace, known)) return true;
  if (network.policies === "cilium") return ciliumOpens(pods, "ingress", port, known);
  return tunnel === undefined && cidrs.every((cidr) => someHold(rules, "from", cidr));
}

/** Source: https://docs.cilium.io/en/stable/security/policy/layer3/#entities-based */
function ciliumOpens(
  { namespace, labelSets }: PodsOnNetwork,
  direction: "ingress" | "egress",
  port: number,
  { objects }: Inventory,
): boolean {
  return objects
    .filter(({ group }) => group === "cilium.io")
    .some((policy) => {
      const own = { "k8s:io.kubernetes.pod.namespace": policy.namespace === "" ? namespace : policy.namespace };
      const isAbout =
        (policy.namespace === "" || policy.namespace === namespace) &&
        labelSets.some((labels) => selects(at(policy.spec, "endpointSelector") ?? {}, { ...labels, ...own }));
      return (
        isAbout &&
        listAt(policy.spec, direction).some(
          (rule) =>
            listAt(rule, direction === "egress" ? "toEntities" : "fromEntities").includes("kube-apiserver") &&
            listAt(rule, "toPorts").some((ports) => listAt(ports, "ports").some((one) => textAt(one, "port") === String(port))),
        )
      );
    });
}

/** Whoever of those that answer for names pods may not ask, e.g. `k8s-app=kube-dns in kube-system`. */
export function silentNames(pods: PodsOnNetwork, known: Inventory, network: NetworkFacts): string[] {
  const rules = policyRules(known, pods, "egress")?.filter((rule) => isOnPort(rule, 53, "UDP"));
  if (rules === undefined) return [];
  const { dns } = network;
  if (rules.length === 0 || dns === undefined) return rules.length === 0 ? ["anybody"] : [];
  return [
    ...dns.pods
      .filter((one) => !admits(rules, "to", one, pods.namespace, known))
      .map(
        ({ namespace, labels }) =>
          `${Object.entries(labels)
            .map((pair) => pair.join("="))
            .join(", ")} in ${namespace}`,
      ),
    ...dns.cidrs.filter((cidr) => !someHold(rules, "to", cidr)),
  ];
}

/** Whether policies let some pods connect to a port of others. */
export function mayConnect(
  from: PodsOnNetwork,
  to: PodsOnNetwork,
  { number, protocol = "TCP", name }: PodPort,
  known: Inventory,
): { readonly egress: boolean; readonly ingress: boolean } {
  const onPort = (rule: unknown) => isOnPort(rule, number, protocol === "UDP" ? "UDP" : "TCP", name);
  const open = (own: PodsOnNetwork, other: PodsOnNetwork, direction: "ingress" | "egress") => {
    const rules = policyRules(known, own, direction)?.filter(onPort);
    if (rules === undefined) return true;
    const side = direction === "ingress" ? "from" : "to";
    return other.labelSets.some((labels) => admits(rules, side, { namespace: other.namespace, labels }, own.namespace, known));
  };
  return { egress: open(from, to, "egress"), ingress: open(to, from, "ingress") };
}
