/**
 * Starts a cluster to play with, and ends it on Ctrl-C: node --require ./tools/register.js test/cluster/run.ts
 */
import { parseArgs } from "node:util";
import { lightCluster } from "./light";
import { messageOf } from "./message";

const USAGE = `Starts a Kubernetes cluster on this machine to play with. No container runs in it: pods only say that they do.

  --nodes N    simulated nodes, in three zones (default 6; 0: pods stay pending)
  --cpu Q      CPU of a node (default 8)
  --memory Q   memory of a node (default 32Gi)
  --no-crds    without the operators' CRDs, which take the longest
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      nodes: { type: "string", default: "6" },
      cpu: { type: "string", default: "8" },
      memory: { type: "string", default: "32Gi" },
      "no-crds": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const count = Number(values.nodes);
  if (!Number.isInteger(count) || count < 0) throw new Error(`--nodes takes a number, not '${values.nodes}'`);

  const started = Date.now();
  const cluster = await lightCluster({
    crds: !values["no-crds"],
    controllers: true,
    scheduler: true,
    nodes: count === 0 ? [] : [{ name: "worker", count, cpu: values.cpu, memory: values.memory }],
  });
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
