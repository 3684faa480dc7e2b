import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import type { Token } from "./credentials";

export interface ApiAnswer<T = unknown> {
  readonly status: number;
  readonly body: T;
  /** Texts of the `Warning` headers, by which the API server tells of what it accepts but frowns on. */
  readonly warnings: readonly string[];
}

/** A refusal of the API server. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** The server's word for it, e.g. `NotFound` or `Invalid`. */
    readonly reason: string,
    message: string,
    readonly warnings: readonly string[],
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Whether the API server says that something is not there. */
export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404;
}

export interface ClientIdentity extends Token {
  /** Who signed the server's certificate. */
  readonly ca: Buffer;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A connection that is idle for so long is closed here: after 90 s the API server does it, while a request may be on its way. */
const IDLE_MILLISECONDS = 30_000;

/** A plain client of the Kubernetes API: no generated types, and it keeps the warnings, which other clients drop. */
export class ApiClient {
  readonly #authorization: string;
  readonly #agent: Agent;
  /** For answers that do not end: they would take the connections of the others. */
  readonly #following: Agent;

  constructor(
    readonly url: string,
    { ca, token }: ClientIdentity,
  ) {
    this.#authorization = `Bearer ${token}`;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: IDLE_MILLISECONDS, ca });
    this.#following = new Agent({ ca });
  }

  async get<T = unknown>(path: string): Promise<T> {
    return (await this.request<T>("GET", path)).body;
  }

  /** What is no JSON, as the log of a pod. */
  async text(path: string): Promise<string> {
    const { status, text, warnings } = await this.#send("GET", path, {});
    if (status !== 200) throw refusal(status, text, warnings);
    return text;
  }

  /** Sends a request; an answer that is no success becomes an {@link ApiError}. */
  async request<T = unknown>(method: string, path: string, options: RequestOptions = {}): Promise<ApiAnswer<T>> {
    const { status, text, warnings } = await this.#send(method, path, options);
    if (status < 200 || status > 299) throw refusal(status, text, warnings);
    return { status, body: parse(text) as T, warnings };
  }

  /**
   * Hands over each line of an answer as it comes, parsed, until the answer ends, fails, or is no longer wanted; nothing of
   * an answer that is no success. It does not keep the process running.
   */
  async follow<T>(path: string, until: AbortSignal, seen: (line: T) => void): Promise<void> {
    return new Promise((resolve) => {
      const headers = { authorization: this.#authorization };
      const sent = request(new URL(path, this.url), { headers, agent: this.#following, signal: until }, (response) => {
        response.once("close", resolve);
        response.once("error", () => undefined);
        if (response.statusCode !== 200) return response.destroy();
        const lines = createInterface({ input: response, crlfDelay: Infinity });
        lines.on("line", (line) => seen(JSON.parse(line) as T)).on("error", () => undefined);
      });
      sent.once("socket", (socket) => socket.unref());
      sent.once("error", () => resolve());
      sent.end();
    });
  }

  /** Closes the connections that are kept open. */
  close(): void {
    this.#agent.destroy();
    this.#following.destroy();
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<RawAnswer> {
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers: Record<string, string> = { accept: "application/json", authorization: this.#authorization };
    if (payload !== undefined) {
      headers["content-type"] = options.contentType ?? "application/json";
      // Without it the body of a DELETE would be no part of the request.
      headers["content-length"] = String(Buffer.byteLength(payload));
    }
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.url), { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString("utf8"),
            warnings: (response.headersDistinct.warning ?? []).map(warningText),
          }),
        );
      });
      sent.once("error", reject);
      sent.end(payload);
    });
  }
}

interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[];
}

function refusal(status: number, text: string, warnings: readonly string[]): ApiError {
  const { reason, message } = parse(text) as { reason?: string; message?: string };
  return new ApiError(status, reason ?? String(status), message ?? text, warnings);
}

/** Not all answers are JSON: some paths, as /readyz, speak plain text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** The text in a header such as `299 - "unknown field \"spec.x\""`. */
function warningText(header: string): string {
  const quoted = /^\d{3} \S+ "((?:[^"\\]|\\.)*)"/.exec(header);
  return quoted?.[1] === undefined ? header : quoted[1].replace(/\\(.)/g, "$1");
}
