import { inventory, type Inventory } from "../kubernetes/inventory";
import { podCount, type Level } from "../kubernetes/packing";
import { NOTHING, plus, times, type Amount, type PodGroup } from "../kubernetes/pods";
import type { Plan } from "../plan/plan";

export interface CapacityRow {
  readonly name: string;
  /** What leads to it: the resource of a controller. */
  readonly urn?: string;
  readonly min: Amount & { readonly pods: number };
  readonly max: Amount & { readonly pods: number };
}

interface Capacity {
  readonly namespaces: readonly CapacityRow[];
  readonly workloads: readonly CapacityRow[];
}

/** What pods request, by namespace and by what they are pods of, the largest at full scale first. */
export function capacityOf(plan: Plan): Capacity {
  const known = inventory(plan);
  const nodes = (plan.facts?.nodePools ?? []).reduce((sum, { count }) => sum + count, 0);
  const workloads = known.pods.map((group): CapacityRow & { namespace: string } => ({
    name: group.object.name,
    urn: group.object.resource.urn,
    namespace: group.namespace,
    min: amountOf(known, group, "min", nodes),
    max: amountOf(known, group, "max", nodes),
  }));
  // Of the pods of charts only the sum is known, and not their number.
  const charts = known.helmReleases.map(({ name, namespace, resource, requests }) => {
    const amount = { ...requests, pods: 0 };
    return { name: `${name} (chart)`, urn: resource.urn, namespace, min: amount, max: amount };
  });
  const all = [...workloads, ...charts].filter(({ max }) => max.pods > 0 || max.cpu > 0 || max.memory > 0);
  const namespaces = [...new Set(all.map(({ namespace }) => namespace))].map((name) => {
    const own = all.filter(({ namespace }) => namespace === name);
    return {
      name,
      min: own.map(({ min }) => min).reduce(sum, { ...NOTHING, pods: 0 }),
      max: own.map(({ max }) => max).reduce(sum, { ...NOTHING, pods: 0 }),
    };
  });
  return { namespaces: largestFirst(namespaces), workloads: largestFirst(all) };
}

type Pods = Amount & { readonly pods: number };

function amountOf(known: Inventory, group: PodGroup, level: Level, nodes: number): Pods {
  const pods = podCount(known, group, level, nodes);
  return { ...times(group.requests, pods), pods };
}

function sum(a: Pods, b: Pods): Pods {
  return { ...plus(a, b), pods: a.pods + b.pods };
}

function largestFirst<T extends CapacityRow>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => b.max.cpu - a.max.cpu || b.max.memory - a.max.memory || (a.name < b.name ? -1 : 1));
}
