import { byName, operator, references } from "../operator";

/** Memory: its manifest. Supported Kubernetes: https://cloudnative-pg.io/documentation/1.30/supported_releases/ */
export const cloudnativePg = operator({
  purpose: "the database",
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
      resources: { cpu: "50m", memory: "128Mi", memoryLimit: "256Mi" },
      webhookPort: 9443,
      // Asks the plug-in before it makes an instance.
      connects: [{ to: "plugin-barman-cloud", port: 9090 }],
      metrics: { port: "metrics", portNumber: 8080, metrics: ["controller_runtime_*"], labels: ["controller", "result"] },
    },
  ],
  values: ({ images: { repository, pullPolicy, pullSecrets }, replicas, resources, priorityClassName }) => ({
    replicaCount: replicas,
    image: { repository: repository("ghcr.io/cloudnative-pg/cloudnative-pg"), pullPolicy },
    imagePullSecrets: references(pullSecrets),
    resources: resources("cloudnative-pg"),
    priorityClassName,
    crds: { create: true },
    monitoring: { podMonitorEnabled: false },
  }),
});
