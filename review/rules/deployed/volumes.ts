import { kubeObject, title } from "../../kubernetes/objects";
import { at, textAt } from "../../kubernetes/value";
import { formerUrns } from "../../plan/aliases";
import type { Plan } from "../../plan/plan";
import type { Finding, Report } from "../rule";

/** Where operators are told the class of the volumes that they make. What they have made they leave as it is. */
const CLASSES: readonly (readonly string[])[] = [
  ["spec", "storage", "storageClass"],
  ["spec", "walStorage", "storageClass"],
  ["spec", "persistence", "storageClassName"],
  ["spec", "storage", "volumeClaimTemplate", "spec", "storageClassName"],
];

/** A class that volumes which are there do not get. Source: Kubernetes' PersistentVolumeClaim, whose class is immutable */
export function classesKept(plan: Plan, warning: Report): Finding[] {
  const before = plan.before?.resources ?? [];
  if (before.length === 0) return [];
  const was = new Map(before.map(({ urn, inputs }) => [urn, inputs]));
  const formerly = formerUrns(plan, new Set(was.keys()));
  return plan.resources.flatMap((resource) => {
    const old = was.get(formerly.get(resource.urn) ?? "");
    const object = old === undefined ? undefined : kubeObject(resource);
    if (object === undefined || at(old, "metadata", "name") !== at(resource.inputs, "metadata", "name")) return [];
    return CLASSES.flatMap((path) => {
      const [then, now] = [textAt(old, ...path), textAt(resource.inputs, ...path)];
      if (then === undefined || now === undefined || then === now) return [];
      const message = `volumes of ${title(object)} that are there stay of the class ${then}: only new ones get ${now}; keep it, or recreate one instance after another`;
      return [warning(resource, path, message)];
    });
  });
}
