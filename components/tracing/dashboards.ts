import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, table, timeseries, type Row } from "../observability/panels";
import { GATEWAY, JAEGER, SAMPLER } from "./endpoints";

const SERVICE = 'service_name=~"$service_name"';
const CALLS = `traces_span_metrics_calls_total{${SERVICE}}`;
/** Spans that answer somebody: the others are parts of them. */
const SERVED = `traces_span_metrics_calls_total{${SERVICE},span_kind=~"SPAN_KIND_(SERVER|CONSUMER)"}`;
const FAILED = `traces_span_metrics_calls_total{${SERVICE},status_code="STATUS_CODE_ERROR"}`;
const DURATION = `traces_span_metrics_duration_seconds_bucket{${SERVICE},span_kind=~"SPAN_KIND_(SERVER|CONSUMER)"}`;

/** Rates, errors and durations of every operation, made of all spans: where the time of an order goes. */
export function tracesDashboard(): Dashboard {
  return dashboard("mes-traces", "Operations, from traces", [services(), operations(), calls(), kinds()], {
    variables: [{ name: "service_name", label: "Service", metric: "traces_span_metrics_calls_total" }],
  });
}

function services(): Row {
  const quantile = (q: number) => ({
    expr: `histogram_quantile(${q}, sum by (service_name, le) (rate(${DURATION}[$__rate_interval])))`,
    legend: `{{service_name}} p${q * 100}`,
  });
  return row("Services", [
    timeseries("Operations", "ops", [
      { expr: `sum by (service_name) (rate(${SERVED}[$__rate_interval]))`, legend: "{{service_name}}" },
    ]),
    timeseries("Failed", "ops", [
      { expr: `sum by (service_name) (rate(${FAILED}[$__rate_interval]))`, legend: "{{service_name}}" },
    ]),
    timeseries("Duration", "s", [quantile(0.5), quantile(0.99)], {
      exemplars: true,
      description: "A dot is a trace: open it to see where the time went.",
    }),
  ]);
}

function operations(): Row {
  return row("Operations", [
    table(
      "Slowest",
      "s",
      [
        {
          expr: `topk(15, sum by (service_name, span_name) (rate(traces_span_metrics_duration_seconds_sum{${SERVICE}}[15m])) / sum by (service_name, span_name) (rate(traces_span_metrics_duration_seconds_count{${SERVICE}}[15m]) > 0))`,
          legend: "Mean duration",
        },
      ],
      { decimals: 3 },
    ),
    table("Most failures", "ops", [
      { expr: `topk(15, sum by (service_name, span_name) (rate(${FAILED}[15m])) > 0)`, legend: "Failures a second" },
    ]),
  ]);
}

function calls(): Row {
  return row("Calls between services", [
    timeseries(
      "Calls",
      "ops",
      [
        {
          expr: "sum by (client, server) (rate(traces_service_graph_request_total[$__rate_interval]))",
          legend: "{{client}} → {{server}}",
        },
      ],
      { span: 12 },
    ),
    timeseries(
      "Failed calls",
      "ops",
      [
        {
          expr: "sum by (client, server) (rate(traces_service_graph_request_failed_total[$__rate_interval]))",
          legend: "{{client}} → {{server}}",
        },
      ],
      { span: 12 },
    ),
  ]);
}

function kinds(): Row {
  return row("Share", [
    timeseries("Spans by kind", "ops", [
      { expr: `sum by (span_kind) (rate(${CALLS}[$__rate_interval]))`, legend: "{{span_kind}}" },
    ]),
  ]);
}

const TAIL = "otelcol_processor_tail_sampling";

/** Rates of a metric of the collectors. @param by label names @param labels selector, e.g. `{job="x"}` */
function rate(metric: string, by: string, labels: string): string {
  return `sum by (${by}) (rate(${metric}${labels}[$__rate_interval]))`;
}

/** Whether tracing itself works: what is decided, kept and stored. */
export function tracingDashboard(): Dashboard {
  return dashboard("mes-tracing", "Tracing", [sampling(), gateway(), jaeger()]);
}

function sampling(): Row {
  const sampler = `{job="${SAMPLER}"}`;
  return row("Sampling", [
    stat(
      "Traces kept",
      "percentunit",
      [
        {
          expr: `sum(rate(${TAIL}_global_count_traces_sampled{job="${SAMPLER}",sampled="true"}[15m])) / sum(rate(${TAIL}_global_count_traces_sampled${sampler}[15m]))`,
          legend: "kept",
        },
      ],
      { decimals: 1 },
    ),
    stat("Open traces", "short", [
      { expr: `max(${TAIL}_sampling_traces_on_memory${sampler})`, legend: "in the fullest sampler" },
    ]),
    stat(
      "Dropped before their decision",
      "short",
      [{ expr: `sum(increase(${TAIL}_sampling_trace_dropped_too_early${sampler}[1h]))`, legend: "in the last hour" }],
      { limits: [{ value: 1, color: "red" }] },
    ),
    timeseries("Why traces are kept", "cps", [
      { expr: rate(`${TAIL}_count_traces_sampled`, "policy", `{job="${SAMPLER}",sampled="true"}`), legend: "{{policy}}" },
    ]),
    timeseries("New traces", "cps", [{ expr: rate(`${TAIL}_new_trace_id_received`, "pod", sampler), legend: "{{pod}}" }]),
    timeseries(
      "Spans after the decision",
      "cps",
      [{ expr: rate(`${TAIL}_early_releases_from_cache_decision`, "pod", sampler), legend: "{{pod}}" }],
      { description: "Spans of kept traces that came after decisionWait. Many: wait longer." },
    ),
    timeseries("Round of decisions, p99", "ms", [
      {
        expr: `histogram_quantile(0.99, sum by (pod, le) (rate(${TAIL}_sampling_decision_timer_latency_bucket${sampler}[$__rate_interval])))`,
        legend: "{{pod}}",
      },
    ]),
  ]);
}

function gateway(): Row {
  return row("Gateway", [
    timeseries("Samplers in use", "short", [{ expr: `otelcol_loadbalancer_num_backends{job="${GATEWAY}"}`, legend: "{{pod}}" }]),
    timeseries("Batches by outcome", "cps", [
      {
        expr: rate("otelcol_loadbalancer_backend_outcome", "endpoint, success", `{job="${GATEWAY}"}`),
        legend: "{{endpoint}} {{success}}",
      },
    ]),
  ]);
}

function jaeger(): Row {
  return row("Jaeger", [
    timeseries("Spans stored", "cps", [
      { expr: rate("otelcol_exporter_sent_spans", "pod", `{job="${JAEGER}"}`), legend: "{{pod}}" },
      { expr: rate("otelcol_exporter_send_failed_spans", "pod", `{job="${JAEGER}"}`), legend: "{{pod}} failed" },
    ]),
    timeseries("Memory", "bytes", [{ expr: `max by (pod) (otelcol_process_memory_rss{job="${JAEGER}"})`, legend: "{{pod}}" }]),
  ]);
}
