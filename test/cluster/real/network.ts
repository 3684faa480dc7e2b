import { existsSync } from "node:fs";
import path from "node:path";
import { freePort } from "../address";
import type { ControlPlaneNetwork } from "../control-plane";
import type { Sandbox } from "../sandbox";
import { until } from "../until";
import { GATEWAY, nodeAddress, nodePodCidr, PREFIX_LENGTH } from "./addresses";

/** The network of a cluster. */
export interface ClusterNetwork extends ControlPlaneNetwork {
  /** File of the network namespace. */
  readonly namespace: string;
}

/** Makes a network namespace with a bridge for so many nodes, and routes to their pods. */
export async function startNetwork(sandbox: Sandbox, nodes: number): Promise<ClusterNetwork> {
  const ready = sandbox.file("network.ready");
  const routes = Array.from({ length: nodes }, (_, index) => `${nodePodCidr(index)}=${nodeAddress(index)}`);
  const script = path.join(__dirname, "network.sh");
  const args = ["--net", "bash", script, ready, `${GATEWAY}/${PREFIX_LENGTH}`, ...routes];
  const pid = sandbox.start("network", "unshare", args);
  const check = (): void => sandbox.check();
  await until("the cluster's network is there", () => existsSync(ready), { check, everyMilliseconds: 10 });
  const namespace = `/proc/${pid}/ns/net`;
  const within = ["nsenter", `--net=${namespace}`];
  return {
    address: GATEWAY,
    namespace,
    within,
    publish: (port, address) => publish(sandbox, within, port, address),
  };
}

// One process for each connection, which would outlive the one that listens.
const CHILDREN_DIE_TOO = ["unshare", "--pid", "--fork", "--kill-child"];

/** Joins two networks by a socket in the file system, which belongs to none. */
async function publish(sandbox: Sandbox, within: readonly string[], port: number, address: string): Promise<string> {
  const socket = sandbox.file(`port-${port}.sock`);
  const outside = await freePort(address);
  const listen = [`UNIX-LISTEN:${socket},fork,backlog=128`, `TCP:${GATEWAY}:${port}`];
  sandbox.start(`port-${port}-inside`, "socat", listen, [...within, ...CHILDREN_DIE_TOO]);
  const pass = [`TCP-LISTEN:${outside},bind=${address},fork,backlog=128`, `UNIX-CONNECT:${socket}`];
  sandbox.start(`port-${port}-outside`, "socat", pass, CHILDREN_DIE_TOO);
  return `${address}:${outside}`;
}
