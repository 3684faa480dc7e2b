import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { makeTools } from "../../cluster/tools";

const PYTHON = path.resolve(__dirname, "../../../tools/moto/bin/python");

/** As boto3 takes them. */
export interface Credentials {
  readonly aws_access_key_id: string;
  readonly aws_secret_access_key: string;
  readonly aws_session_token?: string;
}

export type Answer = Readonly<Record<string, any>>;

/** An API of Amazon's has refused a call. */
export class AmazonError extends Error {
  constructor(
    /** As `NoSuchBucket`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface AmazonOptions {
  /** The account, of 12 digits, whose owner makes the calls. */
  readonly accountId: string;
  /** As `eu-central-1`. */
  readonly region: string;
}

/** A stand-in of Amazon's APIs with nothing in it: moto, in a process that ends with this one. */
export class Amazon {
  readonly region: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] = [];
  #said = "";
  #gone: Error | undefined;

  private constructor({ accountId, region }: AmazonOptions) {
    this.region = region;
    // Nothing of the user's own configuration: neither credentials nor a profile.
    const { PATH, HOME } = process.env;
    const none = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null", AWS_EC2_METADATA_DISABLED: "true" };
    this.#process = spawn(PYTHON, [path.join(__dirname, "amazon.py"), region], {
      env: { PATH, HOME, MOTO_ACCOUNT_ID: accountId, ...none },
      // Ctrl-C of a terminal is for the tests: they end it.
      detached: true,
    });
    this.#process.stderr.on("data", (chunk: Buffer) => (this.#said += chunk.toString()));
    this.#process.once("error", (error) => this.#end(error.message));
    this.#process.once("exit", (code) => this.#end(`it ended with ${code}`));
    this.#process.stdin.on("error", () => undefined);
    createInterface(this.#process.stdout).on("line", (line) => this.#waiting.shift()?.resolve(line));
  }

  static async start(options: AmazonOptions): Promise<Amazon> {
    await makeTools("moto");
    const amazon = new Amazon(options);
    await amazon.#next();
    return amazon;
  }

  /**
   * Calls an API as boto3 names its services, operations and parameters.
   * @param credentials of who calls, whom IAM must allow it; @default the account's owner, who may do everything
   * @throws AmazonError when the API refuses
   */
  async call(service: string, operation: string, parameters: object = {}, credentials?: Credentials): Promise<Answer> {
    const next = this.#next();
    this.#process.stdin.write(`${JSON.stringify({ service, operation, parameters, ...(credentials && { credentials }) })}\n`);
    const { answer, error } = JSON.parse(await next) as { answer?: Answer; error?: { code: string; message: string } };
    if (error !== undefined) throw new AmazonError(error.code, error.message);
    return answer ?? {};
  }

  async stop(): Promise<void> {
    if (this.#gone !== undefined) return;
    const ended = once(this.#process, "exit");
    this.#process.stdin.end();
    await ended;
  }

  #next(): Promise<string> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #end(reason: string): void {
    const said = this.#said.trim().split("\n").slice(-15).join("\n");
    this.#gone = new Error(`the stand-in of Amazon is gone: ${reason}\n${said}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
  }
}
