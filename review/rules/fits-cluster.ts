import { formatBytes, formatCpu } from "../../components/schema";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import { offered, place, requested, withoutOneZone, type Level, type Unplaced } from "../kubernetes/packing";
import type { Amount } from "../kubernetes/pods";
import type { Facts } from "../plan/plan";
import { count, listed, reporter, type Finding, type Rule } from "./rule";

const name = "fits-cluster";
const { error, warning } = reporter(name);

export const fitsCluster: Rule = {
  name,
  title: "Everything fits the declared nodes, also when one zone is lost; at its minimum it must, at full scale it should.",
  why: "Pods that find no node are pods that are not there: a role that cannot scale out, or a broker that does not come back after a zone has failed.",
  check: (plan) => {
    const { facts } = plan;
    if (facts === undefined) return [];
    const known = inventory(plan);
    return [...check(known, facts, "min", error), ...check(known, facts, "max", warning)];
  },
};

function check(known: Inventory, facts: Facts, level: Level, report: typeof error): Finding[] {
  const left = withoutOneZone(facts.nodePools, facts.zones.length);
  const lost = facts.zones.length >= 2;
  const rest = { pools: left, ...(lost ? { oneLostOf: facts.zones.length } : {}) };
  const unplaced = place(known, rest, level);
  const [worst] = unplaced;
  if (worst === undefined) return [];
  const nodes = left.reduce((sum, pool) => sum + pool.count, 0);
  // Whether nodes with GPUs are tainted is not known; where they take other pods, there is room.
  const shared = left.some(({ gpus }) => gpus > 0) && place(known, { ...rest, sharedGpus: true }, level).length === 0;
  const anyway = lost && place(known, { pools: facts.nodePools }, level).length > 0;
  const message = [
    `${level === "min" ? "at minimum" : "at full scale"} the plan requests ${amount(requested(known, level, nodes))}`,
    `${nodesOf(nodes, lost, facts)} ${nodes === 1 ? "offers" : "offer"} ${amount(offered(left))}`,
    `no room for ${listed(unplaced.map(described))}${anyway ? ", even with all zones" : ""}${shared ? ", unless nodes with GPUs take other pods" : ""}`,
    "add nodes to mes:cluster.nodePools, or lower requests or replicas",
  ].join("; ");
  return [(shared ? warning : report)(worst.group.object.resource, "", message)];
}

function nodesOf(nodes: number, lost: boolean, { zones }: Facts): string {
  return lost ? `with one of ${zones.length} zones lost, ${count(nodes, "node")}` : count(nodes, "node");
}

function described({ group, pods }: Unplaced): string {
  return `${count(pods, "pod")} of ${title(group.object)} (${amount(group.requests)} each)`;
}

function amount({ cpu, memory, gpus }: Amount): string {
  return `${formatCpu(cpu)} CPU, ${formatBytes(memory)}${gpus > 0 ? `, ${count(gpus, "GPU")}` : ""}`;
}
