import { inventory, podsMatching, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { selects } from "../kubernetes/selector";
import { at } from "../kubernetes/value";
import { isQuorumSystem } from "./quorum";
import { count, reporter, type Finding, type Rule } from "./rule";

const name = "disruption-budgets";
const { error, warning } = reporter(name);

export const disruptionBudgets: Rule = {
  name,
  title: "Every controller with several pods has exactly one disruption budget, which lets one pod go and keeps the rest.",
  why: "Without a budget, draining a node may take all pods of a role at once; with one that allows nobody to go, or with two for one pod, a drain and every upgrade of the cluster hang.",
  check: (plan) => {
    const known = inventory(plan);
    const budgets = known.ofKind("PodDisruptionBudget").map((budget) => ({
      budget,
      groups: podsMatching(known.pods, budget.namespace, (labels) => selects(at(budget.spec, "selector"), labels)),
    }));
    const lasting = known.pods.filter((group) => !group.perNode && !group.finite);
    return [
      ...budgets.flatMap(({ budget, groups }) => badBudget(budget, groups, known)),
      ...lasting.flatMap((group) => {
        const own = budgets.filter(({ groups }) => groups.includes(group)).map(({ budget }) => budget);
        return badCover(group, own, known);
      }),
    ];
  },
};

function badCover(group: PodGroup, budgets: readonly KubeObject[], { scale }: Inventory): Finding[] {
  const { max } = scale(group);
  const made = group.ownDisruptionBudget ? 1 : 0;
  if (budgets.length + made > 1) {
    const who = [...budgets.map(title), ...(made === 1 ? ["its operator's own"] : [])].join(" and ");
    return [error(group.object.resource, "", `has two disruption budgets, ${who}; evictions fail then: keep one`)];
  }
  if (max < 2 || budgets.length + made === 1) return [];
  return [error(group.object.resource, "", `runs up to ${max} pods without a disruption budget; add one with maxUnavailable: 1`)];
}

function badBudget(budget: KubeObject, groups: readonly PodGroup[], { scale, opaqueNamespaces }: Inventory): Finding[] {
  if (groups.length === 0) {
    if (opaqueNamespaces.has(budget.namespace)) return [];
    return [error(budget.resource, "spec.selector", "selects no pods of the plan; correct its labels")];
  }
  const pods = groups.reduce((sum, group) => sum + (group.perNode ? 0 : scale(group).min), 0);
  const { path, mayGo } = allowance(budget, pods);
  const findings: Finding[] = [];
  // Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
  if (budget.spec.unhealthyPodEvictionPolicy === "IfHealthyBudget" && !groups.some(({ object }) => isQuorumSystem(object))) {
    const message =
      "a pod that never gets ready keeps its node from being drained, and every upgrade of the cluster hangs; use AlwaysAllow";
    findings.push(warning(budget.resource, "spec.unhealthyPodEvictionPolicy", message));
  }
  if (mayGo !== undefined && mayGo < 1 && pods > 0) {
    const message = `lets none of ${count(pods, "pod")} go, so draining a node hangs forever; use maxUnavailable: 1`;
    findings.push(error(budget.resource, path, message));
  }
  if (mayGo !== undefined && pods >= 2 && mayGo >= pods) {
    const message = `lets all ${pods} pods go at once: draining nodes stops ${title(groups[0]?.object ?? budget)}; use maxUnavailable: 1`;
    findings.push(error(budget.resource, path, message));
  }
  const quorum = groups.find((group) => isQuorumSystem(group.object));
  if (quorum !== undefined && mayGo !== undefined && pods >= 3 && mayGo < pods && mayGo > Math.floor((pods - 1) / 2)) {
    const message = `lets ${mayGo} of ${pods} pods of ${title(quorum.object)} go at once, and with them the majority; use maxUnavailable: 1`;
    findings.push(error(budget.resource, path, message));
  }
  return findings;
}

/** How many of so many pods may go at once; undefined if it is not known. */
function allowance(budget: KubeObject, pods: number): { path: string; mayGo: number | undefined } {
  const { maxUnavailable, minAvailable } = budget.spec;
  if (maxUnavailable !== undefined) return { path: "spec.maxUnavailable", mayGo: podCount(maxUnavailable, pods) };
  if (minAvailable === undefined) return { path: "spec", mayGo: undefined };
  const kept = podCount(minAvailable, pods);
  return { path: "spec.minAvailable", mayGo: kept === undefined ? undefined : pods - kept };
}

/** A number of pods, or a percentage, which Kubernetes rounds up. */
function podCount(value: unknown, pods: number): number | undefined {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) / 100) * pods);
}
