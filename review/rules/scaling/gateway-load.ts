import type { Inventory } from "../../kubernetes/inventory";
import { listAt, textAt } from "../../kubernetes/value";
import { matchesWhole } from "../../promql/anchored";

/** A selector of clusters of Envoy Gateway: each is a rule of an HTTPRoute, e.g. `httproute/mes/order-api/rule/0`. */
const CLUSTERS = /\benvoy_cluster_name\s*(=~?)\s*"((?:[^"\\]|\\.)*)"/;

/** Whom a query measures at the gateway: Services, e.g. `mes/order-api`; undefined if it measures nothing there. */
export function measuredAtGateway(query: string, { ofKind }: Pick<Inventory, "ofKind">): ReadonlySet<string> | undefined {
  const [, operator, value] = CLUSTERS.exec(query) ?? [];
  if (value === undefined) return undefined;
  const selects = (name: string) =>
    operator === "=" ? name === value : matchesWhole(value.replaceAll("\\\\", "\\"), name) === true;
  const services = ofKind("HTTPRoute").flatMap(({ namespace, name, spec }) =>
    listAt(spec, "rules").flatMap((rule, i) =>
      selects(`httproute/${namespace}/${name}/rule/${i}`)
        ? listAt(rule, "backendRefs").map(
            (backend) => `${textAt(backend, "namespace") ?? namespace}/${textAt(backend, "name") ?? ""}`,
          )
        : [],
    ),
  );
  return new Set(services);
}
