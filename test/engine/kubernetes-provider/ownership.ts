import { isObject } from "../provider/differences";

/** Who wrote which fields of an object, as the API server keeps it. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
}

/** The name under which the plug-in creates objects. */
export const CREATOR = "pulumi-kubernetes";

/** What an update takes over without being told, by the beginning of the name. Source: fixCSAFieldManagers of pulumi-kubernetes v4. */
const TAKEN_OVER = {
  Apply: ["kubectl"],
  Update: ["kubectl", "before-first-apply", CREATOR, "pulumi-resource-kubernetes"],
};

/** The entries once a manager has taken over what was made by the same plug-in and by kubectl; undefined when there is nothing of the kind. */
export function takenOver(entries: readonly ManagedFields[], manager: string): ManagedFields[] | undefined {
  const taken = entries.filter((entry) => isTakenOver(entry));
  if (taken.length === 0) return undefined;
  const isOwn = (entry: ManagedFields) =>
    entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined;
  const own = [...entries.filter(isOwn), ...taken];
  const [first] = own;
  if (first === undefined) return undefined;
  const fieldsV1 = own.map((entry) => entry.fieldsV1).reduce(union);
  return [...entries.filter((entry) => !own.includes(entry)), { ...first, manager, operation: "Apply", fieldsV1 }];
}

/** Whether the plug-in itself has created an object and not changed it since: a preview of a change is then forced. */
export function isFreshlyCreated(entries: readonly ManagedFields[]): boolean {
  return entries.some(
    ({ manager, operation }) => operation === "Update" && [CREATOR, "pulumi-resource-kubernetes"].includes(manager),
  );
}

function isTakenOver({ manager, operation, subresource }: ManagedFields): boolean {
  return subresource === undefined && TAKEN_OVER[operation].some((name) => manager.startsWith(name));
}

/** Both sets of fields: a field is a key, its own fields are the value. */
function union(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return one ?? other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, union(one[key], other[key])]));
}
