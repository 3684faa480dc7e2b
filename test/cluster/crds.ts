import type { ApiClient } from "./api";
import { Applier } from "./apply";
import { readManifests } from "./manifests";
import type { KubernetesObject } from "./resources";
import { CRDS, makeTools } from "./tools";
import { until } from "./until";

/** Installs the CRDs of every operator that the components write resources for, and waits until they are served. */
export async function installCrds(api: ApiClient): Promise<void> {
  await makeTools("crds");
  const crds = (await readManifests(CRDS)).map(({ object }) => object);
  await new Applier(api).applyAll(crds);
  await waitUntilServed(api, crds);
}

interface CrdList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Waits until the API server serves what these CRDs define. */
export async function waitUntilServed(api: ApiClient, crds: readonly KubernetesObject[]): Promise<void> {
  const names = new Set(crds.map(({ metadata }) => metadata.name));
  await until("the CRDs are established", async () => {
    const { items } = await api.get<CrdList>("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    const missing = items
      .filter(({ metadata }) => names.has(metadata.name))
      .filter(({ status }) => !isEstablished(status?.conditions ?? []))
      .map(({ metadata }) => metadata.name);
    return missing.length === 0 ? true : `not yet: ${missing.join(", ")}`;
  });
}

function isEstablished(conditions: readonly { readonly type: string; readonly status: string }[]): boolean {
  return conditions.some(({ type, status }) => type === "Established" && status === "True");
}
