import type { Cluster } from "../cluster/cluster";
import { lightCluster } from "../cluster/light";
import type { NodePool } from "../cluster/nodes";
import { readStackFile, stackFilePath } from "../../stacks/config/load";
import type { StackConfig } from "../../stacks/config/schema";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { KubernetesTestProvider, type KubernetesProviderOptions } from "./kubernetes-provider/provider";
import { playOperators } from "./played-operators";

export interface StackCluster {
  readonly config: StackConfig;
  readonly cluster: Cluster;
  readonly provider: KubernetesTestProvider;
  stop(): Promise<void>;
}

export interface StackClusterOptions extends Partial<KubernetesProviderOptions> {
  /** The operators' CRDs are there. @default true */
  readonly crds?: boolean;
}

/** A light cluster as a stack file describes it: its nodes, its zones, its storage class; with what the stack expects on it. */
export async function stackCluster(stack: string, options: StackClusterOptions = {}): Promise<StackCluster> {
  const config = readStackFile(stackFilePath(PROJECT_DIRECTORY, stack)).config;
  const { crds = true, ...ofProvider } = options;
  const cluster = await lightCluster({
    crds,
    controllers: true,
    nodes: pools(config),
    storageClasses: [config.cluster.storageClass ?? "standard"],
  });
  const stopPlaying = playOperators(cluster.api);
  const provider = new KubernetesTestProvider({ contexts: { [config.cluster.context]: cluster.api }, ...ofProvider });
  return {
    config,
    cluster,
    provider,
    stop: async () => {
      await stopPlaying();
      await cluster.stop();
    },
  };
}

/** The nodes that a stack file declares. */
export function pools({ cluster }: StackConfig): NodePool[] {
  return Object.entries(cluster.nodePools).map(([name, { count, cpu, memory, gpus }]) => ({
    name,
    count,
    cpu: String(cpu),
    memory: String(memory),
    ...(gpus > 0 ? { extended: { "nvidia.com/gpu": String(gpus) }, labels: { "mes.platform/gpu": "true" } } : {}),
  }));
}
