import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { metricNames as metricsIn } from "../../../components/monitoring/metric-names";
import { outboxAlerts } from "../../../components/outbox/alerts";
import { outboxConfig } from "../../../components/outbox/config";
import { outboxQueries } from "../../../components/outbox/queries";
import { postgresAlerts } from "../../../components/postgres/alerts";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { AVAILABLE, parse, postgres } from "./fixtures";

const alerts = [...postgresAlerts(parse(AVAILABLE), true), ...outboxAlerts(outboxConfig.parse({}))].flatMap(
  (group) => group.alerts,
);

describe.each(alerts.map((alert) => [alert.name, alert] as const))("%s", (name, alert) => {
  it("has a runbook that says what to do, and its severity", () => {
    const file = path.join(PROJECT_DIRECTORY, "docs", "runbooks", `${name}.md`);
    expect(existsSync(file)).toBe(true);
    const text = readFileSync(file, "utf8");
    expect(text).toContain(`Severity: **${alert.severity}**`);
    for (const heading of ["## What it means", "## Look first", "## What to do", "## How to see that it is over"])
      expect(text).toContain(heading);
  });
});

it("alerts and dashboards use only metrics that a target of the database exports", async () => {
  const { component } = await postgres({ monitoringQueries: outboxQueries });
  const exported = component.scrapeTargets.flatMap((target) => target.metrics);
  const known = (metric: string) =>
    metric === "up" || exported.some((name) => (name.endsWith("*") ? metric.startsWith(name.slice(0, -1)) : metric === name));
  const expressions = [
    ...alerts.map((alert) => alert.expr),
    ...component.dashboards
      .flatMap((dashboard) => [...JSON.stringify(dashboard.model).matchAll(/"expr":"((?:[^"\\]|\\.)*)"/g)])
      .map((match) => JSON.parse(`"${match[1]}"`) as string)
      .map((expr) => expr.replaceAll("$__rate_interval", "5m")),
  ];
  expect(expressions.length).toBeGreaterThan(50);
  expect(expressions.flatMap((expr) => [...metricsIn(expr)]).filter((metric) => !known(metric))).toEqual([]);
});
