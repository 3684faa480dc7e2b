import { type ApiClient, ApiError } from "../cluster/api";
import type { KubernetesObject } from "../cluster/resources";
import { ofKind } from "./stack";

export interface Budget {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly expectedPods: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly disruptionsAllowed: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Those of the declared budgets that are there; operators make more. */
export async function budgets(api: ApiClient, declared: readonly KubernetesObject[]): Promise<Budget[]> {
  const names = new Set(ofKind(declared, "PodDisruptionBudget").map(nameOf));
  const { items } = await api.get<{ items: Budget[] }>("/apis/policy/v1/poddisruptionbudgets");
  return items.filter((budget) => names.has(nameOf(budget)));
}

function nameOf({ metadata: { namespace, name } }: Pick<KubernetesObject, "metadata">): string {
  return `${namespace}/${name}`;
}

export async function podsOf(api: ApiClient, { metadata, spec }: Budget): Promise<Pod[]> {
  const selector = Object.entries(spec.selector.matchLabels).map(([name, value]) => `${name}=${value}`);
  const query = `labelSelector=${encodeURIComponent(selector.join(","))}`;
  return (await api.get<{ items: Pod[] }>(`/api/v1/namespaces/${metadata.namespace}/pods?${query}`)).items;
}

export function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
}

/** Asks for the eviction of a pod, as a drain does. Returns the status of the answer: 201, or 429 when its budget is used up. */
export async function evict(
  api: ApiClient,
  { metadata: { name, namespace } }: Pod,
): Promise<{ status: number; message: string }> {
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  try {
    const { status } = await api.request("POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body });
    return { status, message: "" };
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, message: error.message };
    throw error;
  }
}
