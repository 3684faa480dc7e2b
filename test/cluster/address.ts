import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A loopback address of its own for each cluster. A port that was free on it a moment ago is still free when the server
 * starts: nobody else binds there, and no outgoing connection takes a port of it.
 */
export function ownLoopbackAddress(): string {
  return `127.${randomInt(64, 128)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

export async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === "string") throw new Error(`no port is free on ${address}`);
  return bound.port;
}
