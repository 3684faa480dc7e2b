import { byName, operator, references } from "../operator";

/** Memory: its chart. Supported Kubernetes: https://github.com/kubernetes-sigs/metrics-server#compatibility-matrix */
export const metricsServer = operator({
  purpose: "CPU and memory of pods, for scaling",
  chart: "metrics-server",
  repository: "https://kubernetes-sigs.github.io/metrics-server/",
  version: "3.13.1",
  appVersions: { chart: "3.13.1", programs: { "metrics-server": "0.8.1" } },
  oldestKubernetes: "1.31",
  namespace: "kube-system",
  apiGroups: [],
  definitions: { in: "nowhere" },
  after: [],
  pods: [
    {
      name: "metrics-server",
      labels: byName("metrics-server"),
      resources: { cpu: "20m", memory: "200Mi" },
      webhookPort: 10250,
      // It reads CPU and memory from the kubelets.
      nodePort: 10250,
    },
  ],
  values: ({ images: { repository, pullPolicy, pullSecrets }, replicas, resources, signedKubelets }) => ({
    replicas,
    // It is ready only once it has read from a kubelet.
    ...(signedKubelets ? {} : { args: ["--kubelet-insecure-tls"] }),
    image: { repository: repository("registry.k8s.io/metrics-server/metrics-server"), pullPolicy },
    imagePullSecrets: references(pullSecrets),
    resources: resources("metrics-server"),
    priorityClassName: "system-cluster-critical",
  }),
});
