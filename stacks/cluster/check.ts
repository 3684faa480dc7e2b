import { isSupportedKubernetes, type KubernetesVersion, OLDEST_KUBERNETES } from "../../components/foundation/kubernetes";
import type { ClusterConfig, NamespacesConfig } from "../../components/foundation/config";
import { namespaceNames, STACK_ANNOTATION } from "../../components/foundation/namespaces";
import { PART_OF } from "../../components/objects/labels";
import { ClusterClient, type ClusterClientOptions } from "./client";
import { ClusterError } from "./error";
import { accessOf, readKubeconfig } from "./kubeconfig";

/** The stack that asks. */
export interface Asking {
  /** Its name, e.g. `prod`. */
  readonly stack: string;
  readonly cluster: Pick<ClusterConfig, "context" | "uid">;
  readonly namespaces: Pick<NamespacesConfig, "prefix">;
}

/** Where the API server lists the namespaces of all stacks of this platform. */
const NAMESPACES_OF_STACKS = `/api/v1/namespaces?${new URLSearchParams({
  labelSelector: `app.kubernetes.io/part-of=${PART_OF},app.kubernetes.io/component=foundation`,
}).toString()}`;

interface NamespaceList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  }[];
}

/**
 * Asks the cluster who it is, before anything is planned against it or done to it. The Kubernetes plug-in does not: a preview with a context
 * that is not there, or a cluster that is away, ends well and says that nothing changes.
 * @throws ClusterError when it cannot be asked, is another one than the stack file says, is too old, or has another stack already
 */
export async function checkCluster(asking: Asking, options: ClusterClientOptions = {}): Promise<void> {
  const { context, uid } = asking.cluster;
  const client = await ClusterClient.of(context, accessOf(readKubeconfig(options.environment), context), options);
  const [version, system, { items }] = await Promise.all([
    client.get<KubernetesVersion & { readonly gitVersion?: string }>("/version"),
    client.get<{ readonly metadata: { readonly uid: string } }>("/api/v1/namespaces/kube-system"),
    client.get<NamespaceList>(NAMESPACES_OF_STACKS),
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
  const others = othersOf(asking, items);
  if (others.length === 0) return;
  const message = `the cluster has another stack of this platform (${others.join(", ")}): operators with their definitions, network policies, the CA and ports of the nodes can be there once only; this one needs a cluster of its own (docs/operations.md)`;
  throw new ClusterError("context", message);
}

/** Namespaces of other stacks, with the stack's name where they tell it. */
function othersOf({ stack, namespaces }: Asking, found: NamespaceList["items"]): string[] {
  const own: readonly string[] = Object.values(namespaceNames(namespaces.prefix));
  return found.flatMap(({ metadata: { name, annotations } }) => {
    const owner = annotations?.[STACK_ANNOTATION];
    // Those of older versions do not tell whose they are.
    if (owner === stack || (owner === undefined && own.includes(name))) return [];
    return [owner === undefined ? `namespace ${name}` : `namespace ${name} of stack ${owner}`];
  });
}
