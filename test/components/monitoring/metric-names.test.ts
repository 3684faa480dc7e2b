import fc from "fast-check";
import { exportedMetrics } from "../../../components/monitoring/exported";
import { dashboardExpressions, metricNames, ruleExpressions, unknownMetrics } from "../../../components/monitoring/metric-names";
import { dashboard, row, stat, timeseries } from "../../../components/observability/panels";
import { alert, group, target } from "./fixture";

describe("the metrics of an expression", () => {
  it.each([
    ["up", ["up"]],
    ['sum by (job) (rate(http_requests_total{code=~"5.."}[5m]))', ["http_requests_total"]],
    ["a / on (pod) group_left (node) b", ["a", "b"]],
    ["service:cpu_cores:rate5m > 1 and on () vector(1)", ["service:cpu_cores:rate5m"]],
    ['label_replace(a, "to", "$1", "from", "(.*)")', ["a"]],
    ["predict_linear(a[6h:5m] offset 1h, 3600) < 0 unless b @ end()", ["a", "b"]],
    ['{__name__="a", job="x"}', ["a"]],
    ['{"a", job="x"}', ["a"]],
    ["vector(1)", []],
    ['absent(up{job="x"}) or absent(up{job="y"})', ["up"]],
  ])("%s", (expr, names) => {
    expect(metricNames(expr)).toEqual(names);
  });

  it.each([
    ["rate(a[$__rate_interval])", ["a"]],
    ["a[${__range}:$__interval]", ["a"]],
    ['a{job=~"$job",pod=~"${pod:regex}"} > $limit', ["a"]],
  ])("with Grafana's variables: %s", (expr, names) => {
    expect(metricNames(expr)).toEqual(names);
  });

  it.each(["sum((", "rate(a[5m)", "a b", "a{job=}", "sum by job (a)"])("is refused where it does not parse: %s", (expr) => {
    expect(() => metricNames(expr)).toThrow(/not PromQL, at character \d+/);
  });

  it("is found whatever the labels", () => {
    const name = fc
      .stringMatching(/^[a-z][a-z0-9_]{0,20}$/)
      .filter(
        (word) =>
          !/^(and|or|unless|by|without|on|ignoring|bool|offset|inf|nan|sum|avg|min|max|count|stddev|stdvar|topk|bottomk|group|quantile|limitk|limit_ratio|atan2|start|end|smoothed|anchored)$/.test(
            word,
          ),
      );
    const value = fc.string().map((text) => JSON.stringify(text.replaceAll(/[^\w .*|$]/g, "")));
    fc.assert(
      fc.property(name, name, value, (metric, label, text) => {
        expect(metricNames(`sum(rate(${metric}{${label}=${text}}[5m]))`)).toEqual([metric]);
      }),
    );
  });
});

describe("metrics that nobody exports", () => {
  const exported = exportedMetrics([target({ metrics: ["http_server_request_duration_seconds"] })]);

  it("are found in alerts, recordings and dashboards, each with its place", () => {
    const groups = [
      group("a", [alert({ expr: "mes_orders_lost > 0 and up == 1" })], [{ record: "job:x:sum", expr: "sum(pg_up)" }]),
    ];
    const boards = [
      dashboard("mes-x", "X", [row("R", [timeseries("T", "s", [{ expr: "rate(http_requests_total[5m])", legend: "" }])])], {
        variables: [{ name: "job", label: "Job", metric: 'mes_up{namespace="mes"}' }],
      }),
    ];
    const expressions = [...ruleExpressions(groups), ...dashboardExpressions(boards)];
    expect(unknownMetrics(expressions, exported, groups)).toEqual([
      { place: "recording job:x:sum", metric: "pg_up" },
      { place: "alert TargetDown", metric: "mes_orders_lost" },
      { place: "dashboard mes-x, panel T", metric: "http_requests_total" },
      { place: "dashboard mes-x, variable job", metric: "mes_up" },
    ]);
  });

  it("are not those that a rule records, nor the series of a declared histogram", () => {
    const groups = [
      group("a", [], [{ record: "job:requests:rate5m", expr: "rate(http_server_request_duration_seconds_count[5m])" }]),
    ];
    const boards = [dashboard("mes-x", "X", [row("R", [stat("S", "s", [{ expr: "job:requests:rate5m", legend: "" }])])])];
    expect(unknownMetrics([...ruleExpressions(groups), ...dashboardExpressions(boards)], exported, groups)).toEqual([]);
  });
});
