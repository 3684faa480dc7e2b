import { inventory, type Inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import { left, offered, place, podCount, requested, type Level, type Nodes, type Unplaced } from "../kubernetes/packing";
import type { Amount } from "../kubernetes/pods";
import { quantity } from "../kubernetes/quantities";
import { coresInWords, inWords } from "../kubernetes/sizes";
import { entriesAt, entryOf } from "../kubernetes/value";
import type { Facts } from "../plan/plan";
import { count, listed, reporter, type Finding, type Report, type Rule } from "./rule";

const name = "fits-cluster";
const { error, warning } = reporter(name);

export const fitsCluster: Rule = {
  name,
  title:
    "Everything fits the declared nodes and quotas, apart where it has to be, also when one zone is lost; at its minimum it must, at full scale it should. Where data is protected in one zone, also when a node is lost.",
  why: "Pods that find no node are pods that are not there: a role that cannot scale out, or a broker that does not come back after a zone has failed.",
  check: (plan) => {
    const { facts } = plan;
    const known = inventory(plan);
    const quotas = [...quotaFindings(known, "min", error), ...quotaFindings(known, "max", warning)];
    const [first] = quotas;
    if (facts === undefined) return first === undefined ? [] : [first];
    const { nodePools: pools } = facts;
    const zones = facts.zones.length;
    const lost = zones >= 2 ? "zone" : undefined;
    const nodes: Nodes = { pools, zones, ...(lost === undefined ? {} : { lost }) };
    const least = check(known, facts, nodes, "min", error);
    const oneLess =
      facts.protectData && pools.reduce((sum, pool) => sum + pool.count, 0) >= 2 && lost === undefined && least.length === 0;
    return [
      ...quotas,
      ...least,
      ...(oneLess ? check(known, facts, { ...nodes, lost: "node" }, "min", warning) : []),
      ...check(known, facts, nodes, "max", warning),
    ];
  },
};

function check(known: Inventory, facts: Facts, where: Nodes, level: Level, report: Report): Finding[] {
  const unplaced = place(known, where, level);
  const [worst] = unplaced;
  if (worst === undefined) return [];
  const pools = left(where);
  const nodes = pools.reduce((sum, pool) => sum + pool.count, 0);
  const without = (change: Partial<Nodes>) => place(known, { ...where, ...change }, level).length === 0;
  // Whether nodes with GPUs are tainted is not known; where they take other pods, there is room.
  const shared = pools.some(({ gpus }) => gpus > 0) && without({ sharedGpus: true });
  const apart = without({ together: true });
  const all: Nodes = { pools: where.pools, zones: where.zones };
  const anyway = where.lost !== undefined && place(known, all, level).length > 0;
  const message = [
    `${level === "min" ? "at minimum" : "at full scale"} the plan requests ${amount(requested(known, level, nodes))}`,
    `${nodesOf(nodes, where, facts)} ${nodes === 1 ? "offers" : "offer"} ${amount(offered(pools))}`,
    `no room for ${listed(unplaced.map(described))}${apart ? ", which have to be apart from each other" : ""}${anyway ? `, even with all ${where.lost ?? "zone"}s` : ""}${shared ? ", unless nodes with GPUs take other pods" : ""}`,
    `add nodes to mes:cluster.nodePools, or lower requests or replicas${keyOf(worst)}`,
  ].join("; ");
  return [(shared ? warning : report)(worst.group.object.resource, "", message)];
}

/** The key of the stack file that says how large and how many the pods of a group are. */
function keyOf({ group: { object } }: Unplaced): string {
  const keys: Readonly<Record<string, string>> = {
    Cluster: "mes:postgres",
    RabbitmqCluster: "mes:broker",
    Pooler: "mes:postgres.poolers",
    Prometheus: "mes:monitoring.prometheus",
  };
  const key = entryOf(keys, object.kind);
  return key === undefined ? "" : ` (${key})`;
}

function nodesOf(nodes: number, { lost }: Nodes, { zones }: Facts): string {
  if (lost === "node") return `with one node lost, ${count(nodes, "node")}`;
  return lost === "zone" ? `with one of ${zones.length} zones lost, ${count(nodes, "node")}` : count(nodes, "node");
}

function described({ group, pods }: Unplaced): string {
  return `${count(pods, "pod")} of ${title(group.object)} (${amount(group.requests)} each)`;
}

function amount({ cpu, memory, gpus }: Amount): string {
  return `${coresInWords(cpu)} CPU, ${inWords(memory)}${gpus > 0 ? `, ${count(gpus, "GPU")}` : ""}`;
}

/** What a ResourceQuota counts, of the requests of pods. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
const COUNTED: Readonly<Record<string, "cpu" | "memory" | "pods">> = {
  cpu: "cpu",
  "requests.cpu": "cpu",
  memory: "memory",
  "requests.memory": "memory",
  pods: "pods",
  "count/pods": "pods",
};

function quotaFindings(known: Inventory, level: Level, report: Report): Finding[] {
  return known.ofKind("ResourceQuota").flatMap((quota) => {
    const groups = known.pods.filter((group) => group.namespace === quota.namespace);
    const sum = (of: (requests: Amount) => number) =>
      groups.reduce((total, group) => total + of(group.requests) * podCount(known, group, level, 1), 0);
    const wanted = { cpu: sum(({ cpu }) => cpu), memory: sum(({ memory }) => memory), pods: sum(() => 1) };
    return entriesAt(quota.spec, "hard").flatMap(([key, value]): Finding[] => {
      const what = entryOf(COUNTED, key);
      const most = quantity(value);
      if (what === undefined || most === undefined || wanted[what] <= most) return [];
      const shown = (number: number) =>
        what === "memory" ? inWords(number) : `${coresInWords(number)} ${what === "cpu" ? "CPU" : "pods"}`;
      const when = level === "min" ? "at minimum" : "at full scale";
      const message = `allows ${shown(most)} in ${quota.namespace}, and its pods are ${shown(wanted[what])} ${when}: the rest are refused; raise it`;
      return [report(quota.resource, ["spec", "hard", key], message)];
    });
  });
}
