import { byName, operator, references } from "../operator";

/** Memory: a comment in its chart. Its project names no Kubernetes: what its chart takes. */
export const barmanCloud = operator({
  purpose: "backups of the database to the object store",
  chart: "plugin-barman-cloud",
  repository: "https://cloudnative-pg.github.io/charts",
  version: "0.8.0",
  appVersions: { chart: "0.8.0", programs: { "barman-cloud": "0.15.0" } },
  oldestKubernetes: "1.29",
  namespace: "cnpg-system",
  apiGroups: ["barmancloud.cnpg.io"],
  definitions: { in: "templates" },
  after: ["cert-manager", "cloudnative-pg"],
  pods: [
    {
      name: "plugin-barman-cloud",
      labels: byName("plugin-barman-cloud"),
      resources: { cpu: "10m", memory: "128Mi", memoryLimit: "256Mi" },
    },
  ],
  alone: "only its leader serves, so that another pod would never be ready and the installation would never be done",
  values: ({ images: { registry, pullPolicy, pullSecrets }, replicas, resources, priorityClassName }) => ({
    replicaCount: replicas,
    image: { registry: registry("ghcr.io"), repository: "cloudnative-pg/plugin-barman-cloud", pullPolicy },
    sidecarImage: { registry: registry("ghcr.io"), repository: "cloudnative-pg/plugin-barman-cloud-sidecar" },
    imagePullSecrets: references(pullSecrets),
    resources: resources("plugin-barman-cloud"),
    priorityClassName,
    crds: { create: true },
  }),
});
