import type { Alert, AlertGroup } from "../../observability/alert";
import type { MesAlertsArgs } from "./alerts";
import type { RoleConfig } from "../config";
import { enabledRoles } from "../role/pods";
import { quantile } from "../queries";
import { alertName, bySeverity } from "./severity";

const DURATION = "http_server_request_duration_seconds";
/** Failed requests within the window before a ratio of them means anything. */
const FEWEST_FAILURES = 5;

/** Requests of the roles with http: slow ones and failing ones, by route. */
export function httpAlerts({ roles, namespace }: MesAlertsArgs): AlertGroup {
  const serving = enabledRoles(roles).filter(([, { http }]) => http !== undefined);
  return {
    name: "mes-http",
    alerts: [
      ...bySeverity(serving, ([name, role]) =>
        limitsOf(role)
          .map(({ routes, errorRatio }) => failing(`namespace="${namespace}",job="${name}"${routes}`, errorRatio))
          .join(" or "),
      ).map(({ severity, expr }): Alert => ({
        name: alertName("HttpErrors", severity),
        expr,
        for: "5m",
        severity,
        summary: "{{ $labels.job }} fails {{ $value | humanizePercentage }} of the requests of {{ $labels.http_route }}",
        description:
          "Requests are answered with a 5xx. An order that is refused this way was not accepted: the caller has to send it again.",
      })),
      ...bySeverity(serving, ([name, role]) =>
        limitsOf(role)
          .map(({ routes, latency }) => slow(`namespace="${namespace}",job="${name}"${routes}`, latency))
          .join(" or "),
      ).map(({ severity, expr }): Alert => ({
        name: alertName("HttpSlow", severity),
        expr,
        for: "10m",
        severity,
        summary: "{{ $labels.job }} takes {{ $value | humanizeDuration }} for {{ $labels.http_route }} (95th percentile)",
        description:
          "Requests take longer than the objective of the stack file. Callers time out and send again, which adds to the load.",
      })),
    ],
  };
}

interface Limits {
  /** Matchers of the routes it holds for, with a leading comma; empty for all. */
  readonly routes: string;
  readonly latency: number;
  readonly errorRatio: number;
}

/** Limits of single routes, and of all others. */
function limitsOf({ http }: RoleConfig): Limits[] {
  if (http === undefined) return [];
  const { latency, errorRatio, routes } = http.objectives;
  const own = Object.entries(routes);
  const others = own.length === 0 ? "" : `,http_route!~"${own.map(([route]) => escaped(route)).join("|")}"`;
  return [
    { routes: others, latency, errorRatio },
    ...own.map(([route, limit]) => ({
      routes: `,http_route=${JSON.stringify(route)}`,
      latency: limit.latency ?? latency,
      errorRatio: limit.errorRatio ?? errorRatio,
    })),
  ];
}

/** A route as a regular expression inside of a PromQL string, where a backslash is doubled. */
function escaped(route: string): string {
  return JSON.stringify(route.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).slice(1, -1);
}

function failing(selector: string, errorRatio: number): string {
  const count = (matchers: string) => `sum by (job, http_route) (rate(${DURATION}_count{${matchers}}[5m]))`;
  const failures = `${selector},http_response_status_code=~"5.."`;
  return (
    `(${count(failures)} / ${count(selector)} > ${errorRatio} and ` +
    `sum by (job, http_route) (increase(${DURATION}_count{${failures}}[5m])) >= ${FEWEST_FAILURES})`
  );
}

function slow(selector: string, latency: number): string {
  return `${quantile(0.95, DURATION, selector, "job, http_route", "5m")} > ${latency}`;
}

/** Connections of the roles' own pools. */
export function databaseAlerts({ roles, namespace }: MesAlertsArgs): AlertGroup {
  const using = enabledRoles(roles).filter(([, { database }]) => database !== undefined);
  return {
    name: "mes-database",
    alerts: bySeverity(using, ([name]) => {
      const pool = (metric: string) => `sum by (job) (${metric}{namespace="${namespace}",job="${name}"})`;
      return `${pool("mes_db_pool_in_use")} / ${pool("mes_db_pool_size")} > 0.9`;
    }).map(({ severity, expr }): Alert => ({
      name: alertName("DatabasePoolExhausted", severity),
      expr,
      for: "5m",
      severity,
      summary: "{{ $labels.job }} uses {{ $value | humanizePercentage }} of its database connections",
      description:
        "Work waits for a connection. Slow queries, a slow database, or too small a pool; orders are late until it is over.",
    })),
  };
}
