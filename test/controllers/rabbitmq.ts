import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import path from "node:path";
import { promisify } from "node:util";
import type { Authority } from "../cluster/certificates";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools } from "../cluster/tools";
import { until } from "../cluster/until";
import { PROJECT_DIRECTORY } from "../helpers/record";

const run = promisify(execFile);
const ARCHIVE = path.join(PROJECT_DIRECTORY, "tools/images/built/rabbitmq.tar");
/** Port of its management API, in its own network. */
export const MANAGEMENT_PORT = 15_671;
export const ADMINISTRATOR = { username: "mes-administrator", password: "password" } as const;

/** A node of RabbitMQ, which is a process here and no pod. */
export interface Rabbitmq {
  /** Socket that leads to its management API. */
  readonly socket: string;
  /** What its management API answers. */
  ask<T>(path: string, user?: { readonly username: string; readonly password: string }): Promise<T>;
}

/** Unpacks the image of the tests with real pods: the version that the platform pins. @returns the root of its file system */
export async function rabbitmqImage(sandbox: Sandbox): Promise<string> {
  await makeTools("images/rabbitmq");
  const [image, root] = [sandbox.file("rabbitmq-image"), sandbox.file("rabbitmq-root")];
  for (const folder of [image, root]) mkdirSync(folder);
  await run("tar", ["-xf", ARCHIVE, "-C", image]);
  const read = (digest: string): string => path.join(image, "blobs", digest.replace(":", "/"));
  const parsed = (file: string): any => JSON.parse(readFileSync(file, "utf8"));
  const manifest = parsed(read(parsed(path.join(image, "index.json")).manifests[0].digest));
  for (const { digest } of manifest.layers) await run("tar", ["-xf", read(digest), "-C", root]);
  // What a node's own are put over.
  mkdirSync(path.join(root, "node"));
  writeFileSync(path.join(root, "etc/hosts"), "");
  return root;
}

/** Starts a node whose management API answers by TLS under a name, and to nobody but who has the socket. */
export async function startRabbitmq(sandbox: Sandbox, root: string, authority: Authority, host: string): Promise<Rabbitmq> {
  const node = sandbox.file(`rabbitmq-${host}`);
  mkdirSync(node);
  const pair = await authority.issueServer(host, [`DNS:${host}`]);
  const files = { "tls.crt": pair.certificate, "tls.key": pair.key, "ca.crt": authority.pair.certificate };
  for (const [name, file] of Object.entries(files)) copyFileSync(file, path.join(node, name));
  writeFileSync(path.join(node, "enabled_plugins"), "[rabbitmq_management].\n");
  writeFileSync(path.join(node, "rabbitmq.conf"), settings());

  const [socket, ready] = [sandbox.file(`${host}.socket`), sandbox.file(`${host}.ready`)];
  const relay = [
    process.execPath,
    "--require",
    path.join(PROJECT_DIRECTORY, "tools/register.js"),
    path.join(__dirname, "relay.ts"),
  ];
  const places = [ready, socket, `127.0.0.1:${MANAGEMENT_PORT}`];
  const script = [
    "ip link set lo up",
    `setpriv --pdeathsig KILL -- ${[...relay, ...places].map((word) => `'${word}'`).join(" ")} &`,
    'exec sh "$@"',
  ].join("\n");
  const isolated = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
  sandbox.start(host, "unshare", [...isolated, "sh", "-c", script, host, path.join(__dirname, "rabbitmq.sh"), root, node]);
  const ca = readFileSync(authority.pair.certificate);
  const ask: Rabbitmq["ask"] = async (asked, user = ADMINISTRATOR) => {
    const { status, text } = await answer({ socket, host, ca, path: asked, ...user });
    if (status !== 200) throw new Error(`${asked} answers ${status}: ${text}`);
    return JSON.parse(text);
  };
  await until(`${host} answers`, async () => (await ask<object>("/api/whoami")) !== undefined, { check: () => sandbox.check() });
  return { socket, ask };
}

function settings(): string {
  return [
    "listeners.tcp = none",
    `management.ssl.port = ${MANAGEMENT_PORT}`,
    "management.ssl.ip = 127.0.0.1",
    "management.ssl.cacertfile = /node/ca.crt",
    "management.ssl.certfile = /node/tls.crt",
    "management.ssl.keyfile = /node/tls.key",
    `default_user = ${ADMINISTRATOR.username}`,
    `default_pass = ${ADMINISTRATOR.password}`,
    "default_user_tags.administrator = true",
    "loopback_users = none",
    "",
  ].join("\n");
}

interface Asked {
  readonly socket: string;
  readonly host: string;
  readonly ca: Buffer;
  readonly path: string;
  readonly username: string;
  readonly password: string;
}

function answer({ socket, host, ca, path: asked, username, password }: Asked): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { socketPath: socket, servername: host, headers: { host }, ca, path: asked, auth: `${username}:${password}` };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.once("error", reject);
    sent.end();
  });
}
