import type { Definitions } from "./definitions";
import type { OperatorPodsName } from "./endpoints";
import type { OperatorName } from "./names";

export interface OperatorDefault {
  /** Helm chart, its repository and the pinned version. A repository that begins with `oci://` holds the chart itself. */
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly appVersions: AppVersions;
  /** The oldest minor version of Kubernetes that its project supports it on. */
  readonly oldestKubernetes: string;
  /** Namespace its own manual names: where it is when this platform does not install it. */
  readonly namespace: string;
  /** API groups of the custom resources it defines: their objects come after it. */
  readonly apiGroups: readonly string[];
  readonly definitions: Definitions;
  /** Operators that must be there before. */
  readonly after: readonly OperatorName[];
  /** Its sets of pods, with what reaches them and what they serve. */
  readonly pods: readonly OperatorPods[];
  /** Why it can have one pod only, as the end of a sentence. @default it can have more, which elect a leader or share the work */
  readonly alone?: string;
}

/** What a version of a chart runs. */
export interface AppVersions {
  /** Version of the chart that this was looked up for. */
  readonly chart: string;
  /** Version of each program, by its folder in tools/go, where the tests have it from. */
  readonly programs: Readonly<Record<string, string>>;
}

export interface OperatorPods {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Port on which the API server calls webhooks or aggregated APIs. */
  readonly webhookPort?: number;
  /** Ports of other operators' pods that it connects to. */
  readonly connects?: readonly { readonly to: OperatorPodsName; readonly port: number }[];
  /** Port of the nodes that it connects to. */
  readonly nodePort?: number;
  readonly metrics?: { readonly port: string; readonly portNumber: number; readonly metrics: readonly string[] };
}

const byName = (name: string) => ({ "app.kubernetes.io/name": name });

/**
 * Every operator, pinned in one place. Charts are the projects' own, but for RabbitMQ, whose project publishes none. What a chart runs is the
 * `appVersion` of its Chart.yaml, and for what has none there the tag in its values. test/tools/versions.test.ts names what else a version is in.
 *
 * Oldest Kubernetes: https://cert-manager.io/docs/releases/, https://cloudnative-pg.io/documentation/1.30/supported_releases/,
 * https://keda.sh/docs/latest/operate/cluster/, https://github.com/kubernetes-sigs/metrics-server#compatibility-matrix,
 * https://www.rabbitmq.com/kubernetes/operator/install-operator; the others' projects name none, so it is what their charts take.
 */
