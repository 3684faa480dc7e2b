/**
 * Passes connections on between places that do not see each other's addresses, as two network namespaces, by sockets in the file
 * system: node --require ./tools/register.js test/controllers/relay.ts READY FROM TO [FROM TO]…
 */
import { writeFileSync } from "node:fs";
import { connect, createServer, type ListenOptions, type Server } from "node:net";

/** Passes each connection to `from` on to `to`; each is a path, or an address and a port as `127.0.0.1:80`. */
export async function relay(from: string, to: string): Promise<Server> {
  const server = createServer((incoming) => {
    const outgoing = connect(place(to));
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.once("error", () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(place(from), resolve);
  });
  return server;
}

function place(name: string): { path: string } | (ListenOptions & { host: string; port: number }) {
  if (name.startsWith("/")) return { path: name };
  const [host = "", port] = name.split(":");
  return { host, port: Number(port) };
}

async function main([ready, ...pairs]: readonly string[]): Promise<void> {
  for (let index = 0; index < pairs.length; index += 2) await relay(pairs[index] ?? "", pairs[index + 1] ?? "");
  writeFileSync(ready ?? "", "");
}

if (require.main === module) void main(process.argv.slice(2));
