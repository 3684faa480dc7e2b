import { inventory, podsMatching, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { placementOf, type Placement, type Separation } from "../kubernetes/placement";
import type { PodGroup } from "../kubernetes/pods";
import { isBroker, isDatabase } from "../kubernetes/systems";
import { at, entryOf, numberAt, recordAt, textAt } from "../kubernetes/value";
import type { Facts, Plan } from "../plan/plan";
import { count, dataReport, listed, reporter, type Finding, type Report, type Rule } from "./rule";
import { nodeFindings } from "./survival/nodes";
import { priorityFindings } from "./survival/priorities";
import { taintFindings } from "./survival/taints";

const name = "pods-survive";
const { error, warning } = reporter(name);

export const podsSurvive: Rule = {
  name,
  title:
    "What an order passes has two pods or more, apart from each other, and neither an update nor more important pods take them all.",
  why: "One pod is no pod while it is moved; two on one node are one; and data that makes room for its own clients takes every client down with it.",
  check: (plan) => {
    const report = dataReport(plan, { error, warning });
    const known = inventory(plan);
    const onPath = orderPath(plan, known);
    const groups = known.pods.filter((group) => !group.finite);
    return [
      ...groups.flatMap((group) => [...selectors(group, known, plan.facts), ...updates(group, known)]),
      ...(report === undefined ? [] : groups.flatMap((group) => alone(group, known, onPath, report, plan.facts))),
      ...(report === undefined ? [] : groups.flatMap((group) => together(group, known, onPath, report, plan.facts))),
      ...groups.flatMap((group) => [...nodeFindings(group, known.scale(group).max, plan.facts, report), ...taintFindings(group)]),
      ...(plan.facts?.protectData === true ? watchers(known, plan.facts) : []),
      ...priorityFindings(known, groups, onPath),
      ...known.ofKind("Service").flatMap((service) => unready(service, known)),
      ...known.ofKind("VerticalPodAutoscaler").flatMap((scaler) => evicting(scaler)),
    ];
  },
};

/** Names of the programs that an order passes, and of those that they ask on the way. */
function orderPath({ facts }: Plan, known: Inventory): ReadonlySet<string> {
  const programs = facts?.orders?.programs.filter(({ outside, enabled }) => enabled && !outside) ?? [];
  const passed = programs.filter(
    ({ consumes, publishes, database }) =>
      consumes.length > 0 || publishes.length > 0 || database === "readwrite" || database === "relay",
  );
  const asked = passed.flatMap(({ calls }) => calls);
  const poolers = known.ofKind("Pooler").map((pooler) => pooler.name);
  return new Set([...passed.map((program) => program.name), ...asked, ...poolers]);
}

function isData({ object }: PodGroup): boolean {
  return isBroker(object) || isDatabase(object);
}

/** How many of what an order passes there are at least. */
function alone(
  group: PodGroup,
  known: Inventory,
  onPath: ReadonlySet<string>,
  report: Report,
  facts: Facts | undefined,
): Finding[] {
  const zones = facts?.zones.length ?? 0;
  const { object } = group;
  // Databases and brokers have a rule of their own about their number.
  if (isData(group) || group.perNode || !onPath.has(object.name) || zones < 2) return [];
  const { min } = known.scale(group);
  if (min >= 2) return [];
  const scaler = known.autoscalers.find(({ target }) => target.kind === object.kind && target.name === object.name);
  const path =
    scaler === undefined ? (object.kind === "Pooler" ? "spec.instances" : "spec.replicas") : `spec.${scaler.fields.min}`;
  const key =
    object.kind === "Pooler"
      ? "mes:postgres.poolers"
      : `mes:roles.${object.name}.${scaler === undefined ? "replicas" : "scale.min"}`;
  const message = `${count(min, "pod")} of ${title(object)} in a cluster of ${zones} zones: orders wait while it is moved or lost; use at least 2 (${key})`;
  return [report((scaler?.object ?? object).resource, path, message)];
}

/** Keys by which nodes of every cluster can be told apart. */
const TOPOLOGIES = ["kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

/** Rules about placement that look at other pods than they are meant for. */
function selectors(group: PodGroup, known: Inventory, facts: Facts | undefined): Finding[] {
  const { object } = group;
  const placement = placementOf(group);
  const findings: Finding[] = [];
  for (const spread of placement.separations) {
    if (spread.kind === "spread" && !spread.own) {
      const message = `selects other pods than those of ${title(object)}, which it therefore does not spread; give it their labels`;
      findings.push(error(object.resource, spread.path, message));
    }
    if (
      spread.kind === "anti-affinity" &&
      !spread.own &&
      podsMatching(known.pods, group.namespace, spread.matches).length === 0
    ) {
      const message = `keeps ${title(object)} away from no pods of the plan; give it the labels of its own pods`;
      findings.push(error(object.resource, spread.path, message));
    }
    if (spread.hard && !TOPOLOGIES.includes(spread.topologyKey) && spread.topologyKey !== "") {
      const message = `${spread.topologyKey} is no label of nodes that a cluster has by itself (${TOPOLOGIES.join(", ")}): no node is ever right; correct it`;
      findings.push(error(object.resource, spread.path, message));
    }
    if (spread.kind === "spread" && spread.own && spread.hard && !spread.honorsTaints && zoned(spread, facts)) {
      const message = `a lost zone still counts as one without pods, so that those of the others cannot be replaced; set nodeTaintsPolicy: Honor`;
      findings.push(error(object.resource, spread.path, message));
    }
    if (spread.kind === "spread" && spread.own && known.scale(group).max > 1 && spread.maxSkew >= known.scale(group).max) {
      if ((facts?.zones.length ?? 0) < 2 && spread.topologyKey !== "kubernetes.io/hostname") continue;
      const message = `maxSkew is ${spread.maxSkew}, with ${count(known.scale(group).max, "pod")} at most: all may be in one place; use 1`;
      findings.push(error(object.resource, [...spread.path, "maxSkew"], message));
    }
  }
  return findings;
}

function zoned({ topologyKey }: Separation, facts: Facts | undefined): boolean {
  return topologyKey === "topology.kubernetes.io/zone" && (facts?.zones.length ?? 0) >= 2;
}

function together(
  group: PodGroup,
  known: Inventory,
  onPath: ReadonlySet<string>,
  report: Report,
  facts: Facts | undefined,
): Finding[] {
  const nodes = facts?.nodePools.reduce((sum, pool) => sum + pool.count, 0) ?? 0;
  const zones = facts?.zones.length ?? 0;
  const { object } = group;
  const { max } = known.scale(group);
  if (group.perNode || max < 2 || nodes < 2 || !(isData(group) || onPath.has(object.name))) return [];
  const placement = placementOf(group);
  const own = placement.separations.filter((one) => one.own && one.maxSkew < max);
  if (own.length === 0) {
    const message = `nothing keeps the ${count(max, "pod")} of ${title(object)} on different nodes: one node takes them all; add topologySpreadConstraints`;
    return [report(object.resource, placement.path, message)];
  }
  if (!isData(group)) return [];
  return apart(object, own, max, zones, placement, report);
}

/** Members of a system that decides by majority, or waits for a replica. */
function apart(
  object: KubeObject,
  own: readonly Separation[],
  members: number,
  zones: number,
  placement: Placement,
  report: Report,
): Finding[] {
  const hard = own.filter((one) => one.hard);
  const byZone = hard.some(({ topologyKey }) => topologyKey === "topology.kubernetes.io/zone");
  const byNode = hard.some(({ topologyKey }) => topologyKey === "kubernetes.io/hostname");
  if (zones >= 2 && !byZone) {
    const message = `nothing makes ${count(members, "pod")} of ${title(object)} run in different zones: one zone may take the majority; spread them over topology.kubernetes.io/zone with DoNotSchedule`;
    return [report(object.resource, placement.path, message)];
  }
  if (byNode) return [];
  // Where each has a zone of its own, it has a node of its own, until a zone is lost.
  if (byZone && members <= zones) {
    const message = `while a zone is lost, two of ${count(members, "pod")} of ${title(object)} may run on one node, and go with it; require kubernetes.io/hostname to differ`;
    return [warning(object.resource, placement.path, message)];
  }
  const message = `two of ${count(members, "pod")} of ${title(object)} may run on one node, and are lost with it; require kubernetes.io/hostname to differ`;
  return [report(object.resource, placement.path, message)];
}

/** A number of pods, or a percentage; of what may be missing it is rounded down. */
function amount(value: unknown, pods: number, fallback: number): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? fallback : Math.floor((Number(percent) / 100) * pods);
}

/** Sources: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy and statefulset/#update-strategies */
function updates(group: PodGroup, known: Inventory): Finding[] {
  const { object } = group;
  const { min, max } = known.scale(group);
  const found = (path: string, message: string, how: Report = error) => [how(object.resource, path, message)];
  if (max === 0) {
    return found(
      object.kind === "Pooler" ? "spec.instances" : "spec.replicas",
      `${title(object)} has no pod at all; use at least 1`,
    );
  }
  const strategies: Readonly<Record<string, string>> = { Deployment: "strategy", Pooler: "deploymentStrategy" };
  const strategy = entryOf(strategies, object.kind);
  if (strategy !== undefined && max >= 2) {
    const place = recordAt(object.spec, strategy);
    if (textAt(place, "type") === "Recreate") {
      return found(`spec.${strategy}.type`, `an update takes all ${max} pods of ${title(object)} at once; use RollingUpdate`);
    }
    const pods = Math.max(1, min);
    const gone = amount(at(place, "rollingUpdate", "maxUnavailable"), pods, 0);
    if (pods >= 2 && gone >= pods) {
      const message = `an update may take all ${pods} pods of ${title(object)} at once; use 0 with maxSurge, or 1`;
      return found(`spec.${strategy}.rollingUpdate.maxUnavailable`, message);
    }
  }
  const place = isBroker(object) ? ["override", "statefulSet", "spec", "updateStrategy"] : ["updateStrategy"];
  if (object.kind === "StatefulSet" || isBroker(object) || object.kind === "DaemonSet") {
    const path = `spec.${place.join(".")}`;
    const update = recordAt(object.spec, ...place);
    if (textAt(update, "type") === "OnDelete") {
      return found(`${path}.type`, `a deploy changes no pod of ${title(object)} until somebody deletes it; use RollingUpdate`);
    }
    const partition = numberAt(update, "rollingUpdate", "partition") ?? 0;
    if (object.kind !== "DaemonSet" && partition >= max) {
      return found(`${path}.rollingUpdate.partition`, `is ${partition} of ${max} pods: a deploy changes none of them; use 0`);
    }
    const gone = amount(at(update, "rollingUpdate", "maxUnavailable"), 100, 1);
    if (
      object.kind === "DaemonSet" ? gone >= 100 : max >= 2 && amount(at(update, "rollingUpdate", "maxUnavailable"), max, 1) >= max
    ) {
      const how = object.kind === "DaemonSet" ? warning : error;
      return found(`${path}.rollingUpdate.maxUnavailable`, `an update may take all pods of ${title(object)} at once; use 1`, how);
    }
  }
  if (isDatabase(object) && textAt(object.spec, "primaryUpdateStrategy") === "supervised") {
    const message = "an update of the primary waits for somebody to do it; use unsupervised";
    return found("spec.primaryUpdateStrategy", message, warning);
  }
  return [];
}

/** One pod of what tells people of faults, and data in one zone, where data is protected. */
function watchers(known: Inventory, { zones }: Facts): Finding[] {
  const single = known.pods.filter(
    (group) => group.object.group === "monitoring.coreos.com" && known.scale(group).max === 1 && zones.length >= 2,
  );
  const data = zones.length === 1 ? known.pods.find(isData) : undefined;
  return [
    ...single.map(({ object }) => {
      const message = `one pod of ${title(object)} in ${zones.length} zones: while it is moved or lost nobody is told of anything; use 2 (mes:monitoring)`;
      return warning(object.resource, "spec.replicas", message);
    }),
    ...(data === undefined
      ? []
      : [
          warning(
            data.object.resource,
            "",
            `everything is in one zone (${zones[0] ?? ""}), and is lost with it: all that protects the data is the backup; use three zones (mes:cluster.zones)`,
          ),
        ]),
  ];
}

/** Requests to pods that have said that they cannot answer. */
function unready(service: KubeObject, known: Inventory): Finding[] {
  const { spec, resource, namespace } = service;
  if (spec.publishNotReadyAddresses !== true || spec.clusterIP === "None") return [];
  const labels = recordAt(spec, "selector");
  const groups = podsMatching(known.pods, namespace, (own) => Object.entries(labels).every(([key, value]) => own[key] === value));
  if (groups.length === 0) return [];
  const message = `sends requests to pods of ${listed(groups.map(({ object }) => title(object)))} that are not ready; remove it`;
  return [error(resource, "spec.publishNotReadyAddresses", message)];
}

/** Recommendations that are carried out by eviction. Source: https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler */
function evicting({ spec, resource }: KubeObject): Finding[] {
  const mode = textAt(spec, "updatePolicy", "updateMode") ?? "Auto";
  const target = { kind: textAt(spec, "targetRef", "kind") ?? "", name: textAt(spec, "targetRef", "name") ?? "" };
  if (mode === "Off" || mode === "Initial") return [];
  const message = `evicts pods of ${target.kind} ${target.name} whenever it thinks that they need other resources; use updateMode: "Off"`;
  return [error(resource, "spec.updatePolicy.updateMode", message)];
}
