import { parser } from "@prometheus-io/lezer-promql";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { mesAlerts } from "../../../../components/mes/alerts/alerts";
import { reconciliationConfig } from "../../../../components/mes/config";
import { METRICS, seriesOf } from "../../../../components/mes/contract/metrics";
import type { Duty } from "../../../../components/mes/contract/contract";
import { slosConfig, withWindow } from "../../../../components/mes/slos/config";
import { mesDashboards } from "../../../../components/mes/dashboards/dashboards";
import type { AlertGroup } from "../../../../components/observability/alert";
import { PROJECT_DIRECTORY } from "../../../helpers/record";
import { roles, WHOLE } from "../fixture";

const CRM = { host: "crm.example.com", servers: { cidrs: ["203.0.113.20/32"] } };
const alertsOf = (given: Record<string, object>, reconciliation: object = { crm: CRM }): AlertGroup[] =>
  mesAlerts({
    roles: roles(given),
    namespace: "mes",
    reconciliation: reconciliationConfig.parse(reconciliation),
    slos: withWindow(slosConfig.parse({}), "30d"),
    metricsKept: "30d",
  });

const all = (groups: readonly AlertGroup[]) => groups.flatMap(({ alerts }) => alerts);
const named = (groups: readonly AlertGroup[], name: string) => all(groups).filter((alert) => alert.name === name);

/** Where an expression is no PromQL; empty when it is. */
function mistakes(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.type.isError) found.push(expr.slice(Math.max(0, node.from - 20), node.to + 20));
    },
  });
  return found;
}

/** Names of the metrics in an expression. */
function metricsIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.type.name === "VectorSelector") names.push(/^[a-zA-Z_:][\w:]*/.exec(expr.slice(node.from, node.to))?.[0] ?? "");
    },
  });
  return names;
}

