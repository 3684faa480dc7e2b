import * as path from "node:path";
import { authority, authorityObject } from "../../certificates/authority";
import { CA_FILE, caVolume } from "../../certificates/trust";
import { renderedDefinitions } from "../definitions";
import { byName, operator } from "../operator";

/** Makes the operator trust the platform's CA, and that of a broker elsewhere. */
function trusting(ca: string | undefined) {
  const other = ca === undefined ? undefined : authority("broker", ca);
  const folders = [CA_FILE, ...(other === undefined ? [] : [other.file])].map((file) => path.posix.dirname(file));
  return {
    extraVolumes: [...caVolume.volumes, ...(other?.volumes ?? [])],
    extraVolumeMounts: [...caVolume.volumeMounts, ...(other?.volumeMounts ?? [])],
    extraEnvVars: [{ name: "SSL_CERT_DIR", value: ["/etc/ssl/certs", ...folders].join(":") }],
  };
}

/** In the release's own namespace, and made with it: its pods wait for it. */
function configMap(ca: string) {
  return { apiVersion: "v1", kind: "ConfigMap", ...authorityObject("broker", ca) };
}

/**
 * RabbitMQ's project publishes no chart: this is a community's. Memory: the project's manifests.
 * Supported Kubernetes: https://www.rabbitmq.com/kubernetes/operator/install-operator
 */
export const rabbitmq = operator({
  purpose: "the broker, its queues, exchanges and users",
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
      resources: { cpu: "20m", memory: "500Mi" },
      runsBrokers: true,
      metrics: { port: "http", portNumber: 9782, metrics: ["controller_runtime_*"], labels: ["controller", "result"] },
    },
    {
      name: "rabbitmq-topology-operator",
      labels: { ...byName("rabbitmq-cluster-operator"), "app.kubernetes.io/component": "messaging-topology-operator" },
      resources: { cpu: "20m", memory: "128Mi", memoryLimit: "512Mi" },
      webhookPort: 9443,
    },
  ],
  values: ({ images: { mirror, pullPolicy, pullSecrets }, replicas, resources, priorityClassName, brokerElsewhere }) => ({
    fullnameOverride: "rabbitmq-cluster-operator",
    global: { imageRegistry: mirror ?? "", imagePullSecrets: pullSecrets },
    // The chart's own policies let them send anywhere and receive from anywhere, and policies add up.
    clusterOperator: {
      // The chart cannot leave it out.
      replicaCount: brokerElsewhere === undefined ? replicas : 0,
      resources: resources("rabbitmq-cluster-operator"),
      priorityClassName,
      image: { pullPolicy },
      networkPolicy: { enabled: false },
      // They repeat what the definition refuses by itself, and would keep a broker from being changed while the operator is away.
      webhook: { enabled: false },
    },
    msgTopologyOperator: {
      replicaCount: replicas,
      networkPolicy: { enabled: false },
      resources: resources("rabbitmq-topology-operator"),
      priorityClassName,
      image: { pullPolicy },
      // It talks to the broker's management API over TLS and trusts the system's CAs only, which it reads once. The Secret
      // is not optional: the pod waits for it, so that it cannot start without the platform's CA.
      // Source: https://www.rabbitmq.com/kubernetes/operator/tls-topology-operator
      ...trusting(brokerElsewhere?.ca),
    },
    useCertManager: true,
    extraDeploy: [renderedDefinitions("rabbitmq"), ...(brokerElsewhere?.ca === undefined ? [] : [configMap(brokerElsewhere.ca)])],
  }),
});
