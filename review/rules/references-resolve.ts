import { inventory, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import type { MadeObject } from "../kubernetes/operators/model";
import { objectReferences, podReferences, type Reference } from "../kubernetes/references";
import { recordAt } from "../kubernetes/value";
import { UNKNOWN, type Facts } from "../plan/plan";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "references-resolve";
const { error } = reporter(name);

export const referencesResolve: Rule = {
  name,
  title: "Every object that another one names is in the plan, made by an operator of something in the plan, or said to be there.",
  why: "A pod that names a Secret which is not there waits for it for ever, and a rollout hangs with it.",
  check: (plan) => {
    const known = inventory(plan);
    const groups = new Map(known.pods.map((group) => [group.object, group]));
    return known.objects.flatMap((object) => {
      const group = groups.get(object);
      const references = [...objectReferences(object), ...(group === undefined ? [] : podReferences(group))];
      return references.flatMap((reference) => findingsOf(object, reference, known, plan.facts));
    });
  },
};

function findingsOf(object: KubeObject, reference: Reference, known: Inventory, facts: Facts | undefined): Finding[] {
  if (isGiven(reference, facts) || known.opaqueNamespaces.has(reference.namespace)) return [];
  const target =
    known.find(reference.kind, reference.namespace, reference.name) ??
    // An object of the whole cluster names a Secret in its operator's own namespace, whichever that is.
    (reference.namespace === "" ? known.ofKind(reference.kind).find((one) => one.name === reference.name) : undefined);
  const where = reference.namespace === "" ? reference.name : `${reference.namespace}/${reference.name}`;
  if (target === undefined) {
    const made = madeBy(reference, known);
    if (made !== undefined) return unknownKeys(object, reference, where, made.keys);
    const others = known.ofKind(reference.kind).filter((one) => one.name === reference.name);
    const hint =
      others.length === 0 ? "declare it, or correct the name" : `it is in ${listed(others.map((one) => one.namespace))}`;
    return [error(object.resource, reference.path, `names ${reference.kind} ${where}, which nothing makes; ${hint}`)];
  }
  return unknownKeys(object, reference, where, keysOf(target));
}

function unknownKeys(object: KubeObject, reference: Reference, where: string, keys: readonly string[] | undefined): Finding[] {
  if (keys === undefined) return [];
  return reference.keys
    .filter((key) => !keys.includes(key))
    .map((key) =>
      error(object.resource, reference.path, `${reference.kind} ${where} has no key ${key}; there are ${listed(keys)}`),
    );
}

/** What every cluster has, or the stack file says that this one has. */
function isGiven({ kind, name: named }: Reference, facts: Facts | undefined): boolean {
  if (facts?.existing?.includes(`${kind}/${named}`)) return true;
  switch (kind) {
    case "ServiceAccount":
      return named === "default";
    case "PriorityClass":
      return named.startsWith("system-");
    case "StorageClass":
      return facts === undefined;
    case "ConfigMap":
      return named === "kube-root-ca.crt";
    case "ClusterRole":
      return named.startsWith("system:") || ["admin", "cluster-admin", "edit", "view"].includes(named);
    case "Group":
    case "User":
      // Subjects of RBAC that are no objects; a user of the broker always carries its full reference.
      return named.startsWith("system:");
    case "Secret":
      return facts?.pullSecrets.includes(named) ?? false;
    default:
      return named === UNKNOWN;
  }
}

function madeBy({ kind, namespace, name: named }: Reference, { made }: Inventory): MadeObject | undefined {
  return made.find(
    (object) => object.kind === kind && (namespace === "" || object.namespace === namespace) && object.name === named,
  );
}

/** Keys of a ConfigMap or a Secret, where the plan knows them. */
function keysOf({ kind, resource }: KubeObject): string[] | undefined {
  if (kind !== "ConfigMap" && kind !== "Secret") return undefined;
  const keys = ["data", "stringData", "binaryData"].flatMap((field) => Object.keys(recordAt(resource.inputs, field)));
  return keys.length === 0 ? undefined : keys;
}