export const OPERATORS: Readonly<Record<OperatorName, OperatorDefault>> = {
  "cert-manager": {
    chart: "cert-manager",
    repository: "https://charts.jetstack.io",
    version: "v1.21.2",
    appVersions: { chart: "v1.21.2", programs: { "cert-manager": "1.21.2" } },
    oldestKubernetes: "1.33",
    namespace: "cert-manager",
    apiGroups: ["cert-manager.io", "acme.cert-manager.io"],
    definitions: { in: "templates" },
    after: [],
    pods: [
      {
        name: "cert-manager",
        labels: byName("cert-manager"),
        metrics: { port: "http-metrics", portNumber: 9402, metrics: ["certmanager_*"] },
      },
      { name: "cert-manager-webhook", labels: byName("webhook"), webhookPort: 10250 },
      { name: "cert-manager-cainjector", labels: byName("cainjector") },
    ],
  },
  "cloudnative-pg": {
    chart: "cloudnative-pg",
    repository: "https://cloudnative-pg.github.io/charts",
    version: "0.29.1",
    appVersions: { chart: "0.29.1", programs: { "cloudnative-pg": "1.30.1" } },
    oldestKubernetes: "1.34",
    namespace: "cnpg-system",
    apiGroups: ["postgresql.cnpg.io"],
    definitions: { in: "templates" },
    after: [],
    pods: [
      {
        name: "cloudnative-pg",
        labels: byName("cloudnative-pg"),
        webhookPort: 9443,
        // Asks the plug-in before it makes an instance.
        connects: [{ to: "plugin-barman-cloud", port: 9090 }],
        metrics: { port: "metrics", portNumber: 8080, metrics: ["controller_runtime_*"] },
      },
    ],
  },
  "barman-cloud": {
    chart: "plugin-barman-cloud",
    repository: "https://cloudnative-pg.github.io/charts",
    version: "0.8.0",
    appVersions: { chart: "0.8.0", programs: { "barman-cloud": "0.15.0" } },
    oldestKubernetes: "1.29",
    namespace: "cnpg-system",
    apiGroups: ["barmancloud.cnpg.io"],
    definitions: { in: "templates" },
    after: ["cert-manager", "cloudnative-pg"],
    pods: [{ name: "plugin-barman-cloud", labels: byName("plugin-barman-cloud") }],
    alone: "only its leader serves, so that another pod would never be ready and the installation would never be done",
  },
  rabbitmq: {
    chart: "oci://registry-1.docker.io/cloudpirates/rabbitmq-cluster-operator",
    repository: "",
    version: "0.6.16",
    appVersions: { chart: "0.6.16", programs: { "rabbitmq-cluster-operator": "2.23.0", "rabbitmq-topology-operator": "1.20.1" } },
    oldestKubernetes: "1.31",
    namespace: "rabbitmq-system",
    apiGroups: ["rabbitmq.com"],
    definitions: { in: "crds-folder" },
    after: ["cert-manager"],
    pods: [
      {
        name: "rabbitmq-cluster-operator",
        labels: { ...byName("rabbitmq-cluster-operator"), "app.kubernetes.io/component": "rabbitmq-operator" },
        metrics: { port: "http", portNumber: 9782, metrics: ["controller_runtime_*"] },
      },
      {
        name: "rabbitmq-topology-operator",
        labels: { ...byName("rabbitmq-cluster-operator"), "app.kubernetes.io/component": "messaging-topology-operator" },
        webhookPort: 9443,
      },
    ],
  },
  "prometheus-operator": {
    chart: "kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "88.5.3",
    appVersions: { chart: "88.5.3", programs: { "prometheus-operator": "0.93.1" } },
    oldestKubernetes: "1.25",
    namespace: "monitoring",
    apiGroups: ["monitoring.coreos.com"],
    definitions: { in: "chart", chart: "prometheus-operator-crds", version: "31.0.1", appVersion: "0.93.1" },
    after: [],
    pods: [
      {
        name: "prometheus-operator",
        labels: { app: "kube-prometheus-stack-operator" },
        webhookPort: 10250,
        metrics: { port: "https", portNumber: 10250, metrics: ["prometheus_operator_*"] },
      },
      // Jobs of the chart before and after each installation and update, for the webhook's certificate. They use the API only.
      { name: "prometheus-operator-admission-create", labels: { app: "kube-prometheus-stack-admission-create" } },
      { name: "prometheus-operator-admission-patch", labels: { app: "kube-prometheus-stack-admission-patch" } },
    ],
    alone: "its chart runs one pod, whatever it is told",
  },
  keda: {
    chart: "keda",
    repository: "https://kedacore.github.io/charts",
    version: "2.21.0",
    appVersions: { chart: "2.21.0", programs: { keda: "2.21.0" } },
    oldestKubernetes: "1.34",
    namespace: "keda",
    apiGroups: ["keda.sh"],
    definitions: { in: "templates" },
    after: [],
    pods: [
      {
        name: "keda-operator",
        labels: { app: "keda-operator" },
        metrics: { port: "metrics", portNumber: 8080, metrics: ["keda_*"] },
      },
      {
        name: "keda-metrics-apiserver",
        labels: { app: "keda-operator-metrics-apiserver" },
        webhookPort: 6443,
        // The operator measures; this only passes its answers on to the autoscalers.
        connects: [{ to: "keda-operator", port: 9666 }],
      },
      { name: "keda-admission-webhooks", labels: { app: "keda-admission-webhooks" }, webhookPort: 9443 },
    ],
  },
  "metrics-server": {
    chart: "metrics-server",
    repository: "https://kubernetes-sigs.github.io/metrics-server/",
    version: "3.13.1",
    appVersions: { chart: "3.13.1", programs: { "metrics-server": "0.8.1" } },
    oldestKubernetes: "1.31",
    namespace: "kube-system",
    apiGroups: [],
    definitions: { in: "nowhere" },
    after: [],
    // Reads CPU and memory from the kubelets.
    pods: [{ name: "metrics-server", labels: byName("metrics-server"), webhookPort: 10250, nodePort: 10250 }],
  },
};
