import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ApiClient } from "../cluster/api";
import { Applier } from "../cluster/apply";
import { type KeyPair, readPair } from "../cluster/certificates";

/** A server of a test. */
export interface Served {
  readonly address: string;
  readonly port: number;
  close(): void;
}

export interface ServeOptions {
  /** A loopback address of its own. */
  readonly address: string;
  /** @default any that is free */
  readonly port?: number;
  /** Serves HTTPS with it. @default HTTP */
  readonly certificate?: KeyPair;
}

/** What an answer is made of: a status other than 200 is an error. */
export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** Serves JSON. */
export async function serve(
  options: ServeOptions,
  answer: (url: URL, request: IncomingMessage) => Answer | Promise<Answer>,
): Promise<Served> {
  const { address, certificate } = options;
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? "/", "http://served.test");
    void Promise.resolve()
      .then(() => answer(url, request))
      .catch((error: unknown) => ({ status: 500, body: { message: String(error) } }))
      .then(({ status = 200, body }) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
  };
  const server = certificate === undefined ? createHttpServer(listener) : createHttpsServer(await tls(certificate), listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address,
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function tls(pair: KeyPair): Promise<{ cert: Buffer; key: Buffer }> {
  const { certificate, key } = await readPair(pair);
  return { cert: certificate, key };
}

/** Where something is served that the API server shall reach by a Service. */
export interface ServiceAt {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
}

/** A Service that leads to an address of this machine. */
export async function serviceAt(api: ApiClient, { namespace, name, address }: ServiceAt): Promise<void> {
  await new Applier(api).apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { type: "ExternalName", externalName: address },
  });
}
