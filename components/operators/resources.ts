import { bytes, parseBytes, resources, type Resources } from "../schema";
import type { OperatorPodsName } from "./endpoints";

/** Requests and limits of a pod of an operator. Most of the time it needs little, and more while it starts or has much to look at. */
export interface OperatorResources extends Resources {
  /** @default the request */
  readonly memoryLimit?: string;
}

export const operatorResources = resources
  .safeExtend({
    memory: bytes.describe("memory request of one pod"),
    memoryLimit: bytes.optional().describe("memory limit of one pod; default: the request"),
  })
  .superRefine(({ memory, memoryLimit }, context) => {
    if (memoryLimit !== undefined && parseBytes(memoryLimit) < parseBytes(memory))
      context.addIssue({ code: "custom", path: ["memoryLimit"], message: `is below the request (${memory})` });
  });

/** As a container has them. */
export function requirements({ cpu, cpuLimit, memory, memoryLimit = memory }: OperatorResources) {
  return {
    requests: { cpu, memory },
    limits: { memory: memoryLimit, ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }) },
  };
}

/**
 * Of one pod each, but for the charts' jobs, which take the namespace's defaults. The memory is at least what the projects themselves ask for:
 * the manifests of CloudNativePG's, RabbitMQ's and Prometheus' operators and the charts of KEDA and metrics-server do; the chart of the
 * plug-in suggests it in a comment. cert-manager's names none.
 */
export const OPERATOR_RESOURCES: Readonly<Partial<Record<OperatorPodsName, OperatorResources>>> = {
  "cert-manager": { cpu: "10m", memory: "128Mi", memoryLimit: "256Mi" },
  "cert-manager-webhook": { cpu: "10m", memory: "64Mi", memoryLimit: "128Mi" },
  "cert-manager-cainjector": { cpu: "10m", memory: "128Mi", memoryLimit: "256Mi" },
  "cloudnative-pg": { cpu: "50m", memory: "128Mi", memoryLimit: "256Mi" },
  "plugin-barman-cloud": { cpu: "10m", memory: "128Mi", memoryLimit: "256Mi" },
  "rabbitmq-cluster-operator": { cpu: "20m", memory: "500Mi" },
  "rabbitmq-topology-operator": { cpu: "20m", memory: "128Mi", memoryLimit: "512Mi" },
  "prometheus-operator": { cpu: "20m", memory: "128Mi", memoryLimit: "256Mi" },
  "keda-operator": { cpu: "20m", memory: "128Mi", memoryLimit: "1000Mi" },
  "keda-metrics-apiserver": { cpu: "20m", memory: "128Mi", memoryLimit: "1000Mi" },
  "keda-admission-webhooks": { cpu: "20m", memory: "100Mi", memoryLimit: "1000Mi" },
  "metrics-server": { cpu: "20m", memory: "200Mi" },
};
