import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, timeseries } from "../observability/panels";

const COLLECTORS = 'job=~"otel-.+",job=~"$job"';
const perJob = (metric: string) => `sum by (job) (rate(${metric}{${COLLECTORS}}[$__rate_interval]))`;

/** What goes through the collectors, what waits and what is lost. */
export function collectorDashboard(): Dashboard {
  const lost = [
    { expr: perJob("otelcol_exporter_enqueue_failed_spans"), legend: "{{job}}: spans, queue full" },
    { expr: perJob("otelcol_exporter_send_failed_spans"), legend: "{{job}}: spans, given up" },
    { expr: perJob("otelcol_exporter_send_failed_log_records"), legend: "{{job}}: log records, refused for good" },
  ];
  return dashboard(
    "mes-collectors",
    "Collectors",
    [
      row("Now", [
        stat("Fullest queue", "percentunit", [{ expr: `max(${queueUse})`, legend: "use" }], {
          limits: [
            { value: 0.5, color: "yellow" },
            { value: 0.7, color: "red" },
          ],
        }),
        stat("Pods", "short", [{ expr: `count(up{${COLLECTORS}} == 1) or vector(0)`, legend: "pods" }], { least: 1 }),
      ]),
      row("Throughput", [
        timeseries("Spans taken", "cps", [{ expr: perJob("otelcol_receiver_accepted_spans"), legend: "{{job}}" }]),
        timeseries("Spans sent on", "cps", [{ expr: perJob("otelcol_exporter_sent_spans"), legend: "{{job}}" }]),
        timeseries("Log records", "cps", [
          { expr: perJob("otelcol_receiver_accepted_log_records"), legend: "read" },
          { expr: perJob("otelcol_exporter_sent_log_records"), legend: "sent to Loki" },
        ]),
      ]),
      row("Loss", [
        timeseries("Lost", "cps", lost, { description: "Anything above zero is gone." }),
        timeseries(
          "Refused",
          "cps",
          [
            { expr: perJob("otelcol_receiver_refused_spans"), legend: "{{job}}: spans" },
            { expr: perJob("otelcol_receiver_refused_log_records"), legend: "{{job}}: log records" },
          ],
          { description: "Senders try again: a memory limit is reached or a queue is full." },
        ),
        timeseries("Queues", "percentunit", [{ expr: queueUse, legend: "{{pod}} → {{exporter}}" }], { max: 1 }),
      ]),
      row("Resources", [
        timeseries("Memory", "bytes", [{ expr: `max by (pod) (otelcol_process_memory_rss{${COLLECTORS}})`, legend: "{{pod}}" }]),
        timeseries("CPU (cores)", "short", [
          { expr: `sum by (pod) (rate(otelcol_process_cpu_seconds{${COLLECTORS}}[$__rate_interval]))`, legend: "{{pod}}" },
        ]),
      ]),
    ],
    { variables: [{ name: "job", label: "Tier", metric: 'otelcol_process_uptime{job=~"otel-.+"}' }] },
  );
}

const queueUse = `max by (pod, exporter) (otelcol_exporter_queue_size{${COLLECTORS}} / otelcol_exporter_queue_capacity{${COLLECTORS}})`;
