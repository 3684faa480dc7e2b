import { anywhere, type Alert, type AlertGroup } from "../../observability/alert";
import { WATCHDOG } from "../alertmanager-config";
import type { ScrapeTarget } from "../../observability/scrape";

/** Whether what is watched is watched: targets, Prometheus, Alertmanager, the operator between them. */
export function monitoringAlerts(args: {
  readonly targets: readonly ScrapeTarget[];
  readonly alertmanagers: number;
  /** The metrics of prometheus-operator are scraped. */
  readonly operator: boolean;
}): AlertGroup[] {
  return [
    { name: "watchdog", alerts: [watchdog] },
    { name: "scrape-targets", alerts: [targetDown, targetMissing(args.targets), stateUnknown] },
    { name: "prometheus", alerts: prometheusAlerts(args.operator) },
    {
      name: "alertmanager",
      alerts: [notificationsFailing, ...(args.alertmanagers > 1 ? [clusterSplit(args.alertmanagers)] : [])],
    },
  ];
}

/** Targets of which nothing is there, for a Prometheus that has the other alerts on itself. */
export function missingTargets(targets: readonly ScrapeTarget[]): AlertGroup {
  return { name: "scrape-targets", alerts: [targetMissing(targets)] };
}

const watchdog: Alert = {
  name: WATCHDOG,
  expr: "vector(1)",
  severity: "ticket",
  summary: "alerting works",
  description: "Always fires. Whoever gets it raises an alarm when it stays away: then monitoring itself is dead.",
};

const targetDown: Alert = {
  name: "TargetDown",
  expr: "count by (namespace, job) (up == 0) / count by (namespace, job) (up) > 0.1",
  for: "10m",
  severity: "ticket",
  // It tells again, later, what alerts on the program itself have told.
  causedBy: anywhere(
    ...["NodeNotReady", "WorkloadUnavailable", "BrokerQuorumLost", "PostgresPrimaryMissing", "PostgresPoolerMissing"],
    ...["MesOrderRoleDown", "MesRoleDown", "CacheDown", "LokiNotReady", "ObjectStoreDown"],
  ),
  summary: "{{ $value | humanizePercentage }} of the targets of {{ $labels.job }} cannot be scraped",
  description:
    "Their metrics are missing, so alerts on them cannot fire. The pods may be down, or their metrics port or network path.",
};

/** A target without any pod has no series `up` that could be 0. One that has been scaled to nothing is no fault. */
function targetMissing(targets: readonly ScrapeTarget[]): Alert {
  const sorted = [...targets].sort((a, b) => (a.job < b.job ? -1 : 1));
  const missing = sorted.map(({ job, pods }) => {
    const asleep = `kube_deployment_spec_replicas{namespace="${pods.namespace}",deployment="${pods.name}"} == 0`;
    return `(absent(up{job="${job}"}) unless on () ${asleep})`;
  });
  return {
    name: "TargetMissing",
    expr: missing.join(" or "),
    for: "15m",
    severity: "ticket",
    summary: "Prometheus finds no pod of {{ $labels.job }}",
    description: "The platform declares it, and nothing of it is there to be scraped: alerts on its metrics cannot fire.",
  };
}

const stateUnknown: Alert = {
  name: "KubeStateMetricsBlind",
  expr: "absent(kube_deployment_spec_replicas) or absent(kube_pod_info)",
  for: "10m",
  // As long as it lasts no page on roles that are down can fire.
  severity: "page",
  summary: "kube-state-metrics says nothing of the cluster's objects",
  description: "Alerts on pods, roles, autoscalers and nodes cannot fire: a role that is down is seen by its consequences only.",
  explains: anywhere("TargetDown", "TargetMissing"),
};

function prometheusAlerts(operator: boolean): Alert[] {
  return [configRefused, ...evaluation, ...traffic, ...(operator ? [objectsRejected] : [])];
}

