import { inventory, type Inventory } from "../kubernetes/inventory";
import { listAt, textAt } from "../kubernetes/value";
import { count, listed, reporter, type Rule } from "./rule";

const name = "routes-lead-in";
const { error, warning } = reporter(name);

export const routesLeadIn: Rule = {
  name,
  title: "Every path that the stack file leads to a role has a route of the gateway; without a gateway it is said.",
  why: "A role that nothing leads to is healthy, ready and idle, while the orders of partners are answered with 404.",
  check: (plan) => {
    const wanted = Object.entries(plan.facts?.routes ?? {});
    const known = inventory(plan);
    const led = servicesLedTo(known);
    const missing = wanted.filter(([role]) => !led.has(role));
    if (missing.length === 0) return [];
    const [stack] = plan.resources;
    const all = listed(missing.map(([role, paths]) => `${role} (${listed(paths, 3)})`));
    if (led.size === 0 && stack !== undefined) {
      const message = `no mes:gateway, so nothing outside of the cluster reaches ${count(missing.length, "role")} with routes: ${all}; add one, or use kubectl port-forward`;
      return [warning(stack, "", message)];
    }
    return missing.flatMap(([role, paths]) => {
      const service = known.ofKind("Service").find((one) => one.name === role);
      const where = service?.resource ?? stack;
      return where === undefined ? [] : [error(where, "", `no HTTPRoute leads ${listed(paths, 3)} to it; correct the name`)];
    });
  },
};

/** Names of the Services that HTTPRoutes lead to. */
function servicesLedTo({ ofKind }: Inventory): Set<string> {
  return new Set(
    ofKind("HTTPRoute").flatMap(({ spec }) =>
      listAt(spec, "rules").flatMap((rule) => listAt(rule, "backendRefs").flatMap((backend) => textAt(backend, "name") ?? [])),
    ),
  );
}
