import type { Inventory } from "../../kubernetes/inventory";
import type { PodGroup } from "../../kubernetes/pods";
import { count } from "../../rules/rule";

/** `3 pods`, `3–20 pods`, `a pod on every node`. */
export function podsInWords(group: PodGroup, known: Inventory): string {
  if (group.perNode) return "a pod on every node";
  if (group.finite) return "runs to its end";
  const { min, max } = known.scale(group);
  return min === max ? count(min, "pod") : `${min}–${max} pods`;
}
