import { execFile } from "node:child_process";
import { copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Authority } from "../certificates";
import type { ControlPlane } from "../control-plane";
import { writeKubeconfig } from "../kubeconfig";
import { ZONES } from "../nodes";
import type { Sandbox } from "../sandbox";
import { toolPath } from "../tools";
import { until } from "../until";
import { GATEWAY, nodeAddress, nodeMac, nodePodCidr, PREFIX_LENGTH } from "./addresses";
import { makeCgroup, processesIn, removeCgroup } from "./cgroups";
import type { ImageStore } from "./images";
import type { ClusterNetwork } from "./network";
import { nodeFiles } from "./node-files";

const run = promisify(execFile);

export interface NodeOptions {
  /** 0 for the first one. */
  readonly index: number;
  /** Number of nodes of the cluster. */
  readonly nodes: number;
  readonly network: ClusterNetwork;
  readonly hierarchies: readonly string[];
  readonly store: ImageStore;
}

/** One machine of a cluster; see node.sh. */
export class Node {
  readonly name: string;
  readonly address: string;
  /** What outlives a restart: `lib` and `log` are its /var/lib and /var/log. */
  readonly disk: string;
  readonly #cgroup: string;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly options: NodeOptions,
  ) {
    this.name = nodeName(options.index);
    this.address = nodeAddress(options.index);
    this.disk = sandbox.file(this.name);
    this.#cgroup = `${sandbox.cgroup}/${this.name}`;
  }

  /** Makes its disk and switches it on; its kubelet starts once it is {@link enroll}ed. */
  async install(): Promise<void> {
    const { index, store } = this.options;
    await mkdir(path.join(this.disk, "log"), { recursive: true });
    const podCidr = nodePodCidr(index);
    const files = nodeFiles({ name: this.name, address: this.address, podCidr, cgroup: `/${this.#cgroup}`, ...store });
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(this.#file(name)), { recursive: true });
      await writeFile(this.#file(name), content);
    }
    await writeFile(this.#settings, this.#variables());
    this.start();
  }

  /** Gives it the credentials by which it joins the cluster. */
  async enroll({ internalUrl, credentials }: ControlPlane, authority: Authority): Promise<void> {
    const user = `system:node:${this.name}`;
    const [client, server, proxy] = await Promise.all([
      authority.issueClient(`${this.name}-client`, { commonName: user, organization: "system:nodes" }),
      authority.issueServer(`${this.name}-server`, [`IP:${this.address}`, `DNS:${this.name}`]),
      authority.issueClient(`${this.name}-proxy`, { commonName: "system:kube-proxy" }),
    ]);
    const { certificate, key } = server;
    await Promise.all([
      copyFile(credentials.authority.certificate, this.#file("ca.crt")),
      copyFile(certificate, this.#file("kubelet.crt")),
      copyFile(key, this.#file("kubelet.key")),
      writeKubeconfig(this.#file("kube-proxy.kubeconfig"), internalUrl, credentials.authority, proxy),
      writeKubeconfig(this.#file("kubelet.kubeconfig.part"), internalUrl, credentials.authority, client),
    ]);
    // The node waits for this file.
    await rename(this.#file("kubelet.kubeconfig.part"), this.#file("kubelet.kubeconfig"));
  }

  /** Switches it on. */
  start(): void {
    makeCgroup(this.options.hierarchies, this.#cgroup);
    this.sandbox.start(this.name, "unshare", ["--net", "bash", path.join(__dirname, "node.sh"), "wire", this.#settings]);
  }

  /** Cuts its power; returns when nothing of it runs any more. */
  async kill(): Promise<void> {
    await this.sandbox.end(this.name, "SIGKILL");
    const { hierarchies } = this.options;
    await until(`nothing runs on ${this.name}`, () => {
      const processes = processesIn(hierarchies, this.#cgroup);
      return processes.length === 0 || `processes ${processes.join(", ")} do`;
    });
    // A machine has none when it starts; kubelet would spend three seconds on each that it finds.
    removeCgroup(hierarchies, this.#cgroup);
  }

  /** Asks kube-proxy whether it has set up what it knows of. */
  async servesServices(): Promise<boolean> {
    const [command = "", ...args] = this.options.network.within;
    const ask = `exec 3<>/dev/tcp/${this.address}/10256; printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3`;
    const { stdout } = await run(command, [...args, "bash", "-c", ask]);
    return stdout.includes(" 200 ");
  }

  get #settings(): string {
    return path.join(this.disk, "settings");
  }

  #file(name: string): string {
    return path.join(this.disk, "lib/node", name);
  }

  /** Those of node.sh. */
  #variables(): string {
    const { index, nodes, network, hierarchies, store } = this.options;
    const others = Array.from({ length: nodes }, (_, other) => other).filter((other) => other !== index);
    const variables = {
      NAME: this.name,
      NETWORK: network.namespace,
      ADDRESS: `${this.address}/${PREFIX_LENGTH}`,
      MAC: nodeMac(index),
      GATEWAY,
      ROUTES: others.map((other) => `${nodePodCidr(other)}=${nodeAddress(other)}`).join(" "),
      LABELS: Object.entries(nodeLabels(index))
        .map(([label, value]) => `${label}=${value}`)
        .join(","),
      HIERARCHIES: hierarchies.join(" "),
      CGROUP: this.#cgroup,
      DISK: this.disk,
      IMAGES: store.folder,
      LOGS: this.sandbox.logs,
      TOOLS: path.dirname(toolPath("kubelet")),
    };
    return Object.entries(variables)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join("");
  }
}

/** `node-a` for the first one. */
function nodeName(index: number): string {
  return `node-${String.fromCharCode("a".charCodeAt(0) + index)}`;
}

function nodeLabels(index: number): Record<string, string> {
  return {
    "topology.kubernetes.io/region": "test",
    "topology.kubernetes.io/zone": ZONES[index % ZONES.length] ?? "",
  };
}
