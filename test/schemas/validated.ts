import type { Schema } from "../../review/kubernetes/schemas/schema";

/** What is asked of a field, of what it holds where it is a list or a map, and of the keys of a map. */
export interface Asked extends Omit<Schema, "of" | "fields" | "required"> {
  readonly values?: Omit<Schema, "of" | "fields" | "required">;
}

export interface AskedOfObject {
  readonly fields?: Readonly<Record<string, Asked>>;
  readonly required?: readonly string[];
}

const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const QUALIFIED = `(${SUBDOMAIN}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;

const labels: Asked = {
  keys: `^${QUALIFIED}$`,
  values: { is: "string", pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$" },
};
const name: Asked = { pattern: `^${SUBDOMAIN}$`, max: 253 };
const key: Asked = { pattern: "^[-._a-zA-Z0-9]+$", max: 253 };
const optionalName: Asked = { pattern: `^(${SUBDOMAIN})?$`, max: 253 };
/** Of a user or a group. */
const id: Asked = { min: 0, max: 2_147_483_647 };
const filled: Asked = { min: 1 };
const port: Asked = { is: "port" };
const portNumber: Asked = { min: 1, max: 65_535 };
const share: Asked = { is: "int-or-percent" };
const atLeast = (min: number): Asked => ({ min });
const oneOf = (...texts: string[]): Asked => ({ enum: texts });
const amounts: Asked = { keys: "^(cpu|memory|storage|pods|ephemeral-storage|hugepages-.+|[^/]+/.+)$" };

const core = (kind: string) => `io.k8s.api.core.v1.${kind}`;
const apps = (kind: string) => `io.k8s.api.apps.v1.${kind}`;
const batch = (kind: string) => `io.k8s.api.batch.v1.${kind}`;
const scaling = (kind: string) => `io.k8s.api.autoscaling.v2.${kind}`;
const rbac = (kind: string) => `io.k8s.api.rbac.v1.${kind}`;

/**
 * What the API server's validation asks of single fields, and the OpenAPI does not say, by the name of the schema there.
 * Sources: pkg/apis/{core,apps,batch,autoscaling,networking,policy,rbac}/validation of k8s.io/kubernetes
 */
export const VALIDATED: Readonly<Record<string, AskedOfObject>> = {
  "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": { fields: { labels, annotations: { keys: `(?i)^${QUALIFIED}$` } } },
  "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector": { fields: { matchLabels: labels } },
  "io.k8s.api.networking.v1.NetworkPolicyPort": {
    fields: { port, endPort: portNumber, protocol: oneOf("TCP", "UDP", "SCTP") },
  },
  "io.k8s.api.networking.v1.IPBlock": { fields: { cidr: { pattern: "^[0-9a-fA-F:.]+/[0-9]+$" } } },
  "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": { fields: { maxUnavailable: share, minAvailable: share } },
  [core("ConfigMapEnvSource")]: { fields: { name } },
  [core("ConfigMapKeySelector")]: { fields: { name, key } },
  [core("ConfigMapProjection")]: { fields: { name: filled }, required: ["name"] },
  [core("ConfigMapVolumeSource")]: { fields: { name: filled }, required: ["name"] },
  [core("Container")]: { fields: { image: filled }, required: ["image"] },
  [core("ContainerPort")]: { fields: { containerPort: portNumber } },
  [core("HTTPGetAction")]: { fields: { port } },
  [core("KeyToPath")]: { fields: { key: filled, path: filled } },
  [core("LimitRangeItem")]: {
    fields: {
      ...Object.fromEntries(["default", "defaultRequest", "max", "maxLimitRequestRatio", "min"].map((field) => [field, amounts])),
      type: { pattern: "^(Container|Pod|PersistentVolumeClaim|[^/]+/.+)$" },
    },
  },
  [core("HostPathVolumeSource")]: { fields: { path: filled } },
  [core("PodSecurityContext")]: { fields: { fsGroup: id, runAsGroup: id, runAsUser: id } },
  [core("SecurityContext")]: { fields: { runAsGroup: id, runAsUser: id } },
  [core("PodSpec")]: {
    fields: {
      activeDeadlineSeconds: atLeast(1),
      priorityClassName: optionalName,
      serviceAccountName: optionalName,
    },
  },
  [core("ServiceSpec")]: { fields: { selector: labels } },
  [core("PersistentVolumeClaimVolumeSource")]: { fields: { claimName: filled } },
  [core("Probe")]: { fields: { initialDelaySeconds: atLeast(0) } },
  [core("SecretEnvSource")]: { fields: { name } },
  [core("SecretKeySelector")]: { fields: { name, key } },
  [core("SecretProjection")]: { fields: { name: filled }, required: ["name"] },
  [core("SecretVolumeSource")]: { fields: { secretName: filled }, required: ["secretName"] },
  [core("ServicePort")]: {
    fields: {
      port: portNumber,
      targetPort: port,
      name: { pattern: `^(${DNS_LABEL})?$`, max: 63 },
      appProtocol: { pattern: `^${QUALIFIED}$` },
    },
  },
  [core("TCPSocketAction")]: { fields: { port } },
  [core("TopologySpreadConstraint")]: { fields: { maxSkew: atLeast(1), minDomains: atLeast(1), topologyKey: filled } },
  [apps("DeploymentSpec")]: {
    fields: {
      replicas: atLeast(0),
      minReadySeconds: atLeast(0),
      revisionHistoryLimit: atLeast(0),
      progressDeadlineSeconds: atLeast(0),
    },
  },
  [apps("StatefulSetSpec")]: { fields: { replicas: atLeast(0), minReadySeconds: atLeast(0), revisionHistoryLimit: atLeast(0) } },
  [apps("DaemonSetSpec")]: { fields: { minReadySeconds: atLeast(0), revisionHistoryLimit: atLeast(0) } },
  [apps("RollingUpdateDeployment")]: { fields: { maxSurge: share, maxUnavailable: share } },
  [apps("RollingUpdateDaemonSet")]: { fields: { maxSurge: share, maxUnavailable: share } },
  [apps("RollingUpdateStatefulSetStrategy")]: { fields: { partition: atLeast(0) } },
  [batch("JobSpec")]: {
    fields: {
      activeDeadlineSeconds: atLeast(0),
      backoffLimit: atLeast(0),
      completions: atLeast(0),
      parallelism: atLeast(0),
      ttlSecondsAfterFinished: atLeast(0),
    },
  },
  [batch("CronJobSpec")]: {
    fields: {
      failedJobsHistoryLimit: atLeast(0),
      startingDeadlineSeconds: atLeast(0),
      successfulJobsHistoryLimit: atLeast(0),
    },
  },
  [scaling("HorizontalPodAutoscaler")]: { required: ["spec"] },
  [scaling("HorizontalPodAutoscalerSpec")]: { fields: { maxReplicas: atLeast(1), minReplicas: atLeast(0) } },
  [scaling("CrossVersionObjectReference")]: { fields: { kind: filled, name: filled }, required: ["apiVersion"] },
  [scaling("ContainerResourceMetricSource")]: { fields: { container: filled, name: oneOf("cpu", "memory") } },
  [scaling("HPAScalingPolicy")]: {
    fields: { type: oneOf("Percent", "Pods"), value: atLeast(1), periodSeconds: { min: 1, max: 1800 } },
  },
  [scaling("HPAScalingRules")]: {
    fields: { selectPolicy: oneOf("Max", "Min", "Disabled"), stabilizationWindowSeconds: { min: 0, max: 3600 } },
  },
  [scaling("MetricSpec")]: { fields: { type: oneOf("ContainerResource", "External", "Object", "Pods", "Resource") } },
  [scaling("MetricTarget")]: { fields: { type: oneOf("AverageValue", "Utilization", "Value"), averageUtilization: atLeast(1) } },
  [rbac("RoleRef")]: {
    fields: { apiGroup: oneOf("rbac.authorization.k8s.io"), kind: oneOf("ClusterRole", "Role"), name: filled },
  },
  [rbac("Subject")]: { fields: { kind: oneOf("Group", "ServiceAccount", "User"), name: filled } },
  [rbac("PolicyRule")]: { fields: { verbs: atLeast(1) } },
};
