import * as path from "node:path";
import { CA_FILE, caVolume } from "../certificates/trust";
import { mirrored, pullSecretNames } from "../images/resolve";
import type { ImagesConfig } from "../images/config";
import { KEPT, renderedDefinitions } from "./definitions";
import type { OperatorPodsName } from "./endpoints";
import type { OperatorName } from "./names";
import { OPERATOR_RESOURCES, requirements, type OperatorResources } from "./resources";

export interface ValuesArgs {
  readonly images: ImagesConfig;
  readonly replicas: number;
  /** Of each pod. @default those of `OPERATOR_RESOURCES` */
  readonly resources?: OperatorResources;
  readonly priorityClassName: string;
  /** The kubelets' certificates are of the cluster's CA. */
  readonly signedKubelets: boolean;
}

/**
 * Values of each operator's Helm chart: only the operator itself, sized, on the registry mirror. What the operators run
 * (databases, brokers, Prometheus) is declared by the platform, not by a chart.
 */
export function chartValues(operator: OperatorName, args: ValuesArgs): Record<string, unknown> {
  const { images, replicas, priorityClassName } = args;
  const resources = (pods: OperatorPodsName) => {
    const own = args.resources ?? OPERATOR_RESOURCES[pods];
    return own && requirements(own);
  };
  const secretNames = pullSecretNames(images);
  const imagePullSecrets = secretNames.map((name) => ({ name }));
  const pullPolicy = images.pullPolicy;
  /** Whole repository on the mirror. */
  const repository = (name: string) => mirrored(name, images.registry);
  /** Registry host apart, for charts that want it so. */
  const registry = (host: string) => images.registry ?? host;

  switch (operator) {
    case "cert-manager":
      return {
        crds: { enabled: true, keep: true },
        global: { imagePullSecrets, priorityClassName },
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
      };
    case "cloudnative-pg":
      return {
        replicaCount: replicas,
        image: { repository: repository("ghcr.io/cloudnative-pg/cloudnative-pg"), pullPolicy },
        imagePullSecrets,
        resources: resources("cloudnative-pg"),
        priorityClassName,
        crds: { create: true },
        monitoring: { podMonitorEnabled: false },
      };
    case "barman-cloud":
      return {
        replicaCount: replicas,
        image: { registry: registry("ghcr.io"), repository: "cloudnative-pg/plugin-barman-cloud", pullPolicy },
        sidecarImage: { registry: registry("ghcr.io"), repository: "cloudnative-pg/plugin-barman-cloud-sidecar" },
        imagePullSecrets,
        resources: resources("plugin-barman-cloud"),
        priorityClassName,
        crds: { create: true },
      };
    case "rabbitmq":
      return {
        fullnameOverride: "rabbitmq-cluster-operator",
        global: { imageRegistry: images.registry ?? "", imagePullSecrets: secretNames },
        // The chart's own policies let them send anywhere and receive from anywhere, and policies add up.
        clusterOperator: {
          replicaCount: replicas,
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
          extraVolumes: caVolume.volumes,
          extraVolumeMounts: caVolume.volumeMounts,
          extraEnvVars: [{ name: "SSL_CERT_DIR", value: `/etc/ssl/certs:${path.posix.dirname(CA_FILE)}` }],
        },
        useCertManager: true,
        extraDeploy: [renderedDefinitions(operator)],
      };
    case "prometheus-operator":
      return {
        fullnameOverride: "kube-prometheus-stack",
        // They come with a release of their own: Helm never updates those of the chart's folder crds/.
        crds: { enabled: false },
        global: { imageRegistry: images.registry ?? "", imagePullSecrets },
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
      };
    case "keda":
      return {
        global: { image: { registry: images.registry ?? null } },
        imagePullSecrets,
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
      };
    case "metrics-server":
      return {
        replicas,
        // It is ready only once it has read from a kubelet.
        ...(args.signedKubelets ? {} : { args: ["--kubelet-insecure-tls"] }),
        image: { repository: repository("registry.k8s.io/metrics-server/metrics-server"), pullPolicy },
        imagePullSecrets,
        resources: resources("metrics-server"),
        priorityClassName: "system-cluster-critical",
      };
  }
}
