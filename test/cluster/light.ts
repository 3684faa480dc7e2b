import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { freePort, ownLoopbackAddress } from "./address";
import { ApiClient } from "./api";
import { type Credentials, createCredentials } from "./credentials";
import type { Cluster } from "./cluster";
import { installCrds } from "./crds";
import { writeKubeconfig } from "./kubeconfig";
import { type NodePool, simulatedNodes } from "./nodes";
import { readPair } from "./certificates";
import { Sandbox } from "./sandbox";
import { makeTools, toolPath } from "./tools";
import { until } from "./until";

const run = promisify(execFile);

export interface LightClusterOptions {
  /** Install the CRDs of the operators. @default false */
  readonly crds?: boolean;
  /** Run the controllers of Kubernetes: all of them, or those named as in `--controllers`. @default false */
  readonly controllers?: boolean | readonly string[];
  /** Place pods on nodes. @default true when there are nodes */
  readonly scheduler?: boolean;
  /** Simulated nodes, spread over three zones. @default none */
  readonly nodes?: readonly NodePool[];
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
  const plan = withDefaults(options);
  await makeTools("etcd", "kube-apiserver", "kubectl", ...plan.servers);
  const sandbox = new Sandbox("light-cluster");
  try {
    return await startIn(sandbox, plan, options);
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

interface StartPlan {
  /** What runs beside the API server. */
  readonly servers: readonly ("kube-controller-manager" | "kube-scheduler" | "kwok")[];
  /** Value of the controller manager's `--controllers`. */
  readonly controllers: string;
}

function withDefaults({ controllers = false, nodes = [], scheduler = nodes.length > 0 }: LightClusterOptions): StartPlan {
  return {
    servers: [
      ...(controllers === false ? [] : (["kube-controller-manager"] as const)),
      ...(scheduler ? (["kube-scheduler"] as const) : []),
      ...(nodes.length > 0 ? (["kwok"] as const) : []),
    ],
    controllers: typeof controllers === "boolean" ? "*" : controllers.join(","),
  };
}

async function startIn(sandbox: Sandbox, plan: StartPlan, options: LightClusterOptions): Promise<Cluster> {
  const address = ownLoopbackAddress();
  const etcd = await startEtcd(sandbox, address);
  const credentials = await createCredentials(sandbox.folder, address);
  const url = `https://${address}:${await freePort(address)}`;
  startApiServer(sandbox, url, etcd, credentials, options.flags?.apiServer);

  const kubeconfigs = await writeKubeconfigs(sandbox, url, credentials);
  const { certificate: ca } = await readPair(credentials.authority);
  const api = new ApiClient(url, { ca, ...(await readPair(credentials.administrator)) });
  const check = (): void => sandbox.check();
  await until("the API server is ready", () => succeeds(api, "/readyz"), { check });

  if (plan.servers.includes("kube-controller-manager")) {
    startControllerManager(sandbox, kubeconfigs.controllerManager, credentials, plan, options.flags?.controllerManager);
  }
  if (plan.servers.includes("kube-scheduler")) {
    sandbox.start("kube-scheduler", toolPath("kube-scheduler"), [
      `--kubeconfig=${kubeconfigs.scheduler}`,
      "--leader-elect=false",
      "--secure-port=0",
      ...(options.flags?.scheduler ?? []),
    ]);
  }
  if (plan.servers.includes("kwok")) await startKwok(sandbox, kubeconfigs.administrator);
  const nodes = simulatedNodes(options.nodes ?? []);
  await Promise.all([
    options.crds === true ? installCrds(api) : undefined,
    ...nodes.map((node) => api.request("POST", "/api/v1/nodes", { body: node })),
  ]);
  await untilSettled(sandbox, api, plan, nodes.length);

  return {
    url,
    kubeconfig: kubeconfigs.administrator,
    api,
    logs: sandbox.logs,
    kubectl: async (...args) => {
      const { stdout } = await run(toolPath("kubectl"), ["--kubeconfig", kubeconfigs.administrator, ...args], {
        maxBuffer: 256 * 1024 * 1024,
      });
      return stdout;
    },
    stop: async () => {
      api.close();
      await sandbox.stop();
    },
  };
}

/** Returns the address at which it serves. */
async function startEtcd(sandbox: Sandbox, address: string): Promise<string> {
  const [clients, peers] = [await freePort(address), await freePort(address)];
  const clientUrl = `http://${address}:${clients}`;
  const peerUrl = `http://${address}:${peers}`;
  sandbox.start("etcd", toolPath("etcd"), [
    `--data-dir=${sandbox.file("etcd")}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // Nobody reads the data after a crash.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ]);
  return clientUrl;
}

function startApiServer(
  sandbox: Sandbox,
  url: string,
  etcd: string,
  credentials: Credentials,
  flags: readonly string[] = [],
): void {
  const { hostname, port } = new URL(url);
  sandbox.start("kube-apiserver", toolPath("kube-apiserver"), [
    `--etcd-servers=${etcd}`,
    `--bind-address=${hostname}`,
    `--secure-port=${port}`,
    `--advertise-address=${hostname}`,
    // No pod would reach a loopback address, and endpoints may not hold one.
    "--endpoint-reconciler-type=none",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--allow-privileged=true",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--anonymous-auth=false",
    `--client-ca-file=${credentials.authority.certificate}`,
    `--tls-cert-file=${credentials.apiServer.certificate}`,
    `--tls-private-key-file=${credentials.apiServer.key}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${credentials.serviceAccountKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    // For APIs that are served by others behind this server, as those of metrics.
    `--requestheader-client-ca-file=${credentials.proxyAuthority.certificate}`,
    "--requestheader-allowed-names=front-proxy",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${credentials.proxy.certificate}`,
    `--proxy-client-key-file=${credentials.proxy.key}`,
    ...flags,
  ]);
}

function startControllerManager(
  sandbox: Sandbox,
  kubeconfig: string,
  credentials: Credentials,
  plan: StartPlan,
  flags: readonly string[] = [],
): void {
  sandbox.start("kube-controller-manager", toolPath("kube-controller-manager"), [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${plan.controllers}`,
    // Each controller has its own account and rights, as in production.
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    // Pods get it to know the API server by.
    `--root-ca-file=${credentials.authority.certificate}`,
    `--cluster-signing-cert-file=${credentials.authority.certificate}`,
    `--cluster-signing-key-file=${credentials.authority.key}`,
    "--leader-elect=false",
    "--secure-port=0",
    ...flags,
  ]);
}

async function startKwok(sandbox: Sandbox, kubeconfig: string): Promise<void> {
  // Without one it would read the user's.
  const config = sandbox.file("kwok.yaml");
  await writeFile(config, "apiVersion: config.kwok.x-k8s.io/v1alpha1\nkind: KwokConfiguration\n");
  sandbox.start("kwok", toolPath("kwok"), [
    `--kubeconfig=${kubeconfig}`,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
    "--cidr=10.128.0.0/9",
    `--config=${config}`,
  ]);
}

async function writeKubeconfigs(
  sandbox: Sandbox,
  url: string,
  credentials: Credentials,
): Promise<{ administrator: string; controllerManager: string; scheduler: string }> {
  const write = async (name: "administrator" | "controllerManager" | "scheduler"): Promise<string> => {
    const file = sandbox.file(`${name}.kubeconfig`);
    await writeKubeconfig(file, url, credentials.authority, credentials[name]);
    return file;
  };
  const [administrator, controllerManager, scheduler] = await Promise.all([
    write("administrator"),
    write("controllerManager"),
    write("scheduler"),
  ]);
  return { administrator, controllerManager, scheduler };
}

async function succeeds(api: ApiClient, path: string): Promise<true> {
  await api.request("GET", path);
  return true;
}

/** Waits until a pod could be created and, if there are nodes, placed. */
async function untilSettled(sandbox: Sandbox, api: ApiClient, plan: StartPlan, nodes: number): Promise<void> {
  const check = (): void => sandbox.check();
  if (plan.controllers === "*" && plan.servers.includes("kube-controller-manager")) {
    await until("the controllers work", () => succeeds(api, "/api/v1/namespaces/default/serviceaccounts/default"), { check });
  }
  if (nodes === 0) return;
  const nodesAreReady = async (): Promise<true | string> => {
    const { items } = await api.get<NodeList>("/api/v1/nodes");
    const ready = items.filter(({ status, spec }) => isReady(status?.conditions) && !isNotReadyTainted(spec?.taints));
    return ready.length === nodes || `${ready.length} of ${nodes} are`;
  };
  await until("the nodes are ready", nodesAreReady, { check });
}

interface NodeList {
  readonly items: readonly {
    readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

function isReady(conditions: readonly { readonly type: string; readonly status: string }[] = []): boolean {
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** Until the controllers have seen that a node is ready, they keep pods away from it. */
function isNotReadyTainted(taints: readonly { readonly key: string }[] = []): boolean {
  return taints.some(({ key }) => key === "node.kubernetes.io/not-ready");
}
