import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { connect, type AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { ClusterClient } from "../../stacks/cluster/client";
import { accessOf, readKubeconfig } from "../../stacks/cluster/kubeconfig";
import { outcomeOf } from "../helpers/process";
import { Authority, type KeyPair } from "./certificates";
import { makeTools, toolPath } from "./tools";

/* kubectl reads kubeconfigs with the library of the Kubernetes plug-in: whom it gets through to, the program's own check must too. */

const TOKEN = "valid";

interface Case {
  readonly authority: "data" | "file" | "other" | "none" | "insecure";
  readonly address: "as certified" | "by another name" | "by another name, said so" | "wrong port" | "without scheme";
  readonly user:
    | "token"
    | "wrong token"
    | "token file"
    | "token, and a file with another"
    | "certificate data"
    | "certificate files"
    | "certificate of others"
    | "password"
    | "command"
    | "command beside"
    | "command with certificate"
    | "command that fails"
    | "command, and a token"
    | "oidc"
    | "none";
  readonly proxy: "none" | "proxy-url" | "proxy-url that is away";
  /** Where the context, the cluster and the user stand. */
  readonly files: "one" | "three" | "first wins" | "second only" | "beside a missing one";
  readonly broken: "nothing" | "context" | "cluster" | "user";
}

const CASES = fc.record<Case>({
  authority: often("data", "file", "other", "none", "insecure"),
  address: often("as certified", "by another name", "by another name, said so", "wrong port", "without scheme"),
  user: fc.constantFrom(
    "token",
    "wrong token",
    "token file",
    "token, and a file with another",
    "certificate data",
    "certificate files",
    "certificate of others",
    "password",
    "command",
    "command beside",
    "command with certificate",
    "command that fails",
    "command, and a token",
    "oidc",
    "none",
  ),
  proxy: often("none", "proxy-url", "proxy-url that is away"),
  files: fc.constantFrom("one", "three", "first wins", "second only", "beside a missing one"),
  broken: often("nothing", "context", "cluster", "user"),
});

/** The first one in two of three cases, so that several things at once are rarely wrong. */
function often<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

describe("the program's own reading of kubeconfigs", () => {
  let folder: string;
  let server: https.Server;
  let proxy: http.Server;
  let pairs: Record<"authority" | "client" | "stranger" | "other", KeyPair>;
  let throughProxy = 0;
  const tunnels: Duplex[] = [];
  let lastHeaders: NodeJS.Dict<string[]> = {};

  beforeAll(async () => {
    await makeTools("kubectl");
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-kubeconfigs-"));
    const authority = await Authority.create(folder, "authority");
    const other = await Authority.create(folder, "other");
    const own = await authority.issueServer("server", ["IP:127.0.0.1", "DNS:api.example.com"]);
    const client = await authority.issueClient("client", { commonName: "ci" });
    const stranger = await other.issueClient("stranger", { commonName: "ci" });
    pairs = { authority: authority.pair, client, stranger, other: other.pair };
    server = await apiServer(own, authority.pair);
    server.on("request", ({ headersDistinct }: http.IncomingMessage) => (lastHeaders = headersDistinct));
    proxy = http.createServer().on("connect", (request: http.IncomingMessage, socket) => {
      throughProxy++;
      const upstream = connect(portOf(server), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      for (const one of [socket, upstream]) one.on("error", () => upstream.destroy());
      tunnels.push(socket);
    });
    await listen(proxy);
  });
  afterAll(async () => {
    for (const tunnel of tunnels) tunnel.destroy();
    for (const one of [server, proxy]) {
      one.closeAllConnections();
      await new Promise((resolve) => one.close(resolve));
    }
    fs.rmSync(folder, { recursive: true });
  });

  test("gets through where kubectl does, and only there", async () => {
    const counted = { through: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(CASES, async (one) => {
        const KUBECONFIG = write(one);
        const env = { ...process.env, KUBECONFIG };
        const before = throughProxy;
        const args = ["get", "--raw", "/version", "--context", "mes-prod", "--request-timeout", "5s"];
        const { code, stderr } = await outcomeOf(toolPath("kubectl"), args, { env });
        const proxied = throughProxy > before;
        const between = throughProxy;
        const own = await passes({ KUBECONFIG });
        counted[code === 0 ? "through" : "refused"]++;
        expect({ own: own ?? "through", kubectl: code === 0 ? "through" : stderr }).toMatchObject(
          code === 0 ? { own: "through" } : { own: expect.any(String) as string },
        );
        expect(own === undefined).toBe(code === 0);
        // A server without encryption is asked through a proxy in another way, which this proxy does not know.
        if (one.address !== "without scheme") expect(throughProxy > between).toBe(proxied);
      }),
      { numRuns: 90, seed: 8, examples: EXAMPLES.map((example) => [example]) },
    );
    expect(counted.through).toBeGreaterThan(30);
    expect(counted.refused).toBeGreaterThan(30);
  });

  test("shows whom it impersonates, and keeps secrets out of its messages", async () => {
    const user = { token: "hunter2", as: "deployer", "as-groups": ["ops", "mes"], "as-user-extra": { Team: ["a"] } };
    expect(await refusalOf(user)).toMatch(/does not accept the kubeconfig's credentials \(401\): Unauthorized$/);
    expect(await refusalOf(user)).not.toMatch(/hunter2|deployer/);
    expect(lastHeaders).toMatchObject({
      "impersonate-user": ["deployer"],
      "impersonate-group": ["ops", "mes"],
      "impersonate-extra-team": ["a"],
    });
  });

  test("tells a command that fetches credentials about the cluster, where it asks", async () => {
    const command = {
      command: "sh",
      args: ["-c", "echo $KUBERNETES_EXEC_INFO >&2; exit 3"],
      apiVersion: "client.authentication.k8s.io/v1beta1",
    };
    const told = async (exec: object) => JSON.parse(/\(3\): (.*)$/.exec(await refusalOf({ exec }))?.[1] ?? "") as object;
    const bare = { kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1beta1", spec: { interactive: false } };
    expect(await told(command)).toEqual(bare);
    const address = `https://127.0.0.1:${portOf(server)}`;
    expect(await told({ ...command, provideClusterInfo: true })).toMatchObject({
      spec: { cluster: { server: address, "certificate-authority-data": base64(pairs.authority.certificate), config: null } },
    });
  });

  test.each([
    [
      "is not there",
      { command: "no-such-command", installHint: "install the cloud's CLI" },
      "is not there: install the cloud's CLI",
    ],
    [
      "fails",
      { command: "sh", args: ["-c", "echo secret; echo wait >&2; echo The SSO session has expired >&2; exit 255"] },
      "failed (255): The SSO session has expired",
    ],
    ["prints something else", { command: "echo", args: ["hello"] }, "printed no JSON"],
    ["prints no credentials", { command: "echo", args: ["{}"] }, "printed none"],
  ])("says that a command that fetches credentials %s", async (_, exec, message) => {
    expect(await refusalOf({ exec })).toBe(`the kubeconfig's command ${exec.command}, which fetches credentials, ${message}`);
  });

  /** Why a user does not get through who comes from one plain kubeconfig. */
  async function refusalOf(user: object): Promise<string> {
    const file = path.join(folder, "one");
    const clusters = [{ name: "c", cluster: clusterOf(USUAL, (name) => name) }];
    const contexts = [{ name: "mes-prod", context: { cluster: "c", user: "u" } }];
    fs.writeFileSync(file, stringify({ contexts, clusters, users: [{ name: "u", user }] }));
    return (await passes({ KUBECONFIG: file })) ?? "it got through";
  }

  async function passes(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
    try {
      const client = await ClusterClient.of("mes-prod", accessOf(readKubeconfig(environment), "mes-prod"), {
        environment,
        seconds: 5,
      });
      await client.get("/version");
      return undefined;
    } catch (error) {
      expect(error).toMatchObject({ name: "ClusterError", message: expect.stringMatching(/^[^\n]+$/) as string });
      return (error as Error).message;
    }
  }

  /** Writes the files of a case, and returns what KUBECONFIG says. */
  function write(one: Case): string {
    const directory = fs.mkdtempSync(path.join(folder, "case-"));
    const relative = (file: string) => path.relative(directory, file);
    const [contexts, clusters, users] = [
      [{ name: "mes-prod", context: { cluster: "c", user: "u" } }],
      [{ name: "c", cluster: clusterOf(one, relative) }],
      [{ name: "u", user: userOf(one, relative, directory) }],
    ];
    const [c, k, u] = [
      one.broken === "context" ? [] : contexts,
      one.broken === "cluster" ? [] : clusters,
      one.broken === "user" ? [] : users,
    ];
    const decoy = {
      contexts: [{ name: "mes-prod", context: { cluster: "nowhere", user: "nobody" } }],
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "u", user: { token: "decoy" } }],
    };
    const all = { contexts: c, clusters: k, users: u };
    const contents = {
      one: [all],
      three: [{ contexts: c }, { clusters: k }, { users: u }],
      "first wins": [all, decoy],
      "second only": [{ contexts: [], clusters: [], users: [] }, all],
      "beside a missing one": [undefined, all],
    }[one.files];
    return contents
      .map((content, index) => {
        const file = path.join(directory, `config-${index}`);
        if (content !== undefined)
          fs.writeFileSync(file, stringify({ apiVersion: "v1", kind: "Config", ...content }), { mode: 0o600 });
        return file;
      })
      .join(path.delimiter);
  }

  function clusterOf({ authority, address, proxy: way }: Case, relative: (file: string) => string): object {
    const [port, own] = [portOf(server), pairs.authority.certificate];
    return {
      ...{
        data: { "certificate-authority-data": base64(own) },
        file: { "certificate-authority": relative(own) },
        other: { "certificate-authority-data": base64(pairs.other.certificate) },
        none: {},
        insecure: { "insecure-skip-tls-verify": true },
      }[authority],
      ...{
        "as certified": { server: `https://127.0.0.1:${port}` },
        "by another name": { server: `https://localhost:${port}` },
        "by another name, said so": { server: `https://localhost:${port}/`, "tls-server-name": "api.example.com" },
        "wrong port": { server: "https://127.0.0.1:1" },
        "without scheme": { server: `127.0.0.1:${port}` },
      }[address],
      ...{
        none: {},
        "proxy-url": { "proxy-url": `http://127.0.0.1:${portOf(proxy)}` },
        "proxy-url that is away": { "proxy-url": "http://127.0.0.1:1" },
      }[way],
    };
  }

  function userOf({ user }: Case, relative: (file: string) => string, directory: string): object {
    const { client, stranger } = pairs;
    const inFile = (name: string, content: string, mode = 0o600): string => {
      fs.writeFileSync(path.join(directory, name), content, { mode });
      return name;
    };
    const command = (status: object, more = "") => ({
      apiVersion: "client.authentication.k8s.io/v1",
      interactiveMode: "Never",
      command: "sh",
      args: ["-c", `${more}printf '%s' "$CREDENTIAL"`],
      env: [
        {
          name: "CREDENTIAL",
          value: JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status }),
        },
      ],
    });
    const certificate = { clientCertificateData: text(client.certificate), clientKeyData: text(client.key) };
    const beside = `#!/bin/sh\nprintf '%s' '${JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status: { token: TOKEN } })}'\n`;
    switch (user) {
      case "token":
        return { token: TOKEN };
      case "wrong token":
        return { token: "stale" };
      case "token file":
        return { tokenFile: inFile("token", `${TOKEN}\n`) };
      case "token, and a file with another":
        return { token: "stale", tokenFile: inFile("token", TOKEN) };
      case "certificate data":
        return { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.key) };
      case "certificate files":
        return { "client-certificate": relative(client.certificate), "client-key": relative(client.key) };
      case "certificate of others":
        return { "client-certificate": relative(stranger.certificate), "client-key": relative(stranger.key) };
      case "password":
        return { username: "ci", password: TOKEN };
      case "command":
        return { exec: command({ token: TOKEN }) };
      case "command beside":
        return { exec: { ...command({}), command: `./${inFile("fetch", beside, 0o700)}`, args: null, env: null } };
      case "command with certificate":
        return { exec: command(certificate) };
      case "command that fails":
        return { exec: command({ token: TOKEN }, "exit 1; ") };
      case "command, and a token":
        return { token: TOKEN, exec: command({ token: "stale" }) };
      case "oidc":
        return {
          "auth-provider": {
            name: "oidc",
            config: { "client-id": "x", "idp-issuer-url": "https://127.0.0.1:1", "id-token": idToken() },
          },
        };
      case "none":
        return {};
    }
  }
});

