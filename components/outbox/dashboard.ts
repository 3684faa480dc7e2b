import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, timeseries } from "../observability/panels";
import { POSTGRES_JOB } from "../postgres/alerts";

const JOB = `job="${POSTGRES_JOB}"`;

/** Does everything that is stored get sent, and how soon? */
export function outboxDashboard(): Dashboard {
  return dashboard(
    "mes-outbox",
    "Outbox and inbox",
    [
      row("Outbox", [
        stat("Oldest unsent", "s", [{ expr: `max(cnpg_mes_outbox_oldest_unsent_seconds{${JOB}})`, legend: "age" }], {
          limits: [
            { value: 15, color: "yellow" },
            { value: 60, color: "red" },
          ],
        }),
        stat("Waiting", "short", [{ expr: `max(cnpg_mes_outbox_pending{${JOB}})`, legend: "messages" }]),
        stat("Given up", "short", [{ expr: `max(cnpg_mes_outbox_dead{${JOB}})`, legend: "messages" }], {
          description: "Each stands for an order that does not move.",
          limits: [{ value: 1, color: "red" }],
        }),
        timeseries("Waiting", "short", [
          { expr: `max(cnpg_mes_outbox_pending{${JOB}})`, legend: "waiting" },
          { expr: `max(cnpg_mes_outbox_retrying{${JOB}})`, legend: "failed before" },
          { expr: `max(cnpg_mes_outbox_dead{${JOB}})`, legend: "given up" },
          { expr: `max(cnpg_mes_outbox_blocked{${JOB}})`, legend: "behind one given up" },
        ]),
        timeseries("Oldest unsent", "s", [{ expr: `max(cnpg_mes_outbox_oldest_unsent_seconds{${JOB}})`, legend: "age" }]),
        timeseries("Sent", "ops", [{ expr: `max(cnpg_mes_outbox_sent_last_5m{${JOB}}) / 300`, legend: "messages" }]),
      ]),
      row("Inbox", [
        timeseries("Repeated deliveries in an hour", "short", [
          { expr: `max by (consumer) (cnpg_mes_inbox_duplicates_last_hour{${JOB}})`, legend: "{{consumer}}" },
        ]),
      ]),
    ],
    { description: "Does everything that is stored get sent, and how soon?", tags: ["orders"] },
  );
}
