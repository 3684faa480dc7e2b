import type { Plan } from "../../../review/plan/plan";
import { alertsCanFire } from "../../../review/rules/alerts-can-fire";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, named } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

/** What is said once an alert has another expression. */
function said(group: string, alert: string, from: string | RegExp, to: string): string[] {
  const changed = changedIn(
    prod,
    "PrometheusRule",
    ({ spec }) => {
      const rule = spec.groups[0].rules.find((one: any) => one.alert === alert);
      expect(rule.expr).toMatch(from);
      rule.expr = rule.expr.replace(from, to);
    },
    named(group),
  );
  return alertsCanFire.check(changed).map(line);
}

test("all alerts of both stacks can come true, and be over", async () => {
  expect(alertsCanFire.check(prod)).toEqual([]);
  expect(alertsCanFire.check(await planned("dev"))).toEqual([]);
});

test.each<[string, string, string | RegExp, string, RegExp]>([
  ["outbox", "OutboxDelayed", /> \d+/, "< 0", /^error .*OutboxDelayed is never true: what it compares is 0 to any, never < 0/],
  ["outbox", "OutboxDead", /> 0/, ">= 0", /OutboxDead is always true/],
  ["mes-http", "MesOrderHttpErrors", /> 0\.01/, "> 1", /MesOrderHttpErrors is never true: what it compares is 0 to 1/],
  ["mes-http", "MesOrderHttpErrors", /> 0\.01/, "> 0.9", /^warning .*tells only when 90 % of them fail/],
  ["mes-http", "MesOrderHttpSlow", /> 0\.5/, "> 61", /is never true: what it compares is 0 to 60/],
  [
    "mes-http",
    "MesHttpSlow",
    /> 1$/,
    "> 59",
    /waits for requests of dashboard that last 59 s, and they are given up after \d+ s/,
  ],
  ["mes-orders", "MesOrderMessagesFailing", /> 0\.05/, "> 1", /is never true/],
  ["mes-database", "MesOrderDatabasePoolExhausted", /> 0\.9/, "> 1.2", /is never true: what it compares is 0 to 1/],
  ["nodes", "NodeNotReady", /== 0/, "== 2", /is never true/],
  ["nodes", "NodeMemoryHigh", /> 0\.95/, "> 95", /NodeMemoryHigh is never true: what it compares is/],
  ["gpus", "GpuSaturated", /> 95/, "> 950", /is never true: what it compares is 0 to 100/],
  ["volumes", "VolumeFilling", /< 0\.05/, "> 1", /is never true/],
  ["alertmanager", "AlertmanagerNotificationsFailing", /> 0\.05/, "> 5", /is never true/],
])("%s: %s is refused with %s → %s", (group, alert, from, to, expected) => {
  expect(said(group, alert, from, to)).toContainEqual(expect.stringMatching(expected));
});

test("another threshold is fine", () => {
  expect(said("outbox", "OutboxDelayed", /> \d+/, "> 75")).toEqual([]);
  expect(said("mes-http", "MesOrderHttpErrors", /> 0\.01/, "> 0.02")).toEqual([]);
});

describe("orders that nobody compares", () => {
  const without = (protectData: boolean) => ({
    ...prod,
    facts: { ...prod.facts!, protectData, orders: { ...prod.facts!.orders!, reconciled: false } },
  });

  it("are told of where data is protected", () => {
    expect(alertsCanFire.check(without(true)).map(line)).toEqual([
      expect.stringMatching(/^warning .*nobody notices an order that crm has sent and order-intake never got/),
    ]);
    expect(alertsCanFire.check(without(false))).toEqual([]);
  });
});
