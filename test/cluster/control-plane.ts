import { cp } from "node:fs/promises";
import { freePort, ownLoopbackAddress } from "./address";
import { ApiClient } from "./api";
import { readPair } from "./certificates";
import { createCredentials, type Credentials } from "./credentials";
import { writeKubeconfig } from "./kubeconfig";
import type { Sandbox } from "./sandbox";
import { toolPath } from "./tools";
import { until } from "./until";

/** An API server and its store, running in a sandbox. */
export interface ControlPlane {
  readonly url: string;
  /** With the rights of an administrator. */
  readonly api: ApiClient;
  readonly credentials: Credentials;
  readonly kubeconfigs: Kubeconfigs;
}

/** Files, one for each client. */
export interface Kubeconfigs {
  readonly administrator: string;
  readonly controllerManager: string;
  readonly scheduler: string;
}

export interface ControlPlaneOptions {
  /** Folder of an etcd's data to start from. @default an empty store */
  readonly seed?: string;
  /** More flags for the API server. */
  readonly flags?: readonly string[];
}

/** Starts etcd and the API server, and waits until it is ready. */
export async function startControlPlane(sandbox: Sandbox, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const address = ownLoopbackAddress();
  const etcd = await startEtcd(sandbox, address, options.seed);
  const credentials = await createCredentials(sandbox.folder, address);
  const url = `https://${address}:${await freePort(address)}`;
  startApiServer(sandbox, url, etcd, credentials, options.flags);

  const kubeconfigs = await writeKubeconfigs(sandbox, url, credentials);
  const { certificate: ca } = await readPair(credentials.authority);
  const api = new ApiClient(url, { ca, ...(await readPair(credentials.administrator)) });
  await until(
    "the API server is ready",
    async () => {
      await api.request("GET", "/readyz");
      return true;
    },
    { check: () => sandbox.check() },
  );
  return { url, api, credentials, kubeconfigs };
}

/** Where etcd keeps its data. */
export function etcdData(sandbox: Sandbox): string {
  return sandbox.file("etcd");
}

/** Returns the address at which it serves. */
async function startEtcd(sandbox: Sandbox, address: string, seed: string | undefined): Promise<string> {
  if (seed !== undefined) await cp(seed, etcdData(sandbox), { recursive: true });
  const [clients, peers] = [await freePort(address), await freePort(address)];
  const clientUrl = `http://${address}:${clients}`;
  const peerUrl = `http://${address}:${peers}`;
  sandbox.start("etcd", toolPath("etcd"), [
    `--data-dir=${etcdData(sandbox)}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // A seed was written by a member at another address.
    ...(seed === undefined ? [] : ["--force-new-cluster"]),
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

async function writeKubeconfigs(sandbox: Sandbox, url: string, credentials: Credentials): Promise<Kubeconfigs> {
  const write = async (name: keyof Kubeconfigs): Promise<string> => {
    const file = sandbox.file(`${name}.kubeconfig`);
    await writeKubeconfig(file, url, credentials.authority, credentials[name]);
    return file;
  };
  return {
    administrator: await write("administrator"),
    controllerManager: await write("controllerManager"),
    scheduler: await write("scheduler"),
  };
}
