import { asksApiServer, silentNames } from "../kubernetes/cluster-paths";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { listAt, textAt } from "../kubernetes/value";
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
    const groups = known.pods.filter(({ spec }) => spec.hostNetwork !== true);
    return [...aboutNames(groups, known, network), ...groups.flatMap((group) => aboutApiServer(group, known, network))];
  },
};

/** Pods of a namespace that may not ask the same servers are named together: one policy is about all of them. */
function aboutNames(groups: readonly PodGroup[], known: Inventory, network: NetworkFacts): Finding[] {
  const cut = new Map<string, PodGroup[]>();
  for (const group of groups) {
    const silent = silentNames(group, known, network);
    if (silent.length === 0) continue;
    const key = `${group.namespace}: ${listed(silent)}`;
    cut.set(key, [...(cut.get(key) ?? []), group]);
  }
  return [...cut].flatMap(([key, [first, ...others]]) => {
    if (first === undefined) return [];
    const who = listed([first, ...others].map(({ object }) => title(object)));
    const message = `in ${key} may not be asked for names by ${who}; allow egress to the DNS server on port 53, UDP and TCP (mes:cluster.dns)`;
    return [error(first.object.resource, first.specPath, message)];
  });
}

function aboutApiServer(group: PodGroup, known: Inventory, network: NetworkFacts): Finding[] {
  if (group.asksApiServer !== true && !hasRights(group, known)) return [];
  const closed = network.apiServer.ports.filter((port) => !asksApiServer(group, port, known, network));
  if (closed.length === 0) return [];
  const where = network.policies === "cilium" ? "the entity kube-apiserver" : listed(network.apiServer.cidrs);
  const message = `${title(group.object)} needs the API server and may not reach it; allow egress to ${where} on port ${listed(closed.map(String))} (mes:cluster: kind, apiServer, serviceCidr)`;
  return [error(group.object.resource, group.specPath, message)];
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
