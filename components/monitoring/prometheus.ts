import type { IPrometheus } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { apiServerEndpoint } from "../network/api-server";
import { connect } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { oneAtATime } from "../workload/disruption";
import { objectLabels } from "../objects/labels";
import { excepted } from "../objects/kube-score";
import { NOT_AWAITED } from "../objects/not-awaited";
import { retentionSize, type MonitoringConfig } from "./config";
import { ALERTMANAGER, PROMETHEUS, alertmanagerEndpoint, prometheusEndpoint, prometheusPods } from "./endpoints";
import { KUBELET_CLASS, kubeletScrapeClass } from "./kubelet";
import { operatedClaims, operatedPods, reloaderTarget } from "./operated";
import { SELECTED } from "./rules";

/** Its metrics that rules and dashboards use. */
const PROMETHEUS_METRICS: readonly string[] = [
  "prometheus_config_last_reload_successful",
  "prometheus_notifications_dropped_total",
  "prometheus_rule_evaluation_failures_total",
  "prometheus_rule_group_interval_seconds",
  "prometheus_rule_group_last_duration_seconds",
  "prometheus_target_scrapes_exceeded_sample_limit_total",
  "prometheus_target_scrapes_sample_duplicate_timestamp_total",
  "prometheus_target_scrapes_sample_out_of_order_total",
  "prometheus_tsdb_head_samples_appended_total",
  "prometheus_tsdb_head_series",
  "prometheus_tsdb_storage_blocks_bytes",
];

export interface PrometheusServerArgs {
  readonly environment: Environment;
  readonly config: MonitoringConfig;
  /** Namespaces of the scrape targets, in which it lists pods. */
  readonly targetNamespaces: readonly string[];
}

/** Prometheus, run by its operator: server, service account with what discovery needs, Service, disruption budget. */
export class PrometheusServer extends PlatformComponent {
  constructor(name: string, args: PrometheusServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:PrometheusServer", name, args, opts);
    const { environment } = args;
    const namespace = environment.namespaces.observability;
    const pods = prometheusPods(environment);
    const metadata = { name: PROMETHEUS, namespace, labels: objectLabels(PROMETHEUS, "monitoring") };
    const child = { parent: this };

    const account = new k8s.core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, child);
    const access = [...this.discovery(args), ...this.nodes(namespace, metadata.labels)];
    const { replicas, storage } = args.config.prometheus;
    const claims = operatedClaims({ environment, kind: "prometheus", name: PROMETHEUS, replicas, storage }, child);
    customResource<IPrometheus>(
      name,
      { apiVersion: "monitoring.coreos.com/v1", kind: "Prometheus", metadata, spec: prometheusSpec(args) },
      pulumi.mergeOptions({ ...child, dependsOn: [account, ...access] }, claims),
    );
    new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata, annotations: { ...NOT_AWAITED, ...excepted("service-targets-pod") } },
        spec: {
          selector: { ...pods.labels },
          ports: [{ name: "web", port: 9090, targetPort: "web" }],
          // Replicas scrape at different moments: a page that asks both in turn shows curves that jump.
          sessionAffinity: "ClientIP",
        },
      },
      child,
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: oneAtATime(pods.labels),
      },
      child,
    );
    this.declare({ connections: connect(pods, apiServerEndpoint(environment.apiServer), alertmanagerEndpoint(environment)) });
    this.declare({
      scrapeTargets: [
        {
          job: PROMETHEUS,
          pods,
          port: "web",
          portNumber: prometheusEndpoint(environment).port,
          metrics: PROMETHEUS_METRICS,
          labels: ["alertmanager", "rule_group"],
        },
        reloaderTarget(PROMETHEUS, pods),
      ],
    });
    this.registerOutputs({});
  }

  /** Lists pods where targets are, and the endpoints of Alertmanager in its own namespace. */
  private discovery({ environment, targetNamespaces }: PrometheusServerArgs): pulumi.Resource[] {
    const own = environment.namespaces.observability;
    const namespaces = [...new Set([own, ...targetNamespaces])].sort();
    return namespaces.flatMap((namespace) => {
      const metadata = { name: `${PROMETHEUS}-discovery`, namespace, labels: objectLabels(PROMETHEUS, "monitoring") };
      const verbs = ["get", "list", "watch"];
      const rules = [
        { apiGroups: [""], resources: namespace === own ? ["pods", "services"] : ["pods"], verbs },
        ...(namespace === own ? [{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs }] : []),
      ];
      const child = { parent: this };
      return [
        new k8s.rbac.v1.Role(`${namespace}-discovery`, { metadata, rules }, child),
        new k8s.rbac.v1.RoleBinding(
          `${namespace}-discovery`,
          {
            metadata,
            subjects: [{ kind: "ServiceAccount", name: PROMETHEUS, namespace: own }],
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
          },
          child,
        ),
      ];
    });
  }

  /** Finds the nodes and reads the metrics of their kubelets. */
  private nodes(namespace: string, labels: Record<string, string>): pulumi.Resource[] {
    const metadata = { name: `${namespace}-${PROMETHEUS}-nodes`, labels };
    const rules = [
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    ];
    const child = { parent: this };
    return [
      new k8s.rbac.v1.ClusterRole("nodes", { metadata, rules }, child),
      new k8s.rbac.v1.ClusterRoleBinding(
        "nodes",
        {
          metadata,
          subjects: [{ kind: "ServiceAccount", name: PROMETHEUS, namespace }],
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: metadata.name },
        },
        child,
      ),
    ];
  }
}

/** The custom resource's specification. */
function prometheusSpec({ environment, config }: PrometheusServerArgs): IPrometheus["spec"] {
  const { prometheus, scrapeInterval } = config;
  const namespace = environment.namespaces.observability;
  return {
    ...operatedPods({
      environment,
      image: "prometheus",
      resources: prometheus.resources,
      replicas: prometheus.replicas,
      podLabels: prometheusPods(environment).labels,
      storage: prometheus.storage,
    }),
    serviceAccountName: PROMETHEUS,
    serviceDiscoveryRole: "EndpointSlice",
    externalUrl: prometheus.externalUrl,
    externalLabels: { environment: environment.stack, platform: environment.namespaces.apps },
    scrapeInterval,
    evaluationInterval: scrapeInterval,
    retention: prometheus.retention,
    retentionSize: retentionSize(prometheus),
    walCompression: true,
    enableFeatures: ["exemplar-storage"],
    exemplars: { maxSize: prometheus.exemplars },
    enableRemoteWriteReceiver: prometheus.remoteWriteReceiver,
    // A collector that retries delivers late: without a window its samples are refused.
    tsdb: prometheus.remoteWriteReceiver ? { outOfOrderTimeWindow: "10m" } : undefined,
    query: { maxConcurrency: 10, timeout: "1m" },
    // Only its own namespace (selectors of namespaces are left out), and there only what carries the label.
    podMonitorSelector: { matchLabels: SELECTED },
    scrapeConfigSelector: { matchLabels: SELECTED },
    ruleSelector: { matchLabels: SELECTED },
    scrapeClasses: [{ name: KUBELET_CLASS, ...kubeletScrapeClass(environment.nodes) }],
    alerting: { alertmanagers: [{ namespace, name: ALERTMANAGER, port: "web", apiVersion: "v2" }] },
  };
}
