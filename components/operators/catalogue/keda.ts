import { KEPT } from "../definitions";
import { operator, references } from "../operator";

/** Memory: its chart. Supported Kubernetes: https://keda.sh/docs/latest/operate/cluster/ */
export const keda = operator({
  purpose: "scaling by queues, requests and GPU",
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
      resources: { cpu: "20m", memory: "128Mi", memoryLimit: "1000Mi" },
      metrics: {
        port: "metrics",
        portNumber: 8080,
        // Source: https://github.com/kedacore/keda/blob/v2.21.0/pkg/metricscollector/prommetrics.go
        metrics: [
          "keda_build_info",
          "keda_scaler_metrics_value",
          "keda_scaler_metrics_latency_seconds",
          "keda_scaler_active",
          "keda_scaler_detail_errors_total",
          "keda_scaler_empty_upstream_responses_total",
          "keda_scaled_object_paused",
          "keda_scaled_object_errors_total",
          "keda_trigger_registered_total",
          "keda_resource_registered_total",
          "keda_internal_scale_loop_latency_seconds",
        ],
        labels: ["scaledObject", "scaler", "metric", "type", "exported_namespace"],
      },
    },
    {
      name: "keda-metrics-apiserver",
      labels: { app: "keda-operator-metrics-apiserver" },
      resources: { cpu: "20m", memory: "128Mi", memoryLimit: "1000Mi" },
      webhookPort: 6443,
      // The operator measures; this only passes its answers on to the autoscalers.
      connects: [{ to: "keda-operator", port: 9666 }],
    },
    {
      name: "keda-admission-webhooks",
      labels: { app: "keda-admission-webhooks" },
      resources: { cpu: "20m", memory: "100Mi", memoryLimit: "1000Mi" },
      webhookPort: 9443,
    },
  ],
  values: ({ images: { mirror, pullPolicy, pullSecrets }, replicas, resources, priorityClassName }) => ({
    global: { image: { registry: mirror ?? null } },
    imagePullSecrets: references(pullSecrets),
    image: { pullPolicy },
    priorityClassName,
    // Without it a release that goes would take all autoscalers along.
    crds: { install: true, additionalAnnotations: KEPT },
    operator: { replicaCount: replicas },
    metricsServer: { replicaCount: replicas },
    webhooks: { replicaCount: replicas },
    resources: {
      operator: resources("keda-operator"),
      metricServer: resources("keda-metrics-apiserver"),
      webhooks: resources("keda-admission-webhooks"),
    },
    prometheus: { operator: { enabled: true }, metricServer: { enabled: false }, webhooks: { enabled: false } },
  }),
});
