import type { Inventory } from "../kubernetes/inventory";
import { listAt } from "../kubernetes/value";

/** Every rule, alert or recording, of every group of every PrometheusRule of a plan. */
export function rulesIn({ ofKind }: Inventory): unknown[] {
  return ofKind("PrometheusRule").flatMap(({ spec }) => listAt(spec, "groups").flatMap((group) => listAt(group, "rules")));
}
