import type { Inventory } from "./inventory";
import { containersOf, type PodGroup } from "./pods";
import { at, listAt, textAt } from "./value";

/** A variable of a pod, where the plan knows its value. */
export interface Variable {
  readonly value: string;
  /** Path in the resource's inputs. */
  readonly path: readonly (string | number)[];
}

/** Variables of a pod's containers by name, those from Secrets and ConfigMaps of the plan too; the first container's of a name. */
export function variablesOf(group: PodGroup, known: Pick<Inventory, "find">): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const [i, container] of containersOf(group.spec).entries()) {
    for (const [j, env] of listAt(container, "env").entries()) {
      const name = textAt(env, "name");
      const value = textAt(env, "value") ?? referred(env, group.namespace, known);
      if (name === undefined || value === undefined || variables.has(name)) continue;
      variables.set(name, { value, path: [...group.specPath, "containers", i, "env", j] });
    }
  }
  return variables;
}

function referred(env: unknown, namespace: string, known: Pick<Inventory, "find">): string | undefined {
  for (const [field, kind] of [
    ["secretKeyRef", "Secret"],
    ["configMapKeyRef", "ConfigMap"],
  ] as const) {
    const reference = at(env, "valueFrom", field);
    const name = textAt(reference, "name");
    const key = textAt(reference, "key");
    if (name === undefined || key === undefined) continue;
    const inputs = known.find(kind, namespace, name)?.resource.inputs;
    return textAt(inputs, "stringData", key) ?? (kind === "ConfigMap" ? textAt(inputs, "data", key) : undefined);
  }
  return undefined;
}
