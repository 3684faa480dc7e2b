import { AGENT } from "../collector/endpoints";
import type { Alert, AlertGroup } from "../observability/alert";
import { isSearch, type TracingConfig } from "./config";
import { GATEWAY, JAEGER, SAMPLER } from "./endpoints";
import { INDEX_CLEANER } from "./index-cleaner";

const of = (job: string) => `{job="${job}"}`;

/** The processor looks every second which traces are due: a run that takes longer delays all decisions behind it. */
const TICK_MILLISECONDS = 1000;

/**
 * Alerts of tracing. Without traces an order is neither lost nor late, but nobody sees where it is.
 * @param busy a condition that holds while there is work; absent where nobody counts it
 */
export function tracingAlerts(config: TracingConfig, busy: string | undefined): AlertGroup {
  return {
    name: "tracing",
    alerts: [
      ...(busy === undefined ? [] : [noSpans(busy)]),
      ...pathAlerts(config),
      ...samplingAlerts(),
      ...storageAlerts(config),
    ],
  };
}

function noSpans(busy: string): Alert {
  return {
    name: "TracingNoSpans",
    // Only while there is work: at night nothing may happen at all.
    expr: `sum(rate(otelcol_receiver_accepted_spans${of(AGENT)}[15m])) == 0 and on () ${busy}`,
    for: "15m",
    severity: "ticket",
    summary: "Orders come in and no program sends a span",
    description: "The programs do not reach the agent of their node, or their SDK is switched off.",
  };
}

function pathAlerts({ sampler }: TracingConfig): Alert[] {
  return [
    {
      name: "TracingSamplersMissing",
      expr: `min(otelcol_loadbalancer_num_backends${of(GATEWAY)}) < ${sampler.replicas}`,
      for: "10m",
      severity: "ticket",
      summary: `The gateway sees {{ $value }} of ${sampler.replicas} samplers`,
      description: "The others carry its share of the traces: see whether they can, and why it is not ready.",
    },
    {
      name: "TracingGatewayFailing",
      expr: `sum by (endpoint) (rate(otelcol_loadbalancer_backend_outcome{job="${GATEWAY}",success="false"}[5m])) / sum by (endpoint) (rate(otelcol_loadbalancer_backend_outcome${of(GATEWAY)}[5m])) > 0.05`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $value | humanizePercentage }} of the batches to sampler {{ $labels.endpoint }} fail",
      description: "They are sent again, some of their spans twice; in the end they are lost.",
    },
  ];
}

function samplingAlerts(): Alert[] {
  return [
    {
      name: "TracingTracesDroppedEarly",
      expr: `sum by (pod) (increase(otelcol_processor_tail_sampling_sampling_trace_dropped_too_early${of(SAMPLER)}[10m])) > 0`,
      for: "5m",
      severity: "ticket",
      summary: "{{ $labels.pod }} dropped {{ $value | humanize }} traces before their decision",
      description: "More traces are open than `tracesInMemory` allows: failed orders may be among those that go.",
    },
    {
      name: "TracingDecisionsLate",
      expr: `histogram_quantile(0.99, sum by (pod, le) (rate(otelcol_processor_tail_sampling_sampling_decision_timer_latency_bucket${of(SAMPLER)}[10m]))) > ${TICK_MILLISECONDS}`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $labels.pod }} needs {{ $value | humanize }} ms for a round of decisions that is due every second",
      description: "It has too little CPU for the traces it gets; they pile up in its memory.",
    },
    {
      name: "TracingPolicyErrors",
      expr: `sum by (pod) (increase(otelcol_processor_tail_sampling_sampling_policy_evaluation_error${of(SAMPLER)}[10m])) > 0`,
      for: "5m",
      severity: "ticket",
      summary: "{{ $labels.pod }} could not evaluate a sampling policy {{ $value | humanize }} times",
      description: "The policy counts as a no: traces that it should keep may go.",
    },
  ];
}

/**
 * Jaeger writes to a search cluster in the background, so its exporter never hears of a failure. Spans that the cluster refuses are counted; of a request
 * that fails as a whole (no answer, 503) only the time is, and its spans as written.
 * Source: `bulkCallback.invoke` in internal/storage/elasticsearch/config/config.go of Jaeger 2.13
 */
const BULK_FAILURES = ["errors", "latency_err_count"]
  .map((what) => `sum(rate(jaeger_storage_bulk_index_${what}${of(JAEGER)}[5m])) > 0`)
  .join(" or ");

function storageAlerts({ storage }: TracingConfig): Alert[] {
  const failing = (expr: string, description: string): Alert => ({
    name: "TracingStorageFailing",
    expr,
    for: "10m",
    severity: "ticket",
    summary: "Jaeger cannot store spans",
    description,
  });
  if (!isSearch(storage)) {
    const kept = "The samplers keep them on their volumes and send them again, until those are full.";
    return [failing(`sum(rate(otelcol_exporter_send_failed_spans${of(JAEGER)}[5m])) > 0`, kept)];
  }
  const cleaner: Alert = {
    name: "TracingIndicesNotDeleted",
    expr: `time() - max(kube_cronjob_status_last_successful_time{cronjob="${INDEX_CLEANER}"}) > 3 * 86400`,
    for: "1h",
    severity: "ticket",
    summary: "Old traces were last deleted {{ $value | humanizeDuration }} ago",
    description: "The indices grow until the search cluster has no room left, and then it takes no more traces.",
  };
  const lost = "The search cluster refuses them or does not answer: they are lost, and nobody sends them again.";
  return [failing(BULK_FAILURES, lost), cleaner];
}
