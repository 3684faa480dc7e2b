import type { KubernetesObject } from "./resources";

/** Size of a node, as quantities of Kubernetes. */
interface NodeSize {
  readonly cpu: string;
  readonly memory: string;
  /** @default "110" */
  readonly pods?: string;
  /** @default "100Gi" */
  readonly ephemeralStorage?: string;
  /** Other resources, e.g. `nvidia.com/gpu: "1"`. */
  readonly extended?: Readonly<Record<string, string>>;
}

export interface NodePool extends NodeSize {
  /** Nodes are called after it, with a number. */
  readonly name: string;
  /** Spread over the zones in turn. */
  readonly count: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

export const ZONES: readonly string[] = ["zone-a", "zone-b", "zone-c"];

/** Nodes that exist in the API only; kwok keeps them ready and says of pods placed on them that they run. */
export function simulatedNodes(pools: readonly NodePool[], zones: readonly string[] = ZONES): KubernetesObject[] {
  return pools.flatMap((pool) =>
    Array.from({ length: pool.count }, (_, index) => simulatedNode(pool, index, zones[index % zones.length] ?? "zone-a")),
  );
}

function simulatedNode(pool: NodePool, index: number, zone: string): KubernetesObject {
  const name = `${pool.name}-${index + 1}`;
  const capacity = {
    cpu: pool.cpu,
    memory: pool.memory,
    pods: pool.pods ?? "110",
    "ephemeral-storage": pool.ephemeralStorage ?? "100Gi",
    ...pool.extended,
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": "test",
        "topology.kubernetes.io/zone": zone,
        "node.kubernetes.io/instance-type": pool.name,
        ...pool.labels,
      },
    },
    spec: { taints: pool.taints ?? [] },
    status: { capacity, allocatable: capacity },
  };
}
