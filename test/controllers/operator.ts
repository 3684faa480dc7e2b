import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Cluster } from "../cluster/cluster";
import { writeTokenKubeconfig } from "../cluster/kubeconfig";
import type { Sandbox } from "../cluster/sandbox";
import { toolPath } from "../cluster/tools";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { relay } from "./relay";

export interface OperatorOptions {
  /** Name of its binary in tools/bin. */
  readonly binary: string;
  /** It has no rights but those of this account, as its pods would. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  readonly args?: readonly string[];
  /** All variables that it sees, but for KUBECONFIG. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Addresses of host names that it connects to, which the cluster's DNS would know. @default none */
  readonly hosts?: Readonly<Record<string, string>>;
  /** For one that serves at a port that cannot be chosen: it gets a network of its own, and is reached at another place. */
  readonly served?: { readonly port: number; readonly at: { readonly address: string; readonly port: number } };
  /** Sockets that lead to what it reaches in that network beside the API server, by address and port there. @default none */
  readonly reaches?: Readonly<Record<string, string>>;
}

/** An operator that runs as a process beside a cluster. */
export interface Operator {
  /** All that it has logged. */
  log(): string;
}

/** Starts an operator with the rights of its service account, which must exist. It ends with the sandbox. */
export async function startOperator(cluster: Cluster, sandbox: Sandbox, options: OperatorOptions): Promise<Operator> {
  const { binary, serviceAccount, args = [], environment = {}, hosts, served, reaches = {} } = options;
  const kubeconfig = sandbox.file(`${binary}.kubeconfig`);
  await writeTokenKubeconfig(kubeconfig, cluster.kubeconfig, await tokenOf(cluster, serviceAccount));
  const variables = Object.entries({ KUBECONFIG: kubeconfig, ...environment }).map(([name, value]) => `${name}=${value}`);
  // Without the variables of this process: a proxy in them would be asked for hosts of the cluster.
  let command = ["env", "-i", ...variables, toolPath(binary), ...args];
  if (hosts !== undefined) command = withHosts(sandbox, binary, hosts, command);
  if (served !== undefined) command = await inOwnNetwork(cluster, sandbox, binary, { ...served, reaches }, command);
  const [program = "", ...rest] = command;
  sandbox.start(binary, program, rest);
  return { log: () => readFileSync(path.join(sandbox.logs, `${binary}.log`), "utf8") };
}

/** Runs a command in a mount namespace of its own, in which these hosts are known. */
function withHosts(
  sandbox: Sandbox,
  name: string,
  hosts: Readonly<Record<string, string>>,
  command: readonly string[],
): string[] {
  const folder = sandbox.file(`${name}.etc`);
  mkdirSync(folder);
  const file = path.join(folder, "hosts");
  const lines = Object.entries({ localhost: "127.0.0.1", ...hosts }).map(([host, address]) => `${address} ${host}\n`);
  writeFileSync(file, lines.join(""));
  return ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', file, ...command];
}

/** Runs a command in a network namespace of its own, from which the API server is reached, and what `reaches` names. */
async function inOwnNetwork(
  cluster: Cluster,
  sandbox: Sandbox,
  name: string,
  { port, at, reaches }: NonNullable<OperatorOptions["served"]> & Required<Pick<OperatorOptions, "reaches">>,
  command: readonly string[],
): Promise<string[]> {
  const apiServer = new URL(cluster.url).host;
  const [out, back, ready] = [sandbox.file(`${name}.out`), sandbox.file(`${name}.in`), sandbox.file(`${name}.ready`)];
  // They end with the process, as does all that they lead to.
  for (const server of [await relay(out, apiServer), await relay(`${at.address}:${at.port}`, back)]) server.unref();
  const register = path.join(PROJECT_DIRECTORY, "tools/register.js");
  const inside = [process.execPath, "--require", register, path.join(__dirname, "relay.ts")];
  const places = [ready, apiServer, out, back, `127.0.0.1:${port}`, ...Object.entries(reaches).flat()];
  const script = [
    "ip link set lo up",
    `setpriv --pdeathsig KILL -- ${[...inside, ...places].map((word) => `'${word}'`).join(" ")} &`,
    `until [ -e '${ready}' ]; do sleep 0.05; done`,
    'exec "$@"',
  ];
  return ["unshare", "--net", "sh", "-c", script.join("\n"), name, ...command];
}

async function tokenOf({ api }: Cluster, { namespace, name }: OperatorOptions["serviceAccount"]): Promise<string> {
  const { body } = await api.request<{ status: { token: string } }>(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    { body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 * 24 } } },
  );
  return body.status.token;
}
