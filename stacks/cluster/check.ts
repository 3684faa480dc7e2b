import { isSupportedKubernetes, type KubernetesVersion, OLDEST_KUBERNETES } from "../../components/foundation/kubernetes";
import type { ClusterConfig } from "../../components/foundation/config";
import { ClusterClient, type ClusterClientOptions } from "./client";
import { ClusterError } from "./error";
import { accessOf, readKubeconfig } from "./kubeconfig";

/**
 * Asks the cluster who it is, before anything is planned against it or done to it. The Kubernetes plug-in does not: a preview with a context
 * that is not there, or a cluster that is away, ends well and says that nothing changes.
 * @throws ClusterError when it cannot be asked, is another one than the stack file says, or is too old
 */
export async function checkCluster(
  { context, uid }: Pick<ClusterConfig, "context" | "uid">,
  options: ClusterClientOptions = {},
): Promise<ClusterClient> {
  const client = await ClusterClient.of(context, accessOf(readKubeconfig(options.environment), context), options);
  const [version, system] = await Promise.all([
    client.get<KubernetesVersion & { readonly gitVersion?: string }>("/version"),
    client.get<{ readonly metadata: { readonly uid: string } }>("/api/v1/namespaces/kube-system"),
  ]);
  const found = system.metadata.uid;
  if (uid !== undefined && found !== uid.toLowerCase()) {
    const message = `the context ${context} leads to another cluster, ${client.address}: the UID of its kube-system is ${found}`;
    throw new ClusterError("uid", message);
  }
  if (!isSupportedKubernetes(version)) {
    const message = `the cluster has Kubernetes ${version.gitVersion ?? ""}; ${OLDEST_KUBERNETES} is the oldest version that works`;
    throw new ClusterError("context", message);
  }
  return client;
}
