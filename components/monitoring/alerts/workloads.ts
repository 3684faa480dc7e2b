import { anywhere, type Alert, type AlertGroup } from "../../observability/alert";

export interface WorkloadAlertsArgs {
  /** All namespaces of the platform: cert-manager tells of the certificates of the whole cluster. */
  readonly namespaces: readonly string[];
  /** Namespace of the MES roles. Their pods and autoscalers have alerts of their own, which know what a role means for orders. */
  readonly roles: string;
  /** Metrics of cert-manager are scraped. */
  readonly certManager: boolean;
  /** Metrics of KEDA are scraped. */
  readonly keda: boolean;
}

/** Gives alerts on pods the name of what they belong to, where it is known: a service that is down explains those of its own pods. */
function withService(expr: string): string {
  return `(${expr}) * on (namespace, pod) group_left (service) pod:service:info or on (namespace, pod) (${expr})`;
}
const OF_SERVICE = { WorkloadUnavailable: ["namespace", "service"] };
const ELSEWHERE = anywhere("NodeNotReady");

/** The same for alerts on Deployments and StatefulSets. */
function asService(expr: string, kind: "deployment" | "statefulset"): string {
  return `label_replace(${expr}, "service", "$1", "${kind}", "(.+)")`;
}

/** Pods, rollouts, volumes, autoscalers and certificates of everything that the platform runs. */
export function workloadAlerts({ namespaces, roles, certManager, keda }: WorkloadAlertsArgs): AlertGroup[] {
  const others = `namespace!="${roles}"`;
  return [
    { name: "pods", alerts: podAlerts(others) },
    { name: "workloads", alerts: [...rolloutAlerts(others), autoscalerAtMax(others), ...(keda ? [autoscalerBlind] : [])] },
    { name: "volumes", alerts: volumeAlerts },
    ...(certManager ? [certificates(namespaces)] : []),
  ];
}

/** Certificates of the platform's namespaces. */
export function certificates(namespaces: readonly string[]): AlertGroup {
  return { name: "certificates", alerts: certificateAlerts(namespaces) };
}

function podAlerts(others: string): Alert[] {
  return [
    {
      name: "PodCrashLooping",
      expr: withService(
        `sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${others}}[15m])) >= 3`,
      ),
      severity: "ticket",
      causedBy: OF_SERVICE,
      summary: "{{ $labels.container }} of {{ $labels.pod }} has restarted {{ $value | humanize }} times in 15 minutes",
      description: "The program ends, or is ended, again and again.",
    },
    {
      name: "PodNotReady",
      // Running only: a pod of a finished job is not ready, and need not be. With its node, which may explain it.
      expr: withService(`(max by (namespace, pod) (kube_pod_status_ready{${others},condition="true"}) == 0
        and on (namespace, pod) max by (namespace, pod) (kube_pod_status_phase{phase="Running"}) == 1)
        * on (namespace, pod) group_left (node) max by (namespace, pod, node) (kube_pod_info)`),
      for: "15m",
      severity: "ticket",
      causedBy: { ...OF_SERVICE, NodeNotReady: ["node"], ...anywhere("BrokerQuorumLost", "PostgresPrimaryMissing") },
      summary: "{{ $labels.pod }} runs and is not ready",
      description: "It gets no requests: its readiness probe fails.",
    },
    {
      name: "PodPending",
      expr: withService('max by (namespace, pod) (kube_pod_status_phase{phase="Pending"}) == 1'),
      for: "15m",
      severity: "ticket",
      causedBy: { ...OF_SERVICE, ...ELSEWHERE },
      summary: "{{ $labels.pod }} has been waiting for 15 minutes",
      description: "No node has room for it, its volume cannot be attached, or its image cannot be pulled.",
    },
    {
      name: "ContainerOutOfMemory",
      expr: `sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${others}}[10m])) > 0
        and on (namespace, pod, container)
          max by (namespace, pod, container) (kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}) == 1`,
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} was killed because it ran out of memory",
      description: "It needed more than its limit, which equals its request.",
    },
    {
      name: "CpuThrottled",
      expr: "service:cpu_throttled:ratio5m > 0.25",
      for: "15m",
      severity: "ticket",
      summary: "{{ $labels.service }} was held back in {{ $value | humanizePercentage }} of the periods",
      description: "Its CPU limit slows it while cores may be idle.",
    },
  ];
}

