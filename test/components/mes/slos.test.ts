import { indicatorOf } from "../../../components/mes/slos/indicators";
import { slosConfig, withWindow } from "../../../components/mes/slos/config";
import { sloRules } from "../../../components/mes/slos/rules";
import { roles, WHOLE } from "./fixture";

const MEASURED = { roles: roles(WHOLE), namespace: "mes" };
const AT_GATEWAY = { ...MEASURED, gatewayRoutes: { "order-api": ["order-api", "order-api-1"] } };

const objective = (given: object) => {
  const [slo] = Object.values(slosConfig.parse({ objectives: { one: { target: 99, ...given } } }).objectives);
  if (slo === undefined) throw new Error("no objective");
  return slo;
};
const rulesOf = (objectives: object, window = "30d") =>
  sloRules(withWindow(slosConfig.parse({ window, objectives }), "30d"), MEASURED);

/** What counts as bad; promtool shows in test/promtool what comes of it. */
describe("an indicator", () => {
  it.each([
    [
      "requests of a role, as its image counts them",
      { indicator: "availability", role: "order-api" },
      MEASURED,
      /job="order-api"}/,
    ],
    [
      "of one route",
      { indicator: "availability", role: "order-api", routes: ["/orders/{id}"] },
      MEASURED,
      /http_route="\/orders\/\{id\}"/,
    ],
    [
      "of several routes",
      { indicator: "availability", role: "order-api", routes: ["/a.b", "/c"] },
      MEASURED,
      /http_route=~"\/a\\\\\.b\|\/c"/,
    ],
    [
      "requests as callers see them, where the gateway is measured",
      { indicator: "availability", role: "order-api" },
      AT_GATEWAY,
      /envoy_cluster_upstream_rq_xx\{envoy_cluster_name=~"httproute\/mes\/\(order-api\|order-api-1\)/,
    ],
    [
      "the gateway's milliseconds",
      { indicator: "latency", role: "order-api", within: 0.5 },
      AT_GATEWAY,
      /le=~"500\(\\\\\.0\)\?"/,
    ],
    ["a bucket of part of a second", { indicator: "latency", role: "order-api", within: 0.5 }, MEASURED, /le=~"0\\\\\.5"/],
    ["messages", { indicator: "handling", role: "order-intake", within: 1 }, MEASURED, /mes_order_handling_seconds_bucket/],
    ["the outbox", { indicator: "freshness", within: 60 }, MEASURED, /oldest_unsent_seconds\{job="postgres"\}\) > bool 60/],
  ] as const)("counts %s", (_, given, measured, expected) => {
    expect(indicatorOf(objective(given), measured)?.bad).toMatch(expected);
  });

  it("is not there for a role whose requests nobody counts", () => {
    const unseen = roles({ "order-api": { ...WHOLE["order-api"], calls: [], management: { metrics: false } } });
    expect(
      indicatorOf(objective({ indicator: "availability", role: "order-api" }), { ...MEASURED, roles: unseen }),
    ).toBeUndefined();
  });
});

describe("the rules of objectives", () => {
  const PAID = { indicator: "availability", role: "order-api", target: 99.9 };

  it("are none without objectives", () => {
    expect(rulesOf({})).toBeUndefined();
  });

  it("wake somebody only for roles on the path of orders", () => {
    const alerts = rulesOf({ paid: PAID, seen: { ...PAID, role: "dashboard" } })?.alerts ?? [];
    const exprOf = (severity: string) => alerts.find((one) => one.severity === severity)?.expr ?? "";
    expect(exprOf("page")).toContain('{slo="paid"}');
    expect(exprOf("page")).not.toContain("seen");
    expect(exprOf("ticket")).toContain('{slo=~"paid|seen"}');
  });

  it.each([
    ["30d", ["14.4", "6"], ["3", "1"]],
    ["28d", ["13.44", "5.6"], ["2.8", "0.9333333333"]],
  ])("burn as fast as the workbook says, of %s", (window, page, ticket) => {
    const alerts = rulesOf({ paid: PAID }, window)?.alerts ?? [];
    const rates = (severity: string) => {
      const { expr = "" } = alerts.find((one) => one.severity === severity) ?? {};
      return [...new Set([...expr.matchAll(/> (\S+) \* slo:error_budget/g)].map(([, rate]) => rate))];
    };
    expect(rates("page")).toEqual(page);
    expect(rates("ticket")).toEqual(ticket);
  });

  it.each([
    ["90d", "30d"],
    ["30d", "30d"],
    ["15d", "15d"],
  ])("are for as long as metrics are kept, and a month at most: %s", (kept, window) => {
    expect(withWindow(slosConfig.parse({}), kept).window).toBe(window);
  });

  it("have budgets without the noise of binary fractions", () => {
    const budgets = rulesOf({ paid: PAID })?.recordings?.filter(({ record }) => record === "slo:error_budget:ratio");
    expect(budgets?.map(({ expr }) => expr)).toEqual(["vector(0.001)"]);
  });

  it("are silent where another alert names the cause, at the same role or below it", () => {
    const [page] = rulesOf({ paid: PAID })?.alerts ?? [];
    expect(page?.causedBy).toMatchObject({ MesOrderHttpErrors: ["job"], MesOrderRoleDown: ["job"], PostgresPrimaryMissing: [] });
  });
});
