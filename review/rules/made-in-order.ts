import { inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import { textAt } from "../kubernetes/value";
import type { Plan, Resource } from "../plan/plan";
import { reporter, shortName, type Finding, type Rule } from "./rule";

const name = "made-in-order";
const { error, warning } = reporter(name);

export const madeInOrder: Rule = {
  name,
  title: "Every object is declared after its namespace, and every custom resource after the operator that brings its definition.",
  why: "On a new cluster the first deploy stops at an object whose namespace or kind is not there yet; on one that is there nobody notices the slip.",
  check: (plan) => {
    const { objects, ofKind } = inventory(plan);
    const order = new Order(plan.resources);
    const namespaces = new Map(ofKind("Namespace").map((one) => [one.name, one.resource]));
    const operators = operatorReleases(plan);
    return [
      ...objects.flatMap((object) => [
        ...early(object.resource, title(object), namespaces.get(object.namespace), "its namespace", order),
        ...early(object.resource, title(object), operators.get(object.group), "the operator of its kind", order),
      ]),
      ...plan.resources.filter(isRelease).flatMap((release) => {
        const namespace = namespaces.get(textAt(release.inputs, "namespace") ?? "");
        return early(release, shortName(release.urn), namespace, "its namespace", order);
      }),
    ];
  },
};

function early(resource: Resource, who: string, needed: Resource | undefined, what: string, order: Order): Finding[] {
  if (needed === undefined || resource.dependsOn.includes(needed.urn)) return [];
  const on = `${shortName(needed.urn)}, ${what}`;
  if (order.isAfter(resource, needed)) {
    const message = `${who} depends on ${on}, by way of other objects only: without them it is declared before; make it depend on it itself (dependsOn)`;
    return [warning(resource, "", message)];
  }
  const message = `${who} does not depend on ${on}: on a new cluster it may be declared before, and the first deploy stops; make it depend on it (dependsOn)`;
  return [error(resource, "", message)];
}

function isRelease({ type }: Resource): boolean {
  return /^kubernetes:helm\.sh\/v\d+:Release$/.test(type);
}

/** The release that brings the definitions of an API group. */
function operatorReleases({ facts, resources }: Plan): Map<string, Resource> {
  const releases = new Map(resources.filter(isRelease).map((release) => [release.name, release]));
  return new Map(
    (facts?.operators ?? []).flatMap((operator) => {
      const release = releases.get(operator.name);
      return release === undefined ? [] : operator.apiGroups.map((group) => [group, release] as const);
    }),
  );
}

/** Who comes after whom: by what a resource depends on, and by what its inputs are made of. */
class Order {
  private readonly byUrn: ReadonlyMap<string, Resource>;
  private readonly before = new Map<string, ReadonlySet<string>>();

  constructor(resources: readonly Resource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  isAfter(resource: Resource, other: Resource): boolean {
    return this.allBefore(resource.urn).has(other.urn);
  }

  private allBefore(urn: string): ReadonlySet<string> {
    const known = this.before.get(urn);
    if (known !== undefined) return known;
    const found = new Set<string>();
    // Known before it is complete: a cycle ends here, which the engine refuses anyway.
    this.before.set(urn, found);
    const resource = this.byUrn.get(urn);
    if (resource === undefined) return found;
    for (const direct of [...resource.dependsOn, ...Object.values(resource.propertyDependencies).flat()]) {
      found.add(direct);
      for (const further of this.allBefore(direct)) found.add(further);
    }
    return found;
  }
}
