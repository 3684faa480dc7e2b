import type { Cluster } from "./cluster";
import { startControlPlane } from "./control-plane";
import { startControllerManager, startKwok, startScheduler } from "./controllers";
import { kubectl } from "./kubectl";
import { type NodePool, simulatedNodes } from "./nodes";
import { hasDefaultAccount, nodesAreReady } from "./ready";
import { Sandbox } from "./sandbox";
import { seedWithCrds } from "./seed";
import { makeTools, serverTool } from "./tools";
import { until } from "./until";
import { installStorageClasses, provideVolumes, SIMULATED } from "./volumes";

export interface LightClusterOptions {
  /** The operators' CRDs are installed. @default false */
  readonly crds?: boolean;
  /** Run the controllers of Kubernetes: all of them, or those named as in `--controllers`. @default false */
  readonly controllers?: boolean | readonly string[];
  /** Place pods on nodes. @default true when there are nodes */
  readonly scheduler?: boolean;
  /** Simulated nodes, spread over three zones. @default none */
  readonly nodes?: readonly NodePool[];
  /**
   * Names of storage classes whose volumes are simulated, the default one first.
   * @default "standard" when there are nodes and controllers
   */
  readonly storageClasses?: readonly string[];
  /** More flags for the servers. */
  readonly flags?: {
    readonly apiServer?: readonly string[];
    readonly controllerManager?: readonly string[];
    readonly scheduler?: readonly string[];
  };
}

/**
 * Starts a real API server, with RBAC and Pod Security on, and as much of Kubernetes behind it as asked for. No container
 * runs: pods on simulated nodes only say that they do. Takes seconds; several can run at once.
 */
export async function lightCluster(options: LightClusterOptions = {}): Promise<Cluster> {
  const { crds = false, nodes = [], scheduler = nodes.length > 0, flags = {} } = options;
  const controllers = controllersOf(options);
  const { storageClasses = nodes.length > 0 && controllers.includes("*") ? ["standard"] : [] } = options;
  await makeTools(
    ...["etcd", serverTool("kube-apiserver"), "kubectl"],
    ...(controllers.length > 0 ? [serverTool("kube-controller-manager")] : []),
    ...(scheduler ? [serverTool("kube-scheduler")] : []),
    ...(nodes.length > 0 ? ["kwok"] : []),
  );
  const seed = crds ? await seedWithCrds() : undefined;

  const sandbox = new Sandbox("light-cluster");
  try {
    const controlPlane = await startControlPlane(sandbox, { seed, flags: flags.apiServer });
    const { api, url, kubeconfigs } = controlPlane;
    if (controllers.length > 0) startControllerManager(sandbox, controlPlane, controllers, flags.controllerManager);
    if (scheduler) startScheduler(sandbox, controlPlane, flags.scheduler);
    if (nodes.length > 0) await startKwok(sandbox, controlPlane);
    const check = (): void => sandbox.check();
    if (storageClasses.length > 0) await installStorageClasses(api, storageClasses, SIMULATED);
    const created = simulatedNodes(nodes);
    await Promise.all(created.map((node) => api.request("POST", "/api/v1/nodes", { body: node })));
    if (created.length > 0) await until("the nodes are ready", () => nodesAreReady(api, created.length), { check });
    if (controllers.includes("*")) await until("the controllers work", () => hasDefaultAccount(api), { check });

    const stopVolumes = storageClasses.length > 0 ? provideVolumes(api, storageClasses, SIMULATED) : undefined;
    return {
      url,
      api,
      kubeconfig: kubeconfigs.administrator,
      logs: sandbox.logs,
      kubectl: (...args) => kubectl(kubeconfigs.administrator, args),
      stop: async () => {
        await stopVolumes?.();
        api.close();
        await sandbox.stop();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

function controllersOf({ controllers = false }: LightClusterOptions): readonly string[] {
  if (controllers === true) return ["*"];
  return controllers === false ? [] : controllers;
}