function rolloutAlerts(others: string): Alert[] {
  return [
    {
      name: "WorkloadUnavailable",
      expr: `${asService(`kube_deployment_status_replicas_available{${others}} == 0 and kube_deployment_spec_replicas > 0`, "deployment")}
        or ${asService(`kube_statefulset_status_replicas_ready{${others}} == 0 and kube_statefulset_replicas > 0`, "statefulset")}`,
      for: "5m",
      severity: "ticket",
      causedBy: { ...ELSEWHERE, ...anywhere("BrokerQuorumLost", "PostgresPoolerMissing", "ObjectStoreDown") },
      summary: "no pod of {{ $labels.deployment }}{{ $labels.statefulset }} is ready",
      description: "Nothing does its work. What orders cannot do without has alerts of its own, which wake somebody.",
    },
    {
      name: "RolloutStuck",
      expr: `${asService('kube_deployment_status_condition{condition="Progressing",status="false"} == 1', "deployment")}
        or ${asService(
          "(kube_statefulset_status_replicas_updated < kube_statefulset_replicas) and (changes(kube_statefulset_status_replicas_updated[15m]) == 0)",
          "statefulset",
        )}`,
      for: "15m",
      severity: "ticket",
      causedBy: { ...OF_SERVICE, ...ELSEWHERE, ...anywhere("MesOrderRoleDown", "MesRoleDown") },
      summary: "the rollout of {{ $labels.deployment }}{{ $labels.statefulset }} makes no progress",
      description: "New pods do not become ready; the old ones go on working.",
    },
    {
      name: "DaemonSetIncomplete",
      expr: `kube_daemonset_status_number_ready < kube_daemonset_status_desired_number_scheduled`,
      for: "15m",
      severity: "ticket",
      causedBy: ELSEWHERE,
      summary: "{{ $labels.daemonset }} does not run on every node",
      description: "Nodes without it have no metrics, logs or traces.",
    },
    {
      name: "JobFailed",
      expr: "max by (namespace, job_name) (kube_job_status_failed) > 0 unless on (namespace, job_name) kube_job_status_succeeded > 0",
      for: "5m",
      severity: "ticket",
      summary: "job {{ $labels.job_name }} failed",
      description: "A migration, a backup or another task did not do its work.",
    },
  ];
}

function autoscalerAtMax(others: string): Alert {
  return {
    name: "AutoscalerAtMax",
    expr: `kube_horizontalpodautoscaler_status_current_replicas{${others}} >= kube_horizontalpodautoscaler_spec_max_replicas
      and kube_horizontalpodautoscaler_spec_max_replicas > kube_horizontalpodautoscaler_spec_min_replicas`,
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.horizontalpodautoscaler }} has had all pods that it may have for half an hour",
    description: "It cannot grow with the load.",
  };
}

const autoscalerBlind: Alert = {
  name: "AutoscalerBlind",
  // Where it cannot measure, KEDA lets the pods be as many as `fallback` says, or as they are: nothing is red, and nothing scales.
  expr: `sum by (exported_namespace, scaledObject, scaler) (rate(keda_scaler_detail_errors_total[5m])) > 0`,
  for: "5m",
  severity: "ticket",
  causedBy: anywhere("BrokerQuorumLost"),
  summary: "KEDA cannot measure what {{ $labels.scaledObject }} scales on ({{ $labels.scaler }})",
  description: "The number of its pods does not follow the load until it can: it is that of the fallback, or stays as it is.",
};

const AVAILABLE = "kubelet_volume_stats_available_bytes";
const BY_VOLUME = "namespace, persistentvolumeclaim";

const volumeAlerts: Alert[] = [
  {
    name: "VolumeFilling",
    expr: `min by (${BY_VOLUME}) (${AVAILABLE} / kubelet_volume_stats_capacity_bytes) < 0.05
      or min by (${BY_VOLUME}) (${AVAILABLE} / kubelet_volume_stats_capacity_bytes) < 0.3
        and min by (${BY_VOLUME}) (predict_linear(${AVAILABLE}[6h], 4 * 24 * 3600)) < 0`,
    for: "1h",
    severity: "ticket",
    summary: "volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left",
    description: "It is nearly full, or will be within four days at the pace of the last six hours.",
  },
];

function certificateAlerts(namespaces: readonly string[]): Alert[] {
  const each = (metric: string, condition = "") =>
    `by (exported_namespace, name) (certmanager_certificate_${metric}{${condition}exported_namespace=~"${namespaces.join("|")}"})`;
  const end = `min ${each("expiration_timestamp_seconds")}`;
  // 0 for a certificate that was never issued: CertificateNotReady tells of it.
  const renewal = `(min ${each("renewal_timestamp_seconds")} > 0)`;
  return [
    {
      name: "CertificateExpiring",
      // Each has a time of its own for its renewal, and then as long as its owner thought safe. A quarter of that has gone by, or a week.
      expr: `(${end} - time())
        and on (exported_namespace, name) (time() - ${renewal} > clamp_max((${end} - ${renewal}) / 4, 7 * 24 * 3600))`,
      for: "10m",
      severity: "ticket",
      summary: "certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }} and is not renewed",
      description:
        "It should have been. After that nobody trusts the service that shows it: connections to database and broker fail.",
    },
    {
      name: "CertificateNotReady",
      expr: `max ${each("ready_status", 'condition="False",')} == 1`,
      for: "30m",
      severity: "ticket",
      summary: "certificate {{ $labels.name }} is not ready",
      description: "cert-manager cannot issue it: pods that mount it do not start.",
    },
  ];
}
