import * as http from "node:http";
import * as https from "node:https";
import { checkServerIdentity } from "node:tls";
import { credentialsOf, pem } from "./credentials";
import { ClusterError } from "./error";
import type { Access } from "./kubeconfig";
import { proxyFor } from "./proxy";

/** Seconds within which the API server has to answer. */
const SECONDS_TO_ANSWER = 15;

export interface ClusterClientOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** @default SECONDS_TO_ANSWER */
  readonly seconds?: number;
}

/** Reads from the API server of one context; it can change nothing. */
export class ClusterClient {
  private constructor(
    private readonly context: string,
    private readonly server: URL,
    private readonly options: https.RequestOptions,
    private readonly seconds: number,
  ) {}

  /** @throws ClusterError when the kubeconfig lacks what it takes */
  static async of(context: string, access: Access, settings: ClusterClientOptions = {}): Promise<ClusterClient> {
    const { cluster } = access;
    const server = serverOf(context, cluster.server);
    // Kubernetes' own client, too, shows nothing over a connection that anybody can read.
    const { headers, ...certificate } = server.protocol === "https:" ? await credentialsOf(access) : { headers: {} };
    const servername = cluster["tls-server-name"];
    const options: https.RequestOptions = {
      headers: { accept: "application/json", "user-agent": "mes-platform", ...headers },
      ...certificate,
      ca: pem("certificate-authority", cluster),
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
      servername,
      // Agents of proxies would compare the certificate with `localhost` where the server is an address.
      checkServerIdentity: (_, certificate) => checkServerIdentity(servername ?? server.hostname, certificate),
      agent: await agentFor(cluster["proxy-url"] ?? proxyFor(server, settings.environment)),
    };
    return new ClusterClient(context, server, options, settings.seconds ?? SECONDS_TO_ANSWER);
  }

  /** Where the API server is, e.g. `https://10.0.0.1:6443`. */
  get address(): string {
    return this.server.origin;
  }

  /** @throws ClusterError with the reason, when there is no answer or it is a refusal */
  async get<T>(path: string): Promise<T> {
    const { status, text } = await this.request(path);
    const refused = refusal(text);
    if (status === 200 && refused === undefined) return JSON.parse(text) as T;
    const where = `the cluster of the context ${this.context} (${this.server.origin})`;
    const said = refused === undefined ? "" : `: ${refused}`;
    if (status === 401) throw new ClusterError("context", `${where} does not accept the kubeconfig's credentials (401)${said}`);
    if (status === 403) throw new ClusterError("context", `${where} does not allow to read ${path} (403)${said}`);
    throw new ClusterError("context", `${where} answers ${path} with ${status}, as no Kubernetes API server does${said}`);
  }

  private request(path: string): Promise<{ status: number; text: string }> {
    const url = new URL(this.server.href.replace(/\/$/, "") + path);
    const where = `the cluster of the context ${this.context} cannot be reached at ${this.server.origin}`;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(new ClusterError("context", `${where}: ${reason(error)}`));
      };
      const send = url.protocol === "http:" ? http.request : https.request;
      const sent = send(url, this.options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", fail);
        response.once("end", () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
        });
      });
      // A request that waits for a proxy tells of no error when it is given up.
      const timer = setTimeout(() => {
        fail(new Error(`no answer within ${this.seconds} s`));
        sent.destroy();
      }, this.seconds * 1000);
      sent.on("error", fail);
      sent.end();
    });
  }
}

function serverOf(context: string, server = ""): URL {
  const url = server.includes("://") ? server : `http://${server}`;
  if (!URL.canParse(url)) throw new ClusterError("context", `the context ${context} leads to "${server}", which is no address`);
  return new URL(url);
}

/** Through a proxy, where there is one; loaded only then. */
async function agentFor(proxy: string | undefined): Promise<http.Agent | undefined> {
  if (proxy === undefined || proxy === "") return undefined;
  if (!URL.canParse(proxy)) throw new ClusterError("context", `the proxy to the cluster is no address: ${proxy}`);
  if (new URL(proxy).protocol.startsWith("socks")) return new (await import("socks-proxy-agent")).SocksProxyAgent(proxy);
  return new (await import("https-proxy-agent")).HttpsProxyAgent(proxy);
}

/** What an API server says of why it does not answer, if this is its way of saying it. */
function refusal(text: string): string | undefined {
  try {
    const { kind, message } = JSON.parse(text) as { kind?: string; message?: string };
    return kind === "Status" ? (message ?? "") : undefined;
  } catch {
    return "the answer is no JSON";
  }
}

/** A reason in words; several addresses that were tried in vain come as one error without a message. */
function reason(error: Error & { code?: string; errors?: readonly Error[] }): string {
  return error.message === "" ? (error.errors?.[0]?.message ?? error.code ?? error.name) : error.message;
}
