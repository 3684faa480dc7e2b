import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, table, timeseries } from "../../observability/panels";
import type { Slos } from "../slos/config";

/** "Can users rely on it?": what is left of each error budget, and how fast it is spent. */
export function slosDashboard({ window }: Slos): Dashboard {
  const by = (series: string) => `max by (slo) (${series})`;
  const rows = [
    row("Error budgets", [
      table(
        `Of ${window}`,
        "percentunit",
        [
          { expr: by("slo:error_budget_left:ratio"), legend: "Budget left" },
          { expr: by("slo:objective:ratio"), legend: "Objective" },
          { expr: `1 - ${by(`slo:errors:ratio${window}`)}`, legend: "Good" },
          { expr: `1 - ${by("slo:errors:ratio1d")}`, legend: "Good in the last day" },
        ],
        { description: "Below nothing left, changes wait until what spends it is fixed.", span: 24, decimals: 3 },
      ),
    ]),
    row("How it is spent", [
      timeseries("Rate of the last hour", "short", [{ expr: by("slo:burn_rate:ratio1h"), legend: "{{slo}}" }], {
        span: 12,
        description: `At 1 the budget lasts just ${window}. What is steep in the left plot is what happened now.`,
        limits: [{ value: 1, color: "yellow" }],
      }),
      timeseries("Budget left", "percentunit", [{ expr: by("slo:error_budget_left:ratio"), legend: "{{slo}}" }], {
        span: 12,
        max: 1,
        min: -1,
      }),
    ]),
  ];
  const description = "Objectives of the stack file: what is left of each error budget, and what spends it.";
  return dashboard("mes-slos", "Service levels", rows, { description, from: "now-7d" });
}