describe("the alerts of the MES", () => {
  const whole = alertsOf(WHOLE);
  const expressions = whole.flatMap(({ alerts, recordings }) => [...alerts, ...(recordings ?? [])].map(({ expr }) => expr));

  it("are PromQL", () => {
    expect(expressions.flatMap(mistakes)).toEqual([]);
  });

  it("read only what somebody exports or records", () => {
    const everything = new Set(["all", "http", "consumes", "relay", "database"] as Duty[]);
    const known = [
      ...seriesOf(everything),
      ...whole.flatMap(({ recordings }) => (recordings ?? []).map(({ record }) => record)),
      "crm_orders_confirmed_total",
      "crm_statuses_received_total",
      // What broker and outbox hold is not lost.
      "rabbitmq_detailed_queue_messages",
      "cnpg_mes_outbox_pending",
      "cnpg_mes_outbox_dead",
    ];
    const foreign = expressions
      .flatMap(metricsIn)
      .filter((name) => !known.includes(name) && name !== "up" && !name.startsWith("kube_"));
    expect(foreign).toEqual([]);
  });

  it("each have a runbook", () => {
    const missing = all(whole).filter(({ name }) => !existsSync(path.join(PROJECT_DIRECTORY, "docs", "runbooks", `${name}.md`)));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it("wake somebody only for roles on the path of an order", () => {
    const pages = all(whole).filter(({ severity }) => severity === "page");
    expect(pages.map(({ name }) => name)).toEqual([
      "MesOrdersNotReceived",
      "MesOrdersNotPublished",
      "MesStatusesNotReceived",
      "MesOrdersStopped",
      "MesStatusesStopped",
      "MesOrderMessagesFailing",
      "MesOrderRoleDown",
      "MesOrderRoleRestarting",
      "MesOrderHttpErrors",
      "MesOrderHttpSlow",
      "MesOrderTrafficStopped",
      "MesOrderDatabasePoolExhausted",
    ]);
    for (const { expr } of pages) expect(expr).not.toMatch(/"dashboard"|\bdashboard\|/);
    expect(named(whole, "MesRoleDown").map(({ severity, expr }) => [severity, expr])).toEqual([
      ["ticket", 'kube_deployment_status_replicas_available{namespace="mes",deployment=~"dashboard|pricing"} == 0'],
    ]);
    const names = all(whole).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("compare the counts of CRM and MES over a short time and a long one", () => {
    const [orders] = whole;
    expect(orders?.recordings?.map(({ record }) => record)).toEqual([
      "mes:orders_confirmed:count1h",
      "mes:orders_received:count1h",
      "mes:orders_not_received:count1h",
      "mes:orders_confirmed:count1d",
      "mes:orders_received:count1d",
      "mes:orders_not_received:count1d",
      "mes:orders_accepted:count1h",
      "mes:orders_published:count1h",
      "mes:orders_not_published:count1h",
      "mes:orders_accepted:count1d",
      "mes:orders_published:count1d",
      "mes:orders_not_published:count1d",
      "mes:statuses_published:count1h",
      "mes:statuses_received:count1h",
      "mes:statuses_not_received:count1h",
      "mes:statuses_published:count1d",
      "mes:statuses_received:count1d",
      "mes:statuses_not_received:count1d",
    ]);
    expect(named(whole, "MesOrdersNotReceived")[0]).toMatchObject({
      severity: "page",
      expr:
        "min_over_time(mes:orders_not_received:count1h[5m]) > (clamp_min(sum(rate(crm_orders_confirmed_total[5m])) - " +
        "(sum(rate(crm_orders_confirmed_total[5m] offset 1h)) or vector(0)), 0) * 60 or vector(0))",
    });
    expect(named(whole, "MesReconciliationBlind")).toHaveLength(1);
  });

  it("compare only what is there", () => {
    const names = (given: Record<string, object>, reconciliation?: object) =>
      all(alertsOf(given, reconciliation)).map(({ name }) => name);
    expect(names(WHOLE, {})).not.toContain("MesOrdersNotReceived");
    expect(names(WHOLE, {})).toContain("MesOrdersNotPublished");
    expect(names({ dashboard: { http: {} } }).filter((name) => name.startsWith("MesOrder"))).toEqual([]);
  });

  it("hold for single routes what the stack file says", () => {
    const objectives = { latency: 1, routes: { "/orders/{id}": { latency: 0.3 }, "/health.txt": { errorRatio: 0.5 } } };
    const [slow] = named(alertsOf({ api: { http: { objectives } } }), "MesHttpSlow");
    expect(slow?.expr).toContain('job="api",http_route!~"/orders/\\\\{id\\\\}|/health\\\\.txt"}[5m]))) > 1 or');
    expect(slow?.expr).toContain('http_route="/orders/{id}"}[5m]))) > 0.3');
    expect(slow?.expr).toContain('http_route="/health.txt"}[5m]))) > 1');
    const [errors] = named(alertsOf({ api: { http: { objectives } } }), "MesHttpErrors");
    expect(errors?.expr).toContain('{namespace="mes",job="api",http_route="/health.txt"}[5m])) > 0.5');
    expect([slow, errors].flatMap((alert) => mistakes(alert?.expr ?? ""))).toEqual([]);
  });

  it("watch the autoscaler by the name it has, KEDA's too", () => {
    const [atMax] = named(whole, "MesRoleAtMaxReplicas");
    expect(atMax?.expr).toContain('horizontalpodautoscaler=~"keda-hpa-order-intake|order-api|keda-hpa-pricing"');
    expect(named(alertsOf({ a: { scale: { min: 2, max: 2, cpu: 50 } } }), "MesRoleAtMaxReplicas")).toEqual([]);
  });

  it("do not call a role down that may be asleep", () => {
    const asleep = {
      consumes: [{ queue: "q" }],
      scale: { min: 0, max: 2, queue: [{ name: "q", length: 5 }] },
    };
    const names = all(alertsOf({ asleep, off: { replicas: 0 } })).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith("RoleDown"))).toEqual([]);
    expect(names).not.toContain("MesAutoscalerInactive");
  });

  it("notice that nobody calls where only the gateway counts requests", () => {
    const reading = mesAlerts({
      roles: roles({
        "order-api": { ...WHOLE["order-api"], calls: [], management: { metrics: false } },
        dashboard: WHOLE.dashboard,
      }),
      namespace: "mes",
      reconciliation: reconciliationConfig.parse({}),
      gatewayRoutes: { "order-api": ["order-api"] },
      slos: withWindow(slosConfig.parse({}), "30d"),
      metricsKept: "30d",
    });
    const [stopped] = named(reading, "MesOrderTrafficStopped");
    expect(metricsIn(stopped?.expr ?? "")).toContain("envoy_cluster_upstream_rq_total");
    expect(metricsIn(stopped?.expr ?? "")).not.toContain("http_server_request_duration_seconds_count");
    expect(mistakes(stopped?.expr ?? "")).toEqual([]);
    expect(metricsIn(named(reading, "MesTrafficStopped")[0]?.expr ?? "")).toContain("http_server_request_duration_seconds_count");
  });

  it("expect no time that the histogram cannot tell", () => {
    const slow = (handlingTime: string) =>
      named(alertsOf({ a: { consumes: [{ queue: "q", handlingTime }] } }), "MesOrderHandlingSlow");
    expect(slow("5m")).toEqual([]);
    expect(slow("5s")[0]?.expr).toMatch(/> 5$/);
  });
});

describe("the dashboards of the MES", () => {
  const queries = (model: any): string[] =>
    model.panels.flatMap((panel: any) => (panel.targets ?? []).map((target: any) => String(target.expr)));
  const withoutVariables = (expr: string) => expr.replaceAll("$job", "order-api");

  it("ask in PromQL", () => {
    const dashboards = mesDashboards({
      roles: roles(WHOLE),
      namespace: "mes",
      slos: withWindow(slosConfig.parse({}), "30d"),
      window: "1h",
      crm: true,
      gpus: true,
    });
    const asked = dashboards.flatMap(({ model }) => queries(model)).map(withoutVariables);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.flatMap(mistakes)).toEqual([]);
  });

  it("show rows only for what there is", () => {
    const titles = (given: Record<string, object>) =>
      mesDashboards({
        roles: roles(given),
        namespace: "mes",
        slos: withWindow(slosConfig.parse({}), "30d"),
        window: "1h",
        crm: false,
        gpus: true,
      }).flatMap(({ model }: any) => model.panels.filter((p: any) => p.type === "row").map((p: any) => p.title));
    expect(titles(WHOLE)).toEqual([
      "Lost or late",
      "Flow",
      "Handling of messages",
      "Requests",
      "CPU and memory",
      "Pods",
      "GPU",
      "Database connections",
    ]);
    expect(titles({ worker: {} })).toEqual(["CPU and memory", "Pods"]);
  });
});

describe("the metrics of the contract", () => {
  it("are those that a role's duties ask for, histograms as their three series", () => {
    expect(seriesOf(new Set<Duty>(["relay"]))).toEqual(["mes_orders_published_total", "mes_statuses_published_total"]);
    expect(seriesOf(new Set<Duty>(["http"]))).toContain("http_server_request_duration_seconds_bucket");
    expect(Object.keys(METRICS)).toHaveLength(9);
  });
});
