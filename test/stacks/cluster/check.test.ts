import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { checkCluster } from "../../../stacks/cluster/check";

const UID = "9c0c2a3e-55c4-4a17-b4c3-0a4f1f5e5c11";

const STACK = { stack: "prod", namespaces: { prefix: "mes" } };
const LIST = "/api/v1/namespaces?labelSelector=app.kubernetes.io%2Fpart-of%3Dmes%2Capp.kubernetes.io%2Fcomponent%3Dfoundation";

/** What the API server answers, by path. */
type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;
const HEALTHY: Answers = {
  "/version": [200, { major: "1", minor: "34", gitVersion: "v1.34.4" }],
  "/api/v1/namespaces/kube-system": [200, { metadata: { name: "kube-system", uid: UID } }],
  [LIST]: [200, { items: [] }],
};
const refusal = (code: number, message: string): readonly [number, unknown] => [code, { kind: "Status", code, message }];

describe("the check of the cluster", () => {
  let folder: string;
  let answers: Answers;
  let asked: http.IncomingMessage[];
  let server: http.Server;
  let url: string;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-kubeconfig-"));
    answers = HEALTHY;
    asked = [];
    server = http.createServer((request, response) => {
      asked.push(request);
      const [status, body] = answers[request.url ?? ""] ?? refusal(404, "not found");
      if (status === 0) return;
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true });
  });

  it("passes a cluster that answers, and asks for nothing but its version and its identity", async () => {
    await check({ uid: UID });
    expect(asked.map((request) => `${request.method} ${request.url}`).sort()).toEqual([
      "GET /api/v1/namespaces/kube-system",
      `GET ${LIST}`,
      "GET /version",
    ]);
  });

  it("refuses another cluster behind a context of the same name", async () => {
    const other = "00000000-0000-4000-8000-000000000000";
    await expect(check({ uid: other })).rejects.toMatchObject({
      key: "uid",
      message: `the context mes-prod leads to another cluster, ${url}: the UID of its kube-system is ${UID}`,
    });
  });

  it("names the contexts that there are", async () => {
    await expect(check({ context: "mes-pord" })).rejects.toThrow(
      `the kubeconfig has no context mes-pord; it has: kind-kind, mes-prod (${folder}/config)`,
    );
  });

  it("says that there is no kubeconfig, and where it was sought", async () => {
    await expect(check({}, { KUBECONFIG: "/nowhere/a:/nowhere/b" })).rejects.toThrow(
      "there is no kubeconfig: KUBECONFIG names /nowhere/a, /nowhere/b, which is not there",
    );
    await expect(check({}, { HOME: "/nowhere" })).rejects.toThrow(
      "there is no kubeconfig: there is no KUBECONFIG, and the default is /nowhere/.kube/config, which is not there",
    );
  });

  it("says that nobody listens, and that nobody answers", async () => {
    answers = { ...HEALTHY, "/version": [0, ""] };
    await expect(check({})).rejects.toThrow(
      `the cluster of the context mes-prod cannot be reached at ${url}: no answer within 0.3 s`,
    );
    await expect(check({ server: "http://127.0.0.1:1" })).rejects.toThrow(/cannot be reached at .*: .*ECONNREFUSED/);
    await expect(check({ server: "https://no-such-host.invalid:6443" })).rejects.toThrow(
      /cannot be reached at .*(ENOTFOUND|EAI_AGAIN)/,
    );
  });

  it("says that credentials are not accepted, or not enough", async () => {
    answers = { ...HEALTHY, "/version": refusal(401, "Unauthorized") };
    await expect(check({})).rejects.toThrow(/does not accept the kubeconfig's credentials \(401\): Unauthorized$/);
    answers = { ...HEALTHY, "/api/v1/namespaces/kube-system": refusal(403, 'User "ci" cannot get resource "namespaces"') };
    await expect(check({})).rejects.toThrow(/does not allow to read \/api\/v1\/namespaces\/kube-system \(403\): User "ci"/);
  });

  it("is not content with any server that answers", async () => {
    answers = { ...HEALTHY, "/version": [200, "<html>Please log in</html>"] };
    await expect(check({})).rejects.toThrow(
      /answers \/version with 200, as no Kubernetes API server does: the answer is no JSON/,
    );
  });

  it("refuses a version that is too old", async () => {
    answers = { ...HEALTHY, "/version": [200, { major: "1", minor: "27+", gitVersion: "v1.27.3-eks" }] };
    await expect(check({})).rejects.toThrow(/the cluster has Kubernetes v1\.27\.3-eks; 1\.\d+ is the oldest version that works/);
  });

  describe("with namespaces of this platform in the cluster", () => {
    const namespace = (name: string, stack?: string) => ({
      metadata: { name, ...(stack === undefined ? {} : { annotations: { "mes.platform/stack": stack } }) },
    });
    const having = (...items: object[]) => {
      answers = { ...HEALTHY, [LIST]: [200, { items }] };
    };

    it("passes the stack that has made them, also under a former prefix and by an older version", async () => {
      having(namespace("mes", "prod"), namespace("mes-data"), namespace("factory-data", "prod"));
      await check({});
    });

    it.each([
      ["beside it", [namespace("mes-staging", "staging")], "namespace mes-staging of stack staging"],
      ["beside it, by an older version", [namespace("mes-staging-data")], "namespace mes-staging-data"],
      [
        "under the same names",
        [namespace("mes", "dev"), namespace("mes-data", "dev")],
        "namespace mes of stack dev, namespace mes-data of stack dev",
      ],
    ])("refuses another stack %s, and says why", async (_, items, named) => {
      having(...items);
      await expect(check({})).rejects.toThrow(
        `the cluster has another stack of this platform (${named}): operators with their definitions, network policies, the CA and ports of the nodes can be there once only; this one needs a cluster of its own (docs/operations.md)`,
      );
    });
  });

  it("shows no credentials over a connection that anybody can read", async () => {
    await check({ user: { token: "hunter2" } });
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, undefined]);
  });

  it("says what the kubeconfig names and does not have", async () => {
    const secure = { server: "https://127.0.0.1:1", user: { tokenFile: "missing" } };
    await expect(check(secure)).rejects.toThrow(/names a file that cannot be read: ENOENT.*missing/);
    fs.writeFileSync(path.join(folder, "config"), "contexts:\n- name: mes-prod\n  context: {cluster: c, user: u}\n");
    const environment = { KUBECONFIG: path.join(folder, "config") };
    await expect(checkCluster({ ...STACK, cluster: { context: "mes-prod" } }, { environment })).rejects.toThrow(
      'names the cluster "c", which is not in',
    );
    fs.writeFileSync(path.join(folder, "config"), "contexts: [\n");
    await expect(checkCluster({ ...STACK, cluster: { context: "mes-prod" } }, { environment })).rejects.toThrow(
      /the kubeconfig .*config cannot be read: [^\n]+$/,
    );
  });

  interface Case {
    readonly context?: string;
    readonly uid?: string;
    readonly server?: string;
    readonly user?: object;
  }

  /** Checks a cluster whose kubeconfig leads to the server of this test. */
  async function check(
    { context = "mes-prod", uid, server = url, user = { token: "x" } }: Case,
    environment?: NodeJS.ProcessEnv,
  ) {
    const file = path.join(folder, "config");
    const contexts = ["mes-prod", "kind-kind"].map((name) => ({ name, context: { cluster: "c", user: "u" } }));
    fs.writeFileSync(file, stringify({ contexts, clusters: [{ name: "c", cluster: { server } }], users: [{ name: "u", user }] }));
    await checkCluster(
      { ...STACK, cluster: { context, uid } },
      { environment: environment ?? { KUBECONFIG: file }, seconds: 0.3 },
    );
  }
});
