import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { placementOf } from "../../kubernetes/placement";
import type { PodGroup } from "../../kubernetes/pods";
import { isBroker, isDatabase } from "../../kubernetes/systems";
import { numberAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("pods-survive");

/** Priority of pods that name no class. */
const NO_PRIORITY = 0;
/** Source: https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/ */
const SYSTEM = 2_000_000_000;

function isData({ object }: PodGroup): boolean {
  return isBroker(object) || isDatabase(object);
}

/** Whom a full cluster evicts first. @param onPath names of what an order passes */
export function priorityFindings(known: Inventory, groups: readonly PodGroup[], onPath: ReadonlySet<string>): Finding[] {
  const classes = known.ofKind("PriorityClass");
  if (classes.length === 0) return [];
  const byName = new Map(classes.map(({ name: own, resource }) => [own, numberAt(resource.inputs, "value")]));
  const fallback = classes.find(({ resource }) => resource.inputs.globalDefault === true);
  const priority = (group: PodGroup): number | undefined => {
    const className = placementOf(group).priorityClass;
    if (className === undefined) return fallback === undefined ? NO_PRIORITY : numberAt(fallback.resource.inputs, "value");
    return className.startsWith("system-") ? SYSTEM : byName.get(className);
  };
  const lasting = groups.filter((group) => !group.perNode);
  const clients = lasting.filter((group) => !isData(group));
  const passed = clients.filter(({ object }) => onPath.has(object.name));
  const others = clients.filter((group) => !passed.includes(group));
  const above = (group: PodGroup, whom: readonly PodGroup[]) => {
    const own = priority(group);
    return whom.filter((one) => {
      const theirs = priority(one);
      return own !== undefined && theirs !== undefined && theirs > own && theirs < SYSTEM;
    });
  };
  // A store of files is as important as the data: it holds some.
  const ofData = Math.min(...lasting.filter(isData).map((data) => priority(data) ?? SYSTEM), SYSTEM);
  const names = (of: readonly PodGroup[]) => listed(of.map(({ object }) => title(object)));
  return [
    ...classFindings(known),
    ...lasting.filter(isData).flatMap((data) => {
      const more = above(data, clients);
      if (more.length === 0) return [];
      const message = `${names(more)} ${more.length === 1 ? "is" : "are"} more important than ${title(data.object)}: where there is no room, the data goes first; give it the higher priority class`;
      return [error(data.object.resource, placementOf(data).priorityPath, message)];
    }),
    ...passed.flatMap((group) => {
      const more = above(group, others).filter((one) => (priority(one) ?? 0) < ofData);
      if (more.length === 0) return [];
      const message = `orders pass ${title(group.object)}, and ${names(more)} ${more.length === 1 ? "has" : "have"} a higher priority: where there is no room, orders stop first; give it a priority class that is not lower`;
      return [warning(group.object.resource, placementOf(group).priorityPath, message)];
    }),
    ...others.filter(watches).flatMap((group) => {
      if (placementOf(group).priorityClass !== undefined) return [];
      const message = `${title(group.object)} has no priority class: where there is no room it goes first, and nobody is told of what follows; give it one`;
      return [warning(group.object.resource, placementOf(group).priorityPath, message)];
    }),
  ];
}

/** What tells people of faults. */
function watches({ object }: PodGroup): boolean {
  return object.group === "monitoring.coreos.com";
}

function classFindings(known: Inventory): Finding[] {
  return known.ofKind("PriorityClass").flatMap(({ resource, name }): Finding[] => {
    const findings: Finding[] = [];
    if (resource.inputs.globalDefault === true && (numberAt(resource.inputs, "value") ?? 0) > 0) {
      const message = `${name} holds for every pod of the cluster that names no class, others' too, which then push ours off their nodes; remove globalDefault`;
      findings.push(error(resource, "globalDefault", message));
    }
    if (textAt(resource.inputs, "preemptionPolicy") === "Never") {
      const message = `pods of ${name} wait for room instead of making it: where nodes are full they do not run; use PreemptLowerPriority`;
      findings.push(warning(resource, "preemptionPolicy", message));
    }
    return findings;
  });
}