const USUAL: Case = { authority: "data", address: "as certified", user: "token", proxy: "none", files: "one", broken: "nothing" };
/** Each thing once while all else is as usual. */
const EXAMPLES: readonly Case[] = [
  USUAL,
  ...(["file", "other", "none", "insecure"] as const).map((authority) => ({ ...USUAL, authority })),
  ...(["by another name", "by another name, said so", "wrong port", "without scheme"] as const).map((address) => ({
    ...USUAL,
    address,
  })),
  ...(
    [
      "wrong token",
      "token file",
      "token, and a file with another",
      "certificate data",
      "certificate files",
      "certificate of others",
      "password",
      "command",
      "command beside",
      "command with certificate",
      "command that fails",
      "command, and a token",
      "oidc",
      "none",
    ] as const
  ).map((user) => ({ ...USUAL, user })),
  ...(["proxy-url", "proxy-url that is away"] as const).map((proxy) => ({ ...USUAL, proxy })),
  ...(["three", "first wins", "second only", "beside a missing one"] as const).map((files) => ({ ...USUAL, files })),
  ...(["context", "cluster", "user"] as const).map((broken) => ({ ...USUAL, broken })),
];

/** Knows its clients as an API server does: by a token, or by a certificate of its authority. */
async function apiServer(own: KeyPair, authority: KeyPair): Promise<https.Server> {
  const options = { cert: text(own.certificate), key: text(own.key), ca: text(authority.certificate), requestCert: true };
  const server = https.createServer({ ...options, rejectUnauthorized: false }, (request, response) => {
    const { authorization = "" } = request.headers;
    const [scheme, value = ""] = authorization.split(" ");
    const isKnown =
      (scheme === "Bearer" && [TOKEN, idToken()].includes(value)) ||
      authorization === `Basic ${Buffer.from(`ci:${TOKEN}`).toString("base64")}` ||
      (authorization === "" && hasCertificate(request.socket as TLSSocket));
    const body = isKnown
      ? { major: "1", minor: "34" }
      : { kind: "Status", status: "Failure", code: 401, message: "Unauthorized" };
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await listen(server);
  return server;
}

/** A resumed connection counts as authorized, also where no certificate was shown. */
function hasCertificate(socket: TLSSocket): boolean {
  return socket.authorized && Object.keys(socket.getPeerCertificate()).length > 0;
}

/** A token of an identity provider that has not run out. */
function idToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [part({ alg: "none" }), part({ exp: 4_102_444_800 }), "signature"].join(".");
}

function listen(server: http.Server | https.Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function portOf(server: http.Server | https.Server): number {
  return (server.address() as AddressInfo).port;
}

function text(file: string): string {
  return fs.readFileSync(file, "utf8");
}

function base64(file: string): string {
  return fs.readFileSync(file).toString("base64");
}
