import type { ApiClient } from "../cluster/api";
import type { Reporting } from "../cluster/resources";

/** The custom resources that an operator has to bring about, and the condition by which it says that it has. */
const REPORTED: readonly {
  readonly group: string;
  readonly resources: readonly string[];
  readonly conditions: readonly string[];
}[] = [
  { group: "cert-manager.io/v1", resources: ["certificates", "clusterissuers"], conditions: ["Ready"] },
  { group: "postgresql.cnpg.io/v1", resources: ["clusters"], conditions: ["Ready"] },
  {
    group: "rabbitmq.com/v1beta1",
    resources: ["rabbitmqclusters"],
    conditions: ["AllReplicasReady", "ClusterAvailable", "ReconcileSuccess"],
  },
  {
    group: "rabbitmq.com/v1beta1",
    resources: ["vhosts", "exchanges", "queues", "bindings", "policies", "operatorpolicies", "users", "permissions"],
    conditions: ["Ready"],
  },
];

/** What the operators have not brought about yet, and the pods that do not work: `Kind name: why`. */
export async function unfinished(api: ApiClient): Promise<string[]> {
  return [...(await unreported(api)), ...(await shortOfPods(api))];
}

interface Replicated {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number; readonly updatedReplicas?: number; readonly replicas?: number };
}

async function shortOfPods(api: ApiClient): Promise<string[]> {
  const found = await Promise.all(
    ["deployments", "statefulsets"].map(async (resource) => {
      const { items } = await api.get<{ items: Replicated[] }>(`/apis/apps/v1/${resource}`);
      return items.flatMap(({ metadata, spec: { replicas = 1 }, status = {} }) => {
        const { readyReplicas = 0, updatedReplicas = 0, replicas: all = 0 } = status;
        if ([readyReplicas, updatedReplicas, all].every((count) => count === replicas)) return [];
        return [`${resource} ${metadata.name}: ${readyReplicas} of ${replicas} pods are ready`];
      });
    }),
  );
  return found.flat();
}

async function unreported(api: ApiClient): Promise<string[]> {
  const found = await Promise.all(
    REPORTED.flatMap(({ group, resources, conditions }) =>
      resources.map(async (resource) => {
        const { items } = await api.get<{ items: Reporting[] }>(`/apis/${group}/${resource}`);
        return items.flatMap(({ metadata, status }) =>
          conditions.flatMap((type) => {
            const condition = status?.conditions?.find((one) => one.type === type);
            if (condition?.status === "True") return [];
            return [
              `${resource} ${metadata.name}: ${type} is ${condition?.status ?? "not told"}: ${condition?.message ?? condition?.reason ?? ""}`,
            ];
          }),
        );
      }),
    ),
  );
  return found.flat();
}
