import type { Inventory } from "../kubernetes/inventory";
import { clusterOf, nameOf } from "./broker";

/** Whether a virtual host is there: declared in the plan, or the one that each broker has. @param scope as of a queue */
export function inVhosts(known: Inventory, scope: string): boolean {
  const vhosts = known.ofKind("Vhost").filter(({ group }) => group === "rabbitmq.com");
  return scope.endsWith(" /") || vhosts.some((vhost) => `${clusterOf(vhost)} ${nameOf(vhost)}` === scope);
}
