import { parseAllDocuments } from "yaml";
import type { ApiClient } from "../cluster/api";
import { Applier } from "../cluster/apply";
import type { Cluster } from "../cluster/cluster";
import type { KubernetesObject } from "../cluster/resources";

/** The objects that a kustomization makes. */
export async function kustomized(cluster: Cluster, folder: string): Promise<KubernetesObject[]> {
  const text = await cluster.kubectl("kustomize", folder);
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

const STAGES = [["Namespace"], ["ServiceAccount", "ConfigMap", "Role", "ClusterRole"], ["RoleBinding", "ClusterRoleBinding"]];

/** Applies those of an operator's manifests that must be there before it starts: its account, its settings, its rights. */
export async function installAccount(api: ApiClient, manifests: readonly KubernetesObject[]): Promise<void> {
  const applier = new Applier(api);
  for (const kinds of STAGES) await applier.applyAll(manifests.filter(({ kind }) => kinds.includes(kind)));
}
