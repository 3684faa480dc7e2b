import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { outboxAlerts } from "../../../components/outbox/alerts";
import { outboxConfig } from "../../../components/outbox/config";
import { postgresAlerts } from "../../../components/postgres/alerts";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { AVAILABLE, parse } from "./fixtures";

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
