import { ENVOY, requestsTo } from "../../gateway/metrics";
import { row, timeseries, type Row } from "../../observability/panels";
import { requestsAtGateway } from "../gateway-requests";

/** Requests of the roles that the gateway measures. */
export function gatewayRow(namespace: string, routes: Readonly<Record<string, readonly string[]>>): Row {
  const each = Object.entries(routes).map(([role, names]) => ({ role, ...requestsAtGateway(requestsTo(namespace, names)) }));
  return row("Requests at the gateway", [
    timeseries(
      "Requests a second",
      "reqps",
      each.map(({ role, rate }) => ({ expr: rate("5m"), legend: role })),
      { description: `What comes by the gateway's routes (${ENVOY.requests}).` },
    ),
    timeseries(
      "Share of 5xx",
      "percentunit",
      each.map(({ role, failing }) => ({ expr: failing("5m"), legend: role })),
      { max: 1 },
    ),
    timeseries(
      "Time, 95th percentile",
      "s",
      each.map(({ role, quantile }) => ({ expr: quantile(0.95, "5m"), legend: role })),
    ),
  ]);
}
