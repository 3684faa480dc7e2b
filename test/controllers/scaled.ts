import { CONTAINER } from "../../components/mes/role/container-name";
import type { ScaledRole } from "../../components/autoscaling/triggers";
import type { ApiClient } from "../cluster/api";
import type { KubernetesObject, Reporting } from "../cluster/resources";
import { until } from "../cluster/until";
import type { Hpa } from "./hpas";
import type { Behavior } from "./pace";
import { ofKind, type DeclaredStack } from "./stack";

/** The autoscaler of a role, as declared: KEDA's or Kubernetes' own. */
export interface Autoscaler {
  readonly role: string;
  readonly min: number;
  readonly max: number;
  readonly behavior: Behavior;
  /** Name of the HorizontalPodAutoscaler. */
  readonly hpa: string;
  /** When nothing can be measured. Kubernetes' own has none. */
  readonly fallback?: { readonly replicas: number };
  /** Numbers of pods that schedules ask for. */
  readonly schedules: readonly number[];
}

interface ScaledObject extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly fallback: { readonly replicas: number };
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly name: string; readonly behavior: Behavior } };
    readonly triggers: readonly { readonly type: string; readonly metadata: Readonly<Record<string, string>> }[];
  };
}

export function autoscalersOf(objects: readonly KubernetesObject[]): Autoscaler[] {
  const plain = ofKind<Hpa>(objects, "HorizontalPodAutoscaler").map(({ metadata, spec }) => ({
    role: spec.scaleTargetRef.name,
    min: spec.minReplicas,
    max: spec.maxReplicas,
    behavior: spec.behavior,
    hpa: metadata.name,
    schedules: [],
  }));
  const ofKeda = ofKind<ScaledObject>(objects, "ScaledObject").map(({ spec }) => ({
    role: spec.scaleTargetRef.name,
    min: spec.minReplicaCount,
    max: spec.maxReplicaCount,
    behavior: spec.advanced.horizontalPodAutoscalerConfig.behavior,
    hpa: spec.advanced.horizontalPodAutoscalerConfig.name,
    fallback: spec.fallback,
    schedules: spec.triggers.filter(({ type }) => type === "cron").map(({ metadata }) => Number(metadata.desiredReplicas)),
  }));
  return [...plain, ...ofKeda];
}

/** What the autoscalers' metrics are asked for. */
export function scaledRoles({ config, objects }: DeclaredStack): ScaledRole[] {
  return autoscalersOf(objects).map(({ role }) => ({ name: role, namespace: config.namespaces.prefix, container: CONTAINER }));
}

const KINDS = [
  ...["Namespace", "PriorityClass", "Certificate", "Secret", "ServiceAccount", "ConfigMap", "LimitRange", "ResourceQuota"],
  ...["Deployment", "PodDisruptionBudget", "HorizontalPodAutoscaler", "ScaledObject", "TriggerAuthentication"],
];

/** The objects of the roles' namespace that have to do with their number of pods. */
export function rolesOnly({ config, objects }: DeclaredStack): KubernetesObject[] {
  const namespace = config.namespaces.prefix;
  return objects.filter(({ kind, metadata }) => KINDS.includes(kind) && [undefined, namespace].includes(metadata.namespace));
}

/** The Secret by which KEDA finds the broker, as `up` fills it: a plan shows nothing of it. */
export function brokerSecret(objects: readonly KubernetesObject[], url: string): KubernetesObject {
  interface Authentication extends KubernetesObject {
    readonly spec: {
      readonly secretTargetRef: readonly { readonly parameter: string; readonly name: string; readonly key: string }[];
    };
  }
  const [authentication] = ofKind<Authentication>(objects, "TriggerAuthentication");
  const host = authentication?.spec.secretTargetRef.find(({ parameter }) => parameter === "host");
  if (authentication === undefined || host === undefined) throw new Error("no TriggerAuthentication names the broker's address");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: host.name, namespace: authentication.metadata.namespace },
    stringData: { [host.key]: url },
  };
}

/** Waits until KEDA has made an autoscaler of each ScaledObject. */
export async function untilReady(api: ApiClient, namespace: string, check: () => void): Promise<void> {
  await untilAll(api, scaledObjects(namespace), "Ready", check);
}

/** Waits until KEDA has seen that a role has something to do. */
export async function untilActive(api: ApiClient, namespace: string, role: string, check: () => void): Promise<void> {
  const path = `${scaledObjects(namespace)}/${role}`;
  const isActive = ({ status }: Reporting) =>
    status?.conditions?.some(({ type, status }) => type === "Active" && status === "True");
  await until(`${role} is active`, async () => isActive(await api.get<Reporting>(path)) === true, { check });
}

/** When KEDA last saw that a role had something to do, in milliseconds of the clock, whole seconds. */
export async function lastActiveTime(api: ApiClient, namespace: string, role: string): Promise<number> {
  const { status } = await api.get<{ status: { lastActiveTime: string } }>(`${scaledObjects(namespace)}/${role}`);
  return Date.parse(status.lastActiveTime);
}

/** Where the API lists KEDA's autoscalers of a namespace; each is called like its role. */
function scaledObjects(namespace: string): string {
  return `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects`;
}

/** Waits until each autoscaler gets all of its metrics. */
export async function untilMeasured(
  api: ApiClient,
  namespace: string,
  autoscalers: readonly Autoscaler[],
  check: () => void,
): Promise<void> {
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  await untilAll(api, path, "ScalingActive", check, autoscalers.length);
}

async function untilAll(api: ApiClient, path: string, condition: string, check: () => void, expected = 1): Promise<void> {
  const isMet = ({ status }: Reporting) =>
    status?.conditions?.some(({ type, status }) => type === condition && status === "True");
  await until(
    `each of ${path.split("/").at(-1)} is ${condition}`,
    async () => {
      const { items } = await api.get<{ items: Reporting[] }>(path);
      const unmet = items.filter((item) => isMet(item) !== true);
      if (items.length >= expected && unmet.length === 0) return true;
      const lines = unmet.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status?.conditions)}`);
      return [`there are ${items.length}`, ...lines].join("\n");
    },
    { check, seconds: 120 },
  );
}

/** What the autoscalers say of themselves, a line each. */
export async function conditionsOf(api: ApiClient, namespace: string): Promise<string> {
  const { items } = await api.get<{ items: Reporting[] }>(
    `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
  );
  const lines = items.flatMap(({ metadata: { name }, status }) =>
    (status?.conditions ?? []).map(({ type, status: value, message }) => `${name}: ${type} ${value}: ${message}`),
  );
  return lines.join("\n");
}
