import type { AlertGroup } from "../observability/alert";
import { grown } from "../observability/rates";

/** The collectors of the platform, by the `job` of their metrics. */
const COLLECTORS = 'job=~"otel-.+"';

const LOSERS = "job, pod, exporter";

const perPod = (metric: string) => `sum by (job, pod) (rate(${metric}{${COLLECTORS}}[5m]))`;

/** Alerts that hold for every collector. None loses an order: what is lost is the sight of it. */
export function collectorAlerts(): AlertGroup {
  return {
    name: "collectors",
    alerts: [
      {
        name: "CollectorRefusesData",
        expr: `${perPod("otelcol_receiver_refused_spans")} > 0 or ${perPod("otelcol_receiver_refused_log_records")} > 0`,
        for: "10m",
        severity: "ticket",
        summary: "{{ $labels.pod }} refuses {{ $value | humanize }} spans or log records a second",
        description: "Its memory limit or its queue is full. Senders try again for a while, then spans are lost.",
      },
      {
        name: "CollectorDropsData",
        expr: [
          // A log record that finds the queue full is read again later; a span is gone.
          `${grown(`otelcol_exporter_enqueue_failed_spans{${COLLECTORS}}`, "10m", LOSERS)} > 0`,
          `${grown(`otelcol_exporter_send_failed_spans{${COLLECTORS}}`, "10m", LOSERS)} > 0`,
          `${grown(`otelcol_exporter_send_failed_log_records{${COLLECTORS}}`, "10m", LOSERS)} > 0`,
        ].join(" or "),
        for: "5m",
        severity: "ticket",
        summary: "{{ $labels.pod }} lost {{ $value | humanize }} spans or log records in ten minutes ({{ $labels.exporter }})",
        description: "The next tier was away for longer than the queue lasts, or refused the data for good.",
      },
      {
        name: "CollectorQueueFilling",
        expr: `max by (job, pod, exporter) (otelcol_exporter_queue_size{${COLLECTORS}} / otelcol_exporter_queue_capacity{${COLLECTORS}}) > 0.7`,
        for: "10m",
        severity: "ticket",
        summary: "The queue of {{ $labels.pod }} to {{ $labels.exporter }} is {{ $value | humanizePercentage }} full",
        description: "The next tier is away or slower than the data comes. When the queue is full, spans are lost.",
      },
    ],
  };
}
