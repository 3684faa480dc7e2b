import type * as pulumi from "@pulumi/pulumi";
import { apiServerEndpoint } from "../network/api-server";
import type { Exporter } from "./exported";
import { connect } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import type { Resources } from "../schema";
import { Workload } from "../workload/workload";

export const KUBE_STATE_METRICS = "kube-state-metrics";
const PORT = 8080;

/** Objects it watches, by API group; neither Secrets nor ConfigMaps. */
const WATCHED: Readonly<Record<string, readonly string[]>> = {
  "": ["nodes", "persistentvolumeclaims", "pods", "resourcequotas"],
  apps: ["daemonsets", "deployments", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  policy: ["poddisruptionbudgets"],
};

/** Metrics of these objects that rules and dashboards may use. */
const KUBE_STATE_METRICS_EXPORTED: readonly string[] = [
  "kube_cronjob_status_last_successful_time",
  "kube_daemonset_status_desired_number_scheduled",
  "kube_daemonset_status_number_ready",
  "kube_deployment_spec_replicas",
  "kube_deployment_status_condition",
  "kube_deployment_status_replicas_available",
  "kube_horizontalpodautoscaler_spec_max_replicas",
  "kube_horizontalpodautoscaler_spec_min_replicas",
  "kube_horizontalpodautoscaler_status_condition",
  "kube_horizontalpodautoscaler_status_current_replicas",
  "kube_horizontalpodautoscaler_status_desired_replicas",
  "kube_job_status_failed",
  "kube_job_status_succeeded",
  "kube_node_status_allocatable",
  "kube_node_status_condition",
  "kube_pod_container_resource_limits",
  "kube_pod_container_resource_requests",
  "kube_pod_container_status_last_terminated_reason",
  "kube_pod_container_status_restarts_total",
  "kube_pod_info",
  "kube_pod_owner",
  "kube_pod_status_phase",
  "kube_pod_status_ready",
  "kube_statefulset_replicas",
  "kube_statefulset_status_replicas_ready",
  "kube_statefulset_status_replicas_updated",
];

/** Labels of those metrics. */
const KUBE_STATE_METRICS_LABELS: readonly string[] = [
  ...["namespace", "pod", "container", "node", "uid", "unit", "resource"],
  ...["condition", "status", "phase", "reason", "owner_kind", "owner_name", "job_name"],
  ...["cronjob", "daemonset", "deployment", "horizontalpodautoscaler", "statefulset"],
];

export interface KubeStateMetricsArgs {
  readonly environment: Environment;
  readonly resources: Resources;
}

/** What one exports that is in the cluster already, with the labels that its own are kept by (honorLabels). */
export function kubeStateMetricsExporter(): Exporter {
  const serves = { scheme: "http", path: "/metrics", params: {}, honorLabels: true } as const;
  const labels = [...new Set(["job", "instance", ...KUBE_STATE_METRICS_LABELS])];
  return { job: KUBE_STATE_METRICS, metrics: KUBE_STATE_METRICS_EXPORTED, labels, serves, elsewhere: true };
}

/** Metrics of the state of Kubernetes' objects: what should run, and what does. */
export class KubeStateMetrics extends PlatformComponent {
  constructor(name: string, args: KubeStateMetricsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:KubeStateMetrics", name, args, opts);
    const { environment } = args;
    const namespaces = Object.values(environment.namespaces);
    const workload = new Workload(
      KUBE_STATE_METRICS,
      {
        environment,
        namespace: environment.namespaces.observability,
        component: "monitoring",
        // Two would count everything twice; without it alerts wait for the new one, which takes seconds.
        replicas: 1,
        priorityClassName: environment.priorityClasses.platform,
        user: 65_534,
        apiToken: true,
        clusterRules: Object.entries(WATCHED).map(([group, resources]) => ({
          apiGroups: [group],
          resources: [...resources],
          verbs: ["list", "watch"],
        })),
        containers: [
          {
            name: KUBE_STATE_METRICS,
            image: "kubeStateMetrics",
            args: [
              `--port=${PORT}`,
              "--telemetry-port=8081",
              `--resources=${Object.values(WATCHED).flat().sort().join(",")}`,
              // Only the platform's own: a cluster may have other tenants.
              `--namespaces=${namespaces.join(",")}`,
            ],
            ports: { metrics: PORT, telemetry: 8081 },
            resources: args.resources,
            readinessProbe: { httpGet: { path: "/readyz", port: "telemetry" }, periodSeconds: 10 },
            livenessProbe: { httpGet: { path: "/livez", port: "metrics" }, periodSeconds: 20, failureThreshold: 5 },
          },
        ],
      },
      { parent: this },
    );
    this.declare({ connections: connect(workload.pods, apiServerEndpoint(environment.apiServer)) });
    this.declare({
      scrapeTargets: [
        {
          job: KUBE_STATE_METRICS,
          pods: workload.pods,
          port: "metrics",
          portNumber: PORT,
          // Its metrics are about other pods than its own.
          honorLabels: true,
          nothingOfItself: true,
          metrics: KUBE_STATE_METRICS_EXPORTED,
          labels: KUBE_STATE_METRICS_LABELS,
        },
      ],
    });
    this.registerOutputs({});
  }
}
