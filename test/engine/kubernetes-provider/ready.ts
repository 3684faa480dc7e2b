import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, isNotFound } from "../../cluster/api";
import type { KubernetesObject } from "../../cluster/resources";
import { isObject } from "../provider/differences";

/* What the plug-in `kubernetes` waits for after it has created or changed an object. Source: pkg/await of pulumi-kubernetes v4. */

/** True when it is there, or what is missing. */
type Readiness = true | string;
type Live = KubernetesObject & {
  readonly metadata: { readonly generation?: number; readonly namespace?: string };
  readonly spec: Record<string, any>;
  readonly status?: Record<string, any>;
};

export interface Wait {
  readonly api: ApiClient;
  readonly path: string;
  readonly seconds: number;
}

/** Waits until an object works, and returns it; `problem` says why it does not, if it does not in time. */
export async function untilReady(
  declared: KubernetesObject,
  { api, path, seconds }: Wait,
): Promise<{ live: KubernetesObject; problem?: string }> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const live = await api.get<Live>(path);
    const readiness = await isReady(declared, live, api);
    if (readiness === true) return { live };
    if (Date.now() > deadline) return { live, problem: `${readiness}${await reasons(live, api)} (waited ${seconds} s)` };
    await sleep(250);
  }
}

async function isReady(declared: KubernetesObject, live: Live, api: ApiClient): Promise<Readiness> {
  const annotations = declared.metadata.annotations ?? {};
  if (annotations["pulumi.com/skipAwait"] === "true") return true;
  const waitFor = annotations["pulumi.com/waitFor"];
  if (waitFor !== undefined) return meets(live, waitFor);
  switch (`${live.apiVersion} ${live.kind}`) {
    case "apps/v1 Deployment":
    case "apps/v1 StatefulSet":
    case "apps/v1 DaemonSet":
      return rollout(live) ?? true;
    case "batch/v1 Job":
      return condition(live, "Complete") || "the job is not complete";
    case "v1 Service":
      return service(live, api);
    case "v1 ResourceQuota":
      return isDeepStrictEqual(live.status?.hard, live.spec.hard) || "no controller has counted for it yet";
    case "v1 PersistentVolumeClaim":
      return live.status?.phase === "Bound" || "the claim is not bound";
    default:
      return true;
  }
}

function rollout({ kind, metadata, spec, status = {} }: Live): string | undefined {
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return "no controller has seen it yet";
  const [wanted, updated, ready] =
    kind === "DaemonSet"
      ? [status.desiredNumberScheduled ?? 0, status.updatedNumberScheduled ?? 0, status.numberAvailable ?? 0]
      : [spec.replicas ?? 1, status.updatedReplicas ?? 0, status.availableReplicas ?? 0];
  if (updated < wanted) return `${updated} of ${wanted} pods are of this version`;
  if (ready < wanted) return `${ready} of ${wanted} pods are ready`;
  if (kind !== "DaemonSet" && (status.replicas ?? 0) > wanted) return "pods of the former version are still there";
  return undefined;
}

interface List {
  readonly items: readonly Live[];
}

/** What keeps its pods from working, as far as the API tells. */
async function reasons(live: Live, api: ApiClient): Promise<string> {
  if (!["apps/v1", "batch/v1"].includes(live.apiVersion)) return "";
  const own = ((live.status?.conditions ?? []) as { type: string; status: string; message?: string }[])
    .filter(({ type, status }) => type === "ReplicaFailure" && status === "True")
    .map(({ message }) => message ?? "");
  const path = `/api/v1/namespaces/${live.metadata.namespace ?? "default"}`;
  const selector = Object.entries((live.spec.selector?.matchLabels ?? {}) as object).map(([key, value]) => `${key}=${value}`);
  const { items: pods } = await api.get<List>(`${path}/pods?labelSelector=${encodeURIComponent(selector.join(","))}`);
  const ofPods = pods.flatMap((pod) =>
    ((pod.status?.conditions ?? []) as { status: string; message?: string }[])
      .filter(({ status, message }) => status === "False" && message !== undefined)
      .map(({ message }) => `pod ${pod.metadata.name}: ${message}`),
  );
  const { items: events } = await api.get<{ items: readonly { type: string; message: string }[] }>(
    `${path}/events?fieldSelector=${encodeURIComponent(`involvedObject.name=${live.metadata.name},type=Warning`)}`,
  );
  const all = new Set([...own, ...ofPods, ...events.map(({ message }) => message)]);
  return all.size === 0 ? "" : `: ${[...all].slice(0, 5).join("; ")}`;
}

async function service(live: Live, api: ApiClient): Promise<Readiness> {
  const { type, clusterIP, selector } = live.spec;
  if (type === "ExternalName" || clusterIP === "None" || selector === undefined) return true;
  const of = encodeURIComponent(`kubernetes.io/service-name=${live.metadata.name}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${live.metadata.namespace ?? "default"}/endpointslices?labelSelector=${of}`;
  const { items } = await api.get<{ items: readonly { endpoints?: readonly unknown[] }[] }>(path);
  if (!items.some(({ endpoints }) => (endpoints ?? []).length > 0)) return "the service leads to no pod";
  if (type === "LoadBalancer" && (live.status?.loadBalancer?.ingress ?? []).length === 0)
    return "the service has no address outside";
  return true;
}

function condition(live: Live, wanted: string, value = "True"): boolean {
  const conditions = (live.status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === wanted && status === value);
}

/** `condition=Ready`, `jsonpath={.status.applied}=true`, or a JSON list of such. */
function meets(live: Live, annotation: string): Readiness {
  const all = annotation.startsWith("[") ? (JSON.parse(annotation) as string[]) : [annotation];
  const missing = all.filter((one) => !meetsOne(live, one));
  return missing.length === 0 || `it has not come to ${missing.join(", ")}`;
}

function meetsOne(live: Live, wanted: string): boolean {
  const [, type, value] = /^condition=([^=]+)(?:=(.+))?$/.exec(wanted) ?? [];
  if (type !== undefined) return condition(live, type, value);
  const [, path, text] = /^jsonpath=\{\.([\w.]+)\}(?:=(.+))?$/.exec(wanted) ?? [];
  if (path === undefined) throw new Error(`the test provider does not know how to wait for ${wanted}`);
  const found = path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), live);
  return text === undefined ? found !== undefined : String(found) === text;
}

/** Waits until an object is gone. */
export async function untilGone({ api, path, seconds }: Wait): Promise<string | undefined> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      const live = await api.get<Live & { metadata: { finalizers?: string[] } }>(path);
      if (Date.now() > deadline)
        return `it is still there after ${seconds} s; finalizers: ${live.metadata.finalizers?.join(", ") ?? "none"}`;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
    await sleep(100);
  }
}
