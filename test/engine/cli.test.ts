import * as fs from "node:fs";
import * as path from "node:path";
import { stackNames } from "../../stacks/config/load";
import type { Cluster } from "../cluster/cluster";
import { lightCluster } from "../cluster/light";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { pulumiCli, type PulumiCli } from "./cli";

const STACKS = stackNames(PROJECT_DIRECTORY);

describe("the real Pulumi CLI", () => {
  let cluster: Cluster;
  let cli: PulumiCli;
  beforeAll(async () => {
    cluster = await lightCluster();
    cli = await pulumiCli({ cluster });
    for (const stack of STACKS) expect(await cli.run("stack", "init", stack)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    cli.stop();
    await cluster.stop();
  });

  it.each(STACKS)("previews, creates, finds nothing to change and previews again: %s", async (stack) => {
    const preview = await cli.run("preview", "--stack", stack);
    expect(preview).toMatchObject({ code: 0, output: expect.stringMatching(/\+ \d+ to create/) });
    expect(await cli.run("up", "--yes", "--skip-preview", "--stack", stack)).toMatchObject({ code: 0 });
    expect(await cli.run("preview", "--stack", stack, "--expect-no-changes")).toMatchObject({ code: 0 });
  });

  it("says all that is wrong with a stack file, with places and without a stack trace", async () => {
    const { code, output } = await previewWith("Pulumi.dev.yaml", "    context: mes-dev", "    contxt: mes-dev");
    expect(code).not.toBe(0);
    expect(output).toMatch(/Pulumi\.dev\.yaml:\d+:\d+ mes:cluster\.contxt: unknown key; did you mean context\?/);
    expect(output).not.toMatch(/ {4}at .*\.(ts|js):\d+/);
  });

  it("asks the cluster who it is before it plans anything: a line, and an exit code that is not 0", async () => {
    const said = async (): Promise<string> => {
      const { code, output } = await cli.run("preview", "--stack", "dev");
      expect(code).not.toBe(0);
      expect(output).not.toMatch(/ {4}at |kubernetes:|\d\d (to|unchanged)/);
      return /mes:cluster\.[^\n]*/.exec(output)?.[0] ?? output;
    };
    const good = fs.readFileSync(cli.kubeconfig, "utf8");
    const writing = (text: string) => fs.writeFileSync(cli.kubeconfig, text);
    writing(good.replace("name: mes-dev", "name: renamed"));
    expect(await said()).toMatch(
      /^mes:cluster\.context: the kubeconfig has no context mes-dev; it has: mes-prod, renamed \([^\n]+\)$/,
    );
    writing(good.replace(/server: .*/, "server: https://127.0.0.1:1"));
    expect(await said()).toMatch(
      /^mes:cluster\.context: the cluster of the context mes-dev cannot be reached at [^\n]+ECONNREFUSED[^\n]+$/,
    );
    writing(good.replace(/token: .*/, "token: stolen"));
    expect(await said()).toMatch(
      /^mes:cluster\.context: [^\n]+ does not accept the kubeconfig's credentials \(401\): Unauthorized$/,
    );
    writing(good);
    const other = "mes:cluster.uid";
    await cli.run("config", "set", "--path", other, "00000000-0000-4000-8000-000000000000", "--stack", "dev");
    const uid = await cluster.kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
    expect(await said()).toBe(
      `mes:cluster.uid: the context mes-dev leads to another cluster, ${cluster.url}: the UID of its kube-system is ${uid}`,
    );
    await cli.run("config", "set", "--path", other, uid, "--stack", "dev");
    expect(await cli.run("preview", "--stack", "dev")).toMatchObject({ code: 0 });
    await cli.run("config", "rm", "--path", other, "--stack", "dev");
  });

  it("refuses a second stack on a cluster, and says why", async () => {
    await cluster.kubectl("create", "namespace", "mes-staging");
    const labels = ["app.kubernetes.io/part-of=mes", "app.kubernetes.io/component=foundation"];
    await cluster.kubectl("label", "namespace", "mes-staging", ...labels);
    await cluster.kubectl("annotate", "namespace", "mes-staging", "mes.platform/stack=staging");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await cli.run(...command, "--stack", "dev");
      expect(code).not.toBe(0);
      expect(output).toContain("the cluster has another stack of this platform (namespace mes-staging of stack staging)");
      expect(output).not.toMatch(/ {4}at |kubernetes:/);
    }
    await cluster.kubectl("delete", "namespace", "mes-staging", "--wait=false");
    await cluster.api.request("PUT", "/api/v1/namespaces/mes-staging/finalize", {
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "mes-staging" }, spec: { finalizers: [] } },
    });
    expect(await cli.run("preview", "--stack", "dev")).toMatchObject({ code: 0 });
  });

  describe("with the rules as a policy pack", () => {
    const PACK = ["--policy-pack", path.join("review", "policy-pack")];

    it.each(STACKS)("previews what the rules have nothing against, with their advice: %s", async (stack) => {
      const { code, output } = await cli.run("preview", "--stack", stack, ...PACK);
      expect(output).toContain("mes-platform@v");
      expect(output).not.toContain("[mandatory]");
      expect(code).toBe(0);
    });

    it("refuses what loses orders: the rule, the object, and the setting with its line", async () => {
      const { code, output } = await previewWith("Pulumi.dev.yaml", "order.inbound.#", "order.inbnd.#", PACK);
      expect(code).not.toBe(0);
      expect(output).toMatch(/\[mandatory\] +order-paths +\(.*: orders\.inbound\)/);
      expect(output).toMatch(/\(Pulumi\.dev\.yaml:\d+:\d+ mes:broker\.queues\)/);
    });
  });

  it("says where a program failed that has a bug", async () => {
    const { code, output, line } = await previewWith("stacks/index.ts", "  try {", '  throw new Error("a bug"); try {');
    expect(code).not.toBe(0);
    expect(output).toContain("Error: a bug");
    expect(output).toMatch(new RegExp(`index\\.ts:${line}:\\d+`));
  });

  /** A preview of dev while a text of a file is another one. */
  async function previewWith(name: string, text: string, other: string, more: readonly string[] = []) {
    const file = path.join(cli.directory, name);
    const good = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, good.replace(text, other));
    const said = await cli.run("preview", "--stack", "dev", ...more);
    fs.writeFileSync(file, good);
    return { ...said, line: good.slice(0, good.indexOf(text)).split("\n").length };
  }
});