const configRefused: Alert = {
  name: "ConfigReloadFailed",
  // Each by itself: joined first, a program's series would hide its sidecar's.
  expr: ["prometheus_config_last", "alertmanager_config_last", "reloader_last"]
    .map((reload) => `min by (namespace, pod) (${reload}_reload_successful) == 0`)
    .join(" or "),
  for: "10m",
  severity: "ticket",
  summary: "{{ $labels.pod }} refuses its new configuration",
  description: "It goes on with the old one: new rules, targets and receivers are not in force, and a restart would fail.",
};

/** Rules are evaluated, and in time. */
const evaluation: readonly Alert[] = [
  {
    name: "PrometheusRuleFailures",
    expr: "sum by (pod, rule_group) (increase(prometheus_rule_evaluation_failures_total[10m])) > 0",
    for: "10m",
    severity: "ticket",
    summary: "rules of {{ $labels.rule_group }} fail in {{ $labels.pod }}",
    description: "An expression cannot be evaluated: its alerts cannot fire.",
  },
  {
    name: "PrometheusRulesSlow",
    expr: `max by (pod, rule_group) (prometheus_rule_group_last_duration_seconds)
        > max by (pod, rule_group) (prometheus_rule_group_interval_seconds)`,
    for: "15m",
    severity: "ticket",
    summary: "rules of {{ $labels.rule_group }} take longer than the time between two evaluations",
    description: "Evaluations are left out, so alerts come late.",
  },
];

/** Samples come in, and alerts go out. */
const traffic: readonly Alert[] = [
  {
    name: "PrometheusNotIngesting",
    expr: "sum by (pod) (rate(prometheus_tsdb_head_samples_appended_total[5m])) == 0",
    for: "10m",
    severity: "ticket",
    summary: "{{ $labels.pod }} stores no samples",
    description: "Its volume may be full, or it finds no targets. Alerts go on as long as the other replica works.",
  },
  {
    name: "PrometheusNotificationsDropped",
    expr: "sum by (pod) (increase(prometheus_notifications_dropped_total[10m])) > 0",
    for: "5m",
    severity: "ticket",
    summary: "{{ $labels.pod }} could not hand alerts to Alertmanager",
    description: "Alertmanager is away or overloaded: alerts that only this replica raised have been lost.",
  },
  {
    name: "PrometheusSamplesRejected",
    expr: `sum by (pod) (increase(prometheus_target_scrapes_exceeded_sample_limit_total[10m])
        + increase(prometheus_target_scrapes_sample_duplicate_timestamp_total[10m])
        + increase(prometheus_target_scrapes_sample_out_of_order_total[10m])) > 0`,
    for: "1h",
    severity: "ticket",
    summary: "{{ $labels.pod }} refuses samples of its targets",
    description: "Two targets may claim the same series, or a clock is wrong: values are missing.",
  },
];

const objectsRejected: Alert = {
  name: "PrometheusOperatorRejects",
  expr: 'sum by (controller, resource) (prometheus_operator_managed_resources{state="rejected"}) > 0',
  for: "10m",
  severity: "ticket",
  summary: "prometheus-operator rejects {{ $value }} objects ({{ $labels.resource }})",
  description: "A rule, a scrape target or a configuration is not valid and not in force.",
};

const notificationsFailing: Alert = {
  name: "AlertmanagerNotificationsFailing",
  expr: `sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))
    / sum by (integration) (rate(alertmanager_notifications_total[5m])) > 0.05`,
  for: "5m",
  // While it lasts, the pages of lost orders do not arrive either.
  severity: "page",
  summary: "{{ $value | humanizePercentage }} of the messages by {{ $labels.integration }} fail",
  description: "People are not told. If this message arrives, it took another way.",
};

function clusterSplit(replicas: number): Alert {
  return {
    name: "AlertmanagerClusterSplit",
    expr: `min(alertmanager_cluster_members) < ${replicas}`,
    for: "15m",
    severity: "ticket",
    summary: "a pod of Alertmanager sees {{ $value }} of its ${replicas} members",
    description: "They do not tell each other what they have sent: messages come twice, silences hold in one of them only.",
  };
}
