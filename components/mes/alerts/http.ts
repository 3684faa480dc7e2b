import { anywhere, type Alert, type AlertGroup } from "../../observability/alert";
import { NO_WRITES, WRITES_SUFFER } from "../../postgres/alerts";
import type { MesAlertsArgs } from "./alerts";
import type { RoleConfig } from "../config";
import { countedAtGateway, requestsTo } from "../../gateway/metrics";
import { requestsAtGateway } from "../gateway-requests";
import { enabledRoles } from "../role/pods";
import { signalsOf } from "../role/signals";
import { anyOf, literalPattern, quantile, usual } from "../queries";
import { alertName, bySeverity, grouped } from "./severity";

const DURATION = "http_server_request_duration_seconds";
/** Failed requests within the window before a ratio of them means anything. */
const FEWEST_FAILURES = 5;

/** Requests of the roles with http: slow ones and failing ones, by route. */
export function httpAlerts({ roles, namespace, gatewayRoutes, metricsKept }: MesAlertsArgs): AlertGroup {
  const sourceOf = (role: RoleConfig) => signalsOf(role, gatewayRoutes !== undefined).requests;
  const serving = enabledRoles(roles).filter(([, role]) => role.http !== undefined && sourceOf(role) !== "none");
  const atGateway = (name: string) => requestsAtGateway(requestsTo(namespace, gatewayRoutes?.[name] ?? []));
  return {
    name: "mes-http",
    alerts: [
      ...bySeverity(serving, ([name, role]) =>
        sourceOf(role) === "gateway"
          ? failingAtGateway(name, role, atGateway(name))
          : limitsOf(role)
              .map(({ routes, errorRatio }) => failing(`namespace="${namespace}",job="${name}"${routes}`, errorRatio))
              .join(" or "),
      ).map(({ severity, expr }): Alert => ({
        name: alertName("HttpErrors", severity),
        expr,
        for: "5m",
        severity,
        causedBy: { ...NO_WRITES, ...WRITES_SUFFER },
        summary: "{{ $labels.job }} fails {{ $value | humanizePercentage }} of the requests of {{ $labels.http_route }}",
        description:
          "Requests are answered with a 5xx. An order that is refused this way was not accepted: the caller has to send it again.",
      })),
      ...bySeverity(serving, ([name, role]) =>
        sourceOf(role) === "gateway"
          ? slowAtGateway(name, role, atGateway(name))
          : limitsOf(role)
              .map(({ routes, latency }) => slow(`namespace="${namespace}",job="${name}"${routes}`, latency))
              .join(" or "),
      ).map(({ severity, expr }): Alert => ({
        name: alertName("HttpSlow", severity),
        expr,
        for: "10m",
        severity,
        causedBy: { ...NO_WRITES, ...WRITES_SUFFER, ...anywhere("MesOrderHttpErrors", "MesOrderDatabasePoolExhausted") },
        summary: "{{ $labels.job }} takes {{ $value | humanizeDuration }} for {{ $labels.http_route }} (95th percentile)",
        description:
          "Requests take longer than the objective of the stack file. Callers time out and send again, which adds to the load.",
      })),
      ...grouped(serving).map(({ severity, members }) => {
        const own = members.filter(([, role]) => sourceOf(role) === "image").map(([name]) => name);
        const others = members.filter(([, role]) => sourceOf(role) === "gateway");
        const image =
          own.length === 0 ? [] : [silent(`${DURATION}_count{namespace="${namespace}",${anyOf("job", own)}}`, metricsKept)];
        return noTraffic(severity, [
          ...image,
          ...others.map(([name]) => silentAtGateway(name, countedAtGateway(namespace, gatewayRoutes?.[name] ?? []), metricsKept)),
        ]);
      }),
    ],
  };
}

/** Fewest requests in the usual time, before their absence means anything. */
const FEWEST_USUAL = 20;

/** Nobody calls, who does at this hour: what is wrong is before the role, where nothing of it counts. */
function noTraffic(severity: Alert["severity"], silences: readonly string[]): Alert {
  return {
    name: alertName("TrafficStopped", severity),
    expr: silences.join(" or "),
    for: "2m",
    severity,
    ...(severity === "page" ? {} : { causedBy: anywhere(alertName("TrafficStopped", "page")) }),
    summary: "{{ $labels.job }} gets no request any more",
    description: "It works and nobody reaches it: gateway, DNS, certificate, the network before it, or those who call it.",
  };
}

function silent(requests: string, kept: string): string {
  return `sum by (job) (increase(${requests}[10m])) == 0 and on (job) ${usual(requests, "10m", kept, "job")} >= ${FEWEST_USUAL}`;
}

/** The gateway counts from the first request on: where a proxy that is read has no count, there was none. */
function silentAtGateway(name: string, { counter, counted }: ReturnType<typeof countedAtGateway>, kept: string): string {
  const now = `(sum(increase(${counter}[10m])) or max(${counted} == 1) * 0)`;
  return `label_replace(${now} == 0 and ${usual(counter, "10m", kept)} >= ${FEWEST_USUAL}, "job", "${name}", "", "")`;
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
  const others = own.length === 0 ? "" : `,http_route!~"${own.map(([route]) => literalPattern(route)).join("|")}"`;
  return [
    { routes: others, latency, errorRatio },
    ...own.map(([route, limit]) => ({
      routes: `,http_route=${JSON.stringify(route)}`,
      latency: limit.latency ?? latency,
      errorRatio: limit.errorRatio ?? errorRatio,
    })),
  ];
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

type AtGateway = ReturnType<typeof requestsAtGateway>;

/** The gateway knows the role, and no route of the image. */
function labelled(expr: string, name: string): string {
  return `label_replace(label_replace(${expr}, "job", "${name}", "", ""), "http_route", "all routes", "", "")`;
}

function failingAtGateway(name: string, { http }: RoleConfig, requests: AtGateway): string {
  const ratio = labelled(`(${requests.failing("5m")})`, name);
  const enough = labelled(requests.failures("5m"), name);
  return `(${ratio} > ${http?.objectives.errorRatio ?? 1} and ${enough} >= ${FEWEST_FAILURES})`;
}

function slowAtGateway(name: string, { http }: RoleConfig, requests: AtGateway): string {
  return `${labelled(requests.quantile(0.95, "5m"), name)} > ${http?.objectives.latency ?? 1}`;
}

/** Connections of the roles' own pools. */
export function databaseAlerts({ roles, namespace }: MesAlertsArgs): AlertGroup {
  const using = enabledRoles(roles).filter(
    ([, role]) => role.database !== undefined && signalsOf(role, false).connections === "image",
  );
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
      causedBy: {
        ...NO_WRITES,
        ...WRITES_SUFFER,
        ...(severity === "page" ? {} : anywhere(alertName("DatabasePoolExhausted", "page"))),
      },
      summary: "{{ $labels.job }} uses {{ $value | humanizePercentage }} of its database connections",
      description:
        "Work waits for a connection. Slow queries, a slow database, or too small a pool; orders are late until it is over.",
    })),
  };
}
