/**
 * Starts a cluster to play with, and ends it on Ctrl-C: node --require ./tools/register.js test/cluster/run.ts
 */
import { parseArgs } from "node:util";
import type { Cluster } from "./cluster";
import { lightCluster } from "./light";
import { messageOf } from "./message";
import { realCluster } from "./real/cluster";
import { imageReference } from "./real/images";

const USAGE = `Starts a Kubernetes cluster on this machine to play with. No container runs in it: pods only say that they do.

  --nodes N    simulated nodes, in three zones (default 6; 0: pods stay pending)
  --cpu Q      CPU of a node (default 8)
  --memory Q   memory of a node (default 32Gi)
  --no-crds    without the operators' CRDs, which take the longest

With --real, containers run, on nodes with a kubelet and containerd; as root.

  --nodes N    one to three, in as many zones (default 3)
  --images A,B what pods can run: images of tools/images/catalogue (default debian); nothing can be pulled
  --no-crds    as above
`;

const { values } = parseArgs({
  options: {
    real: { type: "boolean", default: false },
    nodes: { type: "string" },
    images: { type: "string" },
    cpu: { type: "string" },
    memory: { type: "string" },
    "no-crds": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const started = Date.now();
  const cluster = await (values.real ? startReal() : startLight());
  const stopped = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, resolve);
  });
  process.stdout.write(`The cluster is ready after ${((Date.now() - started) / 1000).toFixed(1)} s. In another terminal:

  export KUBECONFIG=${cluster.kubeconfig}
  kubectl get nodes

The servers' logs are in ${cluster.logs}
To end it: Ctrl-C here, or kill ${process.pid}
`);
  await keptAlive(stopped);
  await cluster.stop();
  process.stdout.write("The cluster is gone.\n");
}

async function startLight(): Promise<Cluster> {
  refuse("images", "is for --real: no container runs otherwise");
  const { cpu = "8", memory = "32Gi" } = values;
  const count = nodesOr(6);
  return lightCluster({
    crds: !values["no-crds"],
    controllers: true,
    scheduler: true,
    nodes: count === 0 ? [] : [{ name: "worker", count, cpu, memory }],
  });
}

async function startReal(): Promise<Cluster> {
  for (const option of ["cpu", "memory"] as const) refuse(option, "is not for --real: every node offers what this machine has");
  const images = (values.images ?? "debian").split(",");
  const cluster = await realCluster({ nodes: nodesOr(3), images, crds: !values["no-crds"] });
  process.stdout.write(`Pods can run ${images.map(imageReference).join(", ")}\n`);
  return cluster;
}

function refuse(option: keyof typeof values, reason: string): void {
  if (values[option] !== undefined) throw new Error(`--${option} ${reason}`);
}

function nodesOr(otherwise: number): number {
  const count = Number(values.nodes ?? otherwise);
  if (!Number.isInteger(count) || count < 0) throw new Error(`--nodes takes a number, not '${values.nodes}'`);
  return count;
}

/** Waiting for a signal alone would not keep Node running. */
async function keptAlive(event: Promise<unknown>): Promise<void> {
  const timer = setInterval(() => undefined, 2 ** 30);
  await event;
  clearInterval(timer);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
