import { cp } from "node:fs/promises";
import { freePort, ownLoopbackAddress } from "./address";
import { ApiClient } from "./api";
import { readPair } from "./certificates";
import { createCredentials, type Credentials } from "./credentials";
import { writeKubeconfig } from "./kubeconfig";
import type { Sandbox } from "./sandbox";
import { serverTool, toolPath } from "./tools";
import { until } from "./until";

/** An API server and its store, running in a sandbox. */
export interface ControlPlane {
  readonly url: string;
  /** With the rights of an administrator. */
  readonly api: ApiClient;
  readonly credentials: Credentials;
  readonly kubeconfigs: Kubeconfigs;
  /** Address of the API server for those in its own network. */
  readonly internalUrl: string;
  /** A command that what follows it is started by, to be in that network. */
  readonly within: readonly string[];
}

/** Files, one for each client. */
interface Kubeconfigs {
  readonly administrator: string;
  readonly controllerManager: string;
  readonly scheduler: string;
}

export interface ControlPlaneOptions {
  /** Folder of an etcd's data to start from. @default an empty store */
  readonly seed?: string;
  /** More flags for the API server. */
  readonly flags?: readonly string[];
  /** A network to run in. @default the machine's own, at a loopback address */
  readonly network?: ControlPlaneNetwork;
}

/** A network namespace that belongs to one cluster, so that its ports are free. */
export interface ControlPlaneNetwork {
  /** Where nodes and pods reach the API server. */
  readonly address: string;
  /** A command that what follows it is started by, to be in this network. */
  readonly within: readonly string[];
  /** Makes a port of the network reachable from outside, at an address of the machine. */
  publish(port: number, address: string): Promise<string>;
}

/** Starts etcd and the API server, and waits until it is ready. */
export async function startControlPlane(sandbox: Sandbox, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { network, seed, flags } = options;
  const outside = ownLoopbackAddress();
  const address = network?.address ?? outside;
  const within = network?.within ?? [];
  const port = async (own: number): Promise<number> => (network === undefined ? freePort(address) : own);
  if (seed !== undefined) await cp(seed, etcdData(sandbox), { recursive: true });
  const etcd = `http://${address}:${await port(2379)}`;
  startEtcd(sandbox, within, { clients: etcd, peers: `http://${address}:${await port(2380)}`, isSeeded: seed !== undefined });
  const credentials = await createCredentials(sandbox.folder, [...new Set([address, outside])]);
  const apiPort = await port(6443);
  const internalUrl = `https://${address}:${apiPort}`;
  startApiServer(sandbox, within, internalUrl, etcd, credentials, [
    ...(network === undefined
      ? // No pod would reach a loopback address, and endpoints may not hold one.
        ["--endpoint-reconciler-type=none"]
      : // No name of a node is known here, and no Service address leads anywhere: endpoints do.
        ["--kubelet-preferred-address-types=InternalIP", "--enable-aggregator-routing=true"]),
    ...(flags ?? []),
  ]);

  const url = network === undefined ? internalUrl : `https://${await network.publish(apiPort, outside)}`;
  const kubeconfigs = await writeKubeconfigs(sandbox, { url, internalUrl }, credentials);
  const { certificate: ca } = await readPair(credentials.authority);
  const api = new ApiClient(url, { ca, ...credentials.administrator });
  await until(
    "the API server is ready",
    async () => {
      await api.request("GET", "/readyz");
      return true;
    },
    { check: () => sandbox.check() },
  );
  return { url, api, credentials, kubeconfigs, internalUrl, within };
}

/** Where etcd keeps its data. */
export function etcdData(sandbox: Sandbox): string {
  return sandbox.file("etcd");
}

interface EtcdAddresses {
  readonly clients: string;
  readonly peers: string;
  readonly isSeeded: boolean;
}

function startEtcd(sandbox: Sandbox, within: readonly string[], { clients, peers, isSeeded }: EtcdAddresses): void {
  const args = [
    `--data-dir=${etcdData(sandbox)}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    // A seed was written by a member at another address.
    ...(isSeeded ? ["--force-new-cluster"] : []),
    // Nobody reads the data after a crash.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
  sandbox.start("etcd", toolPath("etcd"), args, within);
}

function startApiServer(
  sandbox: Sandbox,
  within: readonly string[],
  url: string,
  etcd: string,
  credentials: Credentials,
  flags: readonly string[],
): void {
  const { hostname, port } = new URL(url);
  const args = [
    `--etcd-servers=${etcd}`,
    `--bind-address=${hostname}`,
    `--secure-port=${port}`,
    `--advertise-address=${hostname}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--allow-privileged=true",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--anonymous-auth=false",
    `--client-ca-file=${credentials.authority.certificate}`,
    `--token-auth-file=${credentials.tokens}`,
    `--tls-cert-file=${credentials.apiServer.certificate}`,
    `--tls-private-key-file=${credentials.apiServer.key}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${credentials.serviceAccountKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    `--kubelet-certificate-authority=${credentials.authority.certificate}`,
    `--kubelet-client-certificate=${credentials.kubeletClient.certificate}`,
    `--kubelet-client-key=${credentials.kubeletClient.key}`,
    // For APIs that are served by others behind this server, as those of metrics.
    `--requestheader-client-ca-file=${credentials.proxyAuthority.certificate}`,
    "--requestheader-allowed-names=front-proxy",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${credentials.proxy.certificate}`,
    `--proxy-client-key-file=${credentials.proxy.key}`,
    ...flags,
  ];
  sandbox.start("kube-apiserver", toolPath(serverTool("kube-apiserver")), args, within);
}

async function writeKubeconfigs(
  sandbox: Sandbox,
  { url, internalUrl }: Pick<ControlPlane, "url" | "internalUrl">,
  credentials: Credentials,
): Promise<Kubeconfigs> {
  const write = async (name: keyof Kubeconfigs, server: string): Promise<string> => {
    const file = sandbox.file(`${name}.kubeconfig`);
    await writeKubeconfig(file, server, credentials.authority, credentials[name]);
    return file;
  };
  return {
    administrator: await write("administrator", url),
    controllerManager: await write("controllerManager", internalUrl),
    scheduler: await write("scheduler", internalUrl),
  };
}
