import type { Cluster } from "../cluster";
import { authorityIn } from "../credentials";
import { startControlPlane } from "../control-plane";
import { startControllerManager, startScheduler } from "../controllers";
import { kubectl } from "../kubectl";
import { hasDefaultAccount, nodeIsReady, nodesAreReady } from "../ready";
import { Sandbox } from "../sandbox";
import { seedWithCrds } from "../seed";
import { makeTools, serverTool } from "../tools";
import { until } from "../until";
import { installStorageClasses, provideVolumes } from "../volumes";
import { debianPackages } from "../../helpers/debian";
import { cgroupHierarchies } from "./cgroups";
import { startDns } from "./dns";
import { imageStore } from "./images";
import { startNetwork } from "./network";
import { Node } from "./node";
import { readPodLogs } from "./pod-logs";
import { nodeVolumes } from "./volumes";

/** What has a program or a file, and the package that brings it. */
const PACKAGES = {
  containerd: "containerd",
  runc: "runc",
  "/usr/lib/cni/ptp": "containernetworking-plugins",
  iptables: "iptables",
  conntrack: "conntrack",
  ip: "iproute2",
  socat: "socat",
  nsenter: "util-linux",
};

export interface RealClusterOptions {
  /** Number of nodes: one to three, in as many zones. @default 3 */
  readonly nodes?: number;
  /** Names of images in `tools/images/catalogue` that pods can run; nothing can be pulled. @default none */
  readonly images?: readonly string[];
  /** The operators' CRDs are installed. @default false */
  readonly crds?: boolean;
  /** Names of storage classes, the default one first. @default "standard" and "gp3" */
  readonly storageClasses?: readonly string[];
  /** More flags for the servers. */
  readonly flags?: {
    readonly apiServer?: readonly string[];
    readonly controllerManager?: readonly string[];
    readonly scheduler?: readonly string[];
  };
}

/** A cluster in which pods really run, on nodes `node-a`, `node-b` and `node-c` in zones `zone-a`, `zone-b` and `zone-c`. */
export interface RealCluster extends Cluster {
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** Cuts a node's power: returns when nothing of it runs any more, before the control plane misses it. */
  killNode(name: string): Promise<void>;
  /** Switches a node on that was killed: returns when it is ready. Its disk is as it was. */
  startNode(name: string): Promise<void>;
  /** What the containers of a pod, or one of them, have printed in all their runs; also when the node is off. */
  podLogs(namespace: string, pod: string, container?: string): Promise<string>;
  /** Fails when a server has ended by itself, with the end of its log. */
  check(): void;
}

/**
 * Starts a cluster with real nodes. Takes root and cgroup v1; Debian's packages for it are installed if need be. Several can
 * run at once: each is in network, process and mount namespaces of its own.
 */
export async function realCluster(options: RealClusterOptions = {}): Promise<RealCluster> {
  const { nodes: count = 3, images = [], crds = false, storageClasses = ["standard", "gp3"], flags = {} } = options;
  if (!Number.isInteger(count) || count < 1 || count > 3) throw new Error(`a real cluster has one to three nodes, not ${count}`);
  await debianPackages(PACKAGES);
  await makeTools(
    ...(["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const).map(serverTool),
    ...["etcd", "kubectl", "kubelet", "kube-proxy", "coredns"],
  );
  const store = await imageStore(images);
  const seed = crds ? await seedWithCrds() : undefined;

  const hierarchies = cgroupHierarchies();
  const sandbox = new Sandbox("real-cluster", { hierarchies });
  const check = (): void => sandbox.check();
  try {
    const network = await startNetwork(sandbox, count);
    const nodes = Array.from(
      { length: count },
      (_, index) => new Node(sandbox, { index, nodes: count, network, hierarchies, store }),
    );
    const [controlPlane] = await Promise.all([
      startControlPlane(sandbox, { seed, flags: flags.apiServer, network }),
      ...nodes.map((node) => node.install()),
    ]);
    const { api, url, kubeconfigs } = controlPlane;
    startControllerManager(
      sandbox,
      controlPlane,
      ["*"],
      [
        // A node that has not been heard of for so long is not ready.
        "--node-monitor-grace-period=20s",
        ...(flags.controllerManager ?? []),
      ],
    );
    startScheduler(sandbox, controlPlane, flags.scheduler);
    const authority = authorityIn(sandbox.folder);
    const storage = nodeVolumes(nodes);
    await Promise.all([
      ...nodes.map((node) => node.enroll(controlPlane, authority)),
      startDns(sandbox, controlPlane, authority),
      installStorageClasses(api, storageClasses, storage),
    ]);
    await until("the nodes are ready", () => nodesAreReady(api, count), { check });
    await until("the controllers work", () => hasDefaultAccount(api), { check });
    await Promise.all(nodes.map((node) => until(`Services work on ${node.name}`, () => node.servesServices(), { check })));

    const stopVolumes = provideVolumes(api, storageClasses, storage);
    const nodeNamed = (name: string): Node => {
      const node = nodes.find((candidate) => candidate.name === name);
      if (node === undefined) throw new Error(`the cluster has no node ${name}`);
      return node;
    };
    return {
      url,
      api,
      kubeconfig: kubeconfigs.administrator,
      logs: sandbox.logs,
      nodes: nodes.map(({ name }) => name),
      kubectl: (...args) => kubectl(kubeconfigs.administrator, args),
      killNode: (name) => nodeNamed(name).kill(),
      startNode: async (name) => {
        const since = new Date();
        const node = nodeNamed(name);
        node.start();
        await until(`${name} is ready again`, () => nodeIsReady(api, name, since), { check });
        await until(`Services work on ${name}`, () => node.servesServices(), { check });
      },
      check,
      podLogs: (namespace, pod, container) => readPodLogs(nodes, namespace, pod, container),
      stop: async () => {
        await stopVolumes();
        api.close();
        await sandbox.stop();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}
