import { inventory, type Inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { isOnPort, policyRules, someHold } from "../kubernetes/policy-rules";
import { selects } from "../kubernetes/selector";
import { at, listAt, textAt } from "../kubernetes/value";
import type { NetworkFacts } from "../plan/plan";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "pods-reach-cluster";
const { error } = reporter(name);

export const podsReachCluster: Rule = {
  name,
  title: "Every pod may ask for names, and every pod whose service account has rights may reach the API server.",
  why: "A pod that policies cut off from the API server or from names starts, waits and fails without a word of why; on another kind of cluster the same policies may be wrong.",
  check: (plan) => {
    const network = plan.facts?.network;
    if (network === undefined) return [];
    const known = inventory(plan);
    return known.pods
      .filter(({ spec }) => spec.hostNetwork !== true)
      .flatMap((group) => [...aboutNames(group, known), ...aboutApiServer(group, known, network)]);
  },
};

function aboutNames(group: PodGroup, known: Inventory): Finding[] {
  const rules = policyRules(known, group, "egress");
  if (rules === undefined || rules.some((rule) => isOnPort(rule, 53, "UDP"))) return [];
  const message = "may ask nobody for names; allow egress to the DNS server on port 53 (mes:cluster.dns)";
  return [error(group.object.resource, group.specPath, message)];
}

function aboutApiServer(group: PodGroup, known: Inventory, network: NetworkFacts): Finding[] {
  const rules = policyRules(known, group, "egress");
  if (rules === undefined || !hasRights(group, known)) return [];
  const closed = network.apiServer.ports.filter((port) => !isOpen(group, rules, port, known, network));
  if (closed.length === 0) return [];
  const where = network.policies === "cilium" ? "the entity kube-apiserver" : listed(network.apiServer.cidrs);
  const message = `${title(group.object)} has rights on objects and may not reach the API server; allow egress to ${where} on port ${listed(closed.map(String))} (mes:cluster: kind, apiServer, serviceCidr)`;
  return [error(group.object.resource, group.specPath, message)];
}

function isOpen(group: PodGroup, rules: readonly unknown[], port: number, known: Inventory, network: NetworkFacts): boolean {
  if (network.policies === "cilium") return ciliumOpens(group, port, known);
  const onPort = rules.filter((rule) => isOnPort(rule, port));
  return network.apiServer.cidrs.every((cidr) => someHold(onPort, "to", cidr));
}

function ciliumOpens({ namespace, labelSets }: PodGroup, port: number, { objects }: Inventory): boolean {
  return objects
    .filter(({ group }) => group === "cilium.io")
    .some((policy) => {
      const own = { "k8s:io.kubernetes.pod.namespace": policy.namespace === "" ? namespace : policy.namespace };
      const isAbout =
        (policy.namespace === "" || policy.namespace === namespace) &&
        labelSets.some((labels) => selects(at(policy.spec, "endpointSelector") ?? {}, { ...labels, ...own }));
      return (
        isAbout &&
        listAt(policy.spec, "egress").some(
          (rule) =>
            listAt(rule, "toEntities").includes("kube-apiserver") &&
            listAt(rule, "toPorts").some((ports) => listAt(ports, "ports").some((one) => textAt(one, "port") === String(port))),
        )
      );
    });
}

/** Whether a binding names the pods' service account, and they have its token. */
function hasRights({ namespace, spec }: PodGroup, { ofKind }: Inventory): boolean {
  const account = textAt(spec, "serviceAccountName");
  if (account === undefined || spec.automountServiceAccountToken === false) return false;
  return [...ofKind("RoleBinding"), ...ofKind("ClusterRoleBinding")].some(({ namespace: own, resource }) =>
    listAt(resource.inputs, "subjects").some(
      (subject) =>
        textAt(subject, "kind") === "ServiceAccount" &&
        textAt(subject, "name") === account &&
        (textAt(subject, "namespace") ?? own) === namespace,
    ),
  );
}
