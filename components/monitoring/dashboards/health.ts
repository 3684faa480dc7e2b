import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, stat, table, timeseries } from "../../observability/panels";

/** Is what watches watched? Targets, Prometheus, Alertmanager. */
export function healthDashboard(): Dashboard {
  return dashboard("platform-monitoring", "Monitoring", [
    row("Targets", [
      stat("Targets down", "short", [{ expr: "count(up == 0) or vector(0)", legend: "" }], {
        limits: [{ value: 1, color: "red" }],
      }),
      stat("Targets", "short", [{ expr: "count(up) or vector(0)", legend: "" }], { least: 1 }),
      table("Targets down", "short", [{ expr: "count by (namespace, job, instance) (up == 0)", legend: "Down" }], { span: 16 }),
    ]),
    row("Prometheus", [
      timeseries("Series in memory", "short", [{ expr: "max by (pod) (prometheus_tsdb_head_series)", legend: "{{pod}}" }]),
      timeseries("Samples a second", "short", [
        { expr: "sum by (pod) (rate(prometheus_tsdb_head_samples_appended_total[5m]))", legend: "{{pod}}" },
      ]),
      timeseries("Metrics on the volume", "bytes", [
        { expr: "max by (pod) (prometheus_tsdb_storage_blocks_bytes)", legend: "{{pod}}" },
      ]),
      timeseries(
        "Evaluation of a group of rules",
        "s",
        [{ expr: "topk(10, max by (rule_group) (prometheus_rule_group_last_duration_seconds))", legend: "{{rule_group}}" }],
        { description: "Has to stay below the time between two evaluations." },
      ),
      timeseries("Failed evaluations", "short", [
        { expr: "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0", legend: "{{rule_group}}" },
      ]),
      timeseries("Series of a target", "short", [
        { expr: "topk(10, sum by (job) (scrape_samples_post_metric_relabeling))", legend: "{{job}}" },
      ]),
    ]),
    row("Alerts", [
      timeseries(
        "Firing",
        "short",
        [{ expr: 'count by (alertname, severity) (ALERTS{alertstate="firing"})', legend: "{{alertname}} ({{severity}})" }],
        { stack: true, span: 12 },
      ),
      timeseries(
        "Messages a minute",
        "short",
        [
          { expr: "60 * sum by (integration) (rate(alertmanager_notifications_total[5m]))", legend: "{{integration}}" },
          {
            expr: "60 * sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))",
            legend: "{{integration}} failed",
          },
        ],
        { span: 12 },
      ),
    ]),
  ]);
}
