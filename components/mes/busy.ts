import { ENVOY, requestsTo } from "../gateway/metrics";
import type { Environment } from "../platform";
import type { RolesConfig } from "./config";
import { routeNames } from "./endpoints";
import { enabledRoles } from "./role/pods";
import { signalsOf } from "./role/signals";

/** PromQL that holds while the MES has work: orders that it counts, or requests at the gateway; undefined if nobody counts either. */
export function busy(roles: RolesConfig, environment: Environment, gatewayMeasured: boolean): string | undefined {
  const named = enabledRoles(roles).map(([name, role]) => ({ name, role, signals: signalsOf(role, gatewayMeasured) }));
  if (named.some(({ role, signals }) => role.consumes.length > 0 && signals.orders === "image"))
    return "sum(rate(mes_orders_received_total[15m])) > 0";
  const routes = named
    .filter(({ signals }) => signals.requests === "gateway")
    .flatMap(({ name, role }) => routeNames(name, role, environment));
  if (routes.length === 0) return undefined;
  return `sum(rate(${ENVOY.requests}{${requestsTo(environment.namespaces.apps, routes)}}[15m])) > 0`;
}
