import { byName, operator, references } from "../operator";

/** Those of its metrics that rules use. */
const METRICS: readonly string[] = [
  "certmanager_certificate_expiration_timestamp_seconds",
  "certmanager_certificate_ready_status",
  "certmanager_certificate_renewal_timestamp_seconds",
];

const LABELS: readonly string[] = ["name", "namespace", "condition", "issuer_name", "issuer_kind", "issuer_group"];

/** Its manifests and its chart name no memory. Supported Kubernetes: https://cert-manager.io/docs/releases/ */
export const certManager = operator({
  purpose: "certificates, of the platform's own CA and of others",
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
      resources: { cpu: "10m", memory: "128Mi", memoryLimit: "256Mi" },
      metrics: { port: "http-metrics", portNumber: 9402, metrics: METRICS, labels: LABELS },
    },
    {
      name: "cert-manager-webhook",
      labels: byName("webhook"),
      resources: { cpu: "10m", memory: "64Mi", memoryLimit: "128Mi" },
      webhookPort: 10250,
    },
    {
      name: "cert-manager-cainjector",
      labels: byName("cainjector"),
      resources: { cpu: "10m", memory: "128Mi", memoryLimit: "256Mi" },
    },
  ],
  values: ({ images: { repository, pullPolicy, pullSecrets }, replicas, resources, priorityClassName }) => ({
    crds: { enabled: true, keep: true },
    global: { imagePullSecrets: references(pullSecrets), priorityClassName },
    replicaCount: replicas,
    image: { repository: repository("quay.io/jetstack/cert-manager-controller"), pullPolicy },
    resources: resources("cert-manager"),
    webhook: {
      replicaCount: replicas,
      resources: resources("cert-manager-webhook"),
      image: { repository: repository("quay.io/jetstack/cert-manager-webhook"), pullPolicy },
    },
    cainjector: {
      replicaCount: replicas,
      resources: resources("cert-manager-cainjector"),
      image: { repository: repository("quay.io/jetstack/cert-manager-cainjector"), pullPolicy },
    },
    // The check is a job that only repeats what the chart's own readiness says.
    startupapicheck: { enabled: false },
    prometheus: { enabled: true, servicemonitor: { enabled: false }, podmonitor: { enabled: false } },
    // It would ask the domain's own DNS servers whether a proof (dns01) is there, which policies forbid; the cluster's may be asked.
    dns01RecursiveNameserversOnly: true,
  }),
});
