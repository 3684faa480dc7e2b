import { anywhere, type Alert, type AlertGroup } from "../observability/alert";
import { grown } from "../observability/rates";
import { AGENT } from "../collector/endpoints";
import type { LoggingConfig } from "./config";
import { LOKI } from "./endpoints";

const JOB = `job="${LOKI}"`;
/** Hours without a successful compaction, which is due every ten minutes. */
const COMPACTION_HOURS = 3;

const COMPACTED = `loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds{${JOB}}`;

/** Alerts of logging. Records wait on their nodes while Loki is away; no order depends on it. */
export function loggingAlerts({ replicas }: LoggingConfig): AlertGroup {
  return {
    name: "logging",
    alerts: [...serving(replicas), ...keeping, logsNotRead],
  };
}

function serving(replicas: number): Alert[] {
  return [
    {
      name: "LokiNotReady",
      // Counts what is there, so that it also fires when nothing at all is scraped.
      expr: `(count(up{${JOB}} == 1) or vector(0)) < ${replicas}`,
      for: "15m",
      severity: "ticket",
      causedBy: anywhere("NodeNotReady"),
      summary: `{{ $value }} of ${replicas} pods of Loki answer`,
      description: "With fewer than two of three, logs wait on their nodes and no query is answered.",
    },
    {
      name: "LokiRequestErrors",
      expr: `sum by (route) (rate(loki_request_duration_seconds_count{${JOB},status_code=~"5.."}[5m])) / sum by (route) (rate(loki_request_duration_seconds_count{${JOB}}[5m])) > 0.1`,
      for: "15m",
      severity: "ticket",
      summary: "{{ $value | humanizePercentage }} of the requests to {{ $labels.route }} of Loki fail",
      description: "For `otlp_v1_logs` the agents send again and keep the records on their nodes until it works.",
    },
    {
      name: "LokiRecordsDiscarded",
      expr: `${grown(`loki_discarded_samples_total{${JOB}}`, "15m", "reason")} > 0`,
      for: "5m",
      severity: "ticket",
      summary: "Loki discarded {{ $value | humanize }} log records: {{ $labels.reason }}",
      description: "They broke a limit of `mes:logging.limits`: rate_limited ones are sent again, all others are gone.",
    },
  ];
}

/** What Loki has taken it writes down, and deletes in time. */
const keeping: readonly Alert[] = [
  {
    name: "LokiFlushFailing",
    expr: `sum by (pod) (increase(loki_ingester_chunks_flush_failures_total{${JOB}}[15m])) > 0`,
    for: "15m",
    severity: "ticket",
    summary: "{{ $labels.pod }} cannot write {{ $value | humanize }} chunks to its store",
    description: "What is not written stays on the pod's volume until it is full.",
  },
  {
    name: "LokiWalFull",
    expr: `sum by (pod) (increase(loki_ingester_wal_disk_full_failures_total{${JOB}}[10m])) > 0`,
    severity: "ticket",
    summary: "The volume of {{ $labels.pod }} is full: it takes records without writing them down",
    description: "A crash would lose what is in its memory.",
  },
  {
    name: "LokiCompactorNotRunning",
    // The metric is 0 until the first success.
    expr: `time() - max(${COMPACTED} > 0) > ${COMPACTION_HOURS} * 3600 or max(max_over_time(${COMPACTED}[${COMPACTION_HOURS}h])) == 0`,
    for: "1h",
    severity: "ticket",
    summary: "Loki has not compacted its index for hours",
    description: "Nothing is deleted while it does not run: the store grows, and queries become slow.",
  },
];

const logsNotRead: Alert = {
  name: "LogsNotRead",
  expr: `sum by (pod) (rate(otelcol_receiver_accepted_log_records{job="${AGENT}"}[15m])) == 0`,
  for: "30m",
  severity: "ticket",
  summary: "{{ $labels.pod }} has read no log record for half an hour",
  description: "Every node has pods that say something: its agent does not see their files, or waits for a full queue.",
};
