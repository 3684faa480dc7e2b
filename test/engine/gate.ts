import { readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { parse } from "yaml";
import { ApiClient, type ClientIdentity } from "../cluster/api";
import type { Cluster } from "../cluster/cluster";
import type { Token } from "../cluster/credentials";

/** A way to a cluster's API server that a test can close and open again. */
export interface Gate {
  /** A client that comes through it. */
  readonly api: ApiClient;
  close(): void;
  open(): Promise<void>;
}

export async function gateTo(cluster: Cluster): Promise<Gate> {
  const { hostname, port } = new URL(cluster.url);
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), hostname);
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.once("error", () => to.destroy());
      from.once("close", () => sockets.delete(from));
      from.pipe(to);
    }
  });
  // The same address: the server's certificate is for it.
  const own = await listen(server, hostname, 0);
  return {
    api: new ApiClient(`https://${hostname}:${own}`, identity(cluster.kubeconfig)),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    open: async () => {
      await listen(server, hostname, own);
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly "certificate-authority-data": string } }];
  readonly users: readonly [{ readonly user: Token }];
}

function identity(kubeconfig: string): ClientIdentity {
  const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
  return { ca: Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64"), token: users[0].user.token };
}
