import { operator, references } from "../operator";

/** Memory: its manifests. Its project names no Kubernetes: what its chart takes. */
export const prometheusOperator = operator({
  purpose: "Prometheus and Alertmanager",
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
      resources: { cpu: "20m", memory: "128Mi", memoryLimit: "256Mi" },
      webhookPort: 10250,
      metrics: {
        port: "https",
        portNumber: 10250,
        metrics: ["prometheus_operator_managed_resources"],
        labels: ["controller", "resource", "state"],
      },
    },
    // Jobs of the chart before and after each installation and update, for the webhook's certificate. They use the API only.
    { name: "prometheus-operator-admission-create", labels: { app: "kube-prometheus-stack-admission-create" } },
    { name: "prometheus-operator-admission-patch", labels: { app: "kube-prometheus-stack-admission-patch" } },
  ],
  alone: "its chart runs one pod, whatever it is told",
  values: ({ images: { mirror, pullSecrets }, resources, priorityClassName }) => ({
    fullnameOverride: "kube-prometheus-stack",
    // They come with a release of their own: Helm never updates those of the chart's folder crds/.
    crds: { enabled: false },
    global: { imageRegistry: mirror ?? "", imagePullSecrets: references(pullSecrets) },
    defaultRules: { create: false },
    alertmanager: { enabled: false },
    grafana: { enabled: false },
    prometheus: { enabled: false },
    nodeExporter: { enabled: false },
    kubeStateMetrics: { enabled: false },
    kubeApiServer: { enabled: false },
    kubelet: { enabled: false },
    kubeControllerManager: { enabled: false },
    coreDns: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeProxy: { enabled: false },
    prometheusOperator: {
      resources: resources("prometheus-operator"),
      priorityClassName,
      serviceMonitor: { selfMonitor: false },
      // Its sidecar in every Prometheus and Alertmanager; quotas want requests of it too. By itself the operator gives it 50Mi.
      prometheusConfigReloader: { resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "64Mi" } } },
    },
  }),
});
