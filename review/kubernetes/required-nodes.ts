import { entriesAt, isRecord, listAt, textAt, type Json } from "./value";

/** Values of a label of nodes that pods insist on. */
export interface RequiredNodes {
  readonly path: readonly (string | number)[];
  readonly label: string;
  readonly values: readonly string[];
}

/**
 * What an object asks of the nodes of its pods, by `nodeSelector` or required affinity, wherever operators have them. Of several terms of an affinity
 * one is enough, so that only those of a single term are told.
 */
export function requiredNodes(value: unknown, path: readonly (string | number)[]): RequiredNodes[] {
  if (Array.isArray(value)) return value.flatMap((part, i) => requiredNodes(part, [...path, i]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const place = [...path, key];
    if (key === "nodeSelector") {
      return entriesAt(part).flatMap(([label, one]) =>
        typeof one === "string" ? [{ path: [...place, label], label, values: [one] }] : [],
      );
    }
    return key === "requiredDuringSchedulingIgnoredDuringExecution" && isRecord(part)
      ? terms(part, place)
      : requiredNodes(part, place);
  });
}

function terms(affinity: Json, path: readonly (string | number)[]): RequiredNodes[] {
  const all = listAt(affinity, "nodeSelectorTerms");
  if (all.length !== 1) return [];
  return listAt(all[0], "matchExpressions").flatMap((expression, i) => {
    const label = textAt(expression, "key");
    if (label === undefined || textAt(expression, "operator") !== "In") return [];
    const values = listAt(expression, "values").filter((one): one is string => typeof one === "string");
    return [{ path: [...path, "nodeSelectorTerms", 0, "matchExpressions", i], label, values }];
  });
}
