import { once } from "node:events";
import { ApiError } from "../cluster/api";
import { until } from "../cluster/until";
import { pulumiCli, type PulumiCli } from "./cli";
import { missing, orphans } from "./inventory";
import { stackCluster, type StackCluster } from "./stack-cluster";

describe("the real CLI is killed in the middle of an `up`", () => {
  let of: StackCluster;
  let cli: PulumiCli;
  beforeAll(async () => {
    of = await stackCluster("dev");
    cli = await pulumiCli({ cluster: of.cluster, kubernetes: of.provider, checkpoints: true });
    expect(await cli.run("stack", "init", "dev")).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    cli.stop();
    await of.stop();
  });

  test("at a moment when an object is there that the state does not know", async () => {
    const up = cli.start("up", "--yes", "--skip-preview", "--stack", "dev");
    const ended = once(up, "exit");
    const path = `/apis/apps/v1/namespaces/${of.config.namespaces.prefix}/deployments/order-api`;
    await until("a Deployment is there, and waited for", () => exists(path), { seconds: 300, everyMilliseconds: 20 });
    up.kill("SIGKILL");
    await ended;
    expect((await orphans(of.cluster.api, await cli.state("dev"))).length).toBeGreaterThan(0);
  });

  test("the next `up` says that the stack is locked, and how to unlock it", async () => {
    const { code, output } = await cli.run("up", "--yes", "--skip-preview", "--stack", "dev");
    expect(code).not.toBe(0);
    expect(output).toMatch(/currently locked[^]*pulumi cancel/);
    expect(await cli.run("cancel", "--yes", "dev")).toMatchObject({ code: 0 });
  });

  test("then it finishes: nothing is missing, nothing is orphaned, nothing is left to do", async () => {
    expect(await cli.run("up", "--yes", "--skip-preview", "--stack", "dev")).toMatchObject({ code: 0 });
    expect(await missing(of.cluster.api, await cli.state("dev"))).toEqual([]);
    expect(await orphans(of.cluster.api, await cli.state("dev"))).toEqual([]);
    expect(await cli.run("preview", "--stack", "dev", "--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("what was there before can still be changed", async () => {
    await cli.run("config", "set", "--path", "mes:images.overrides.mes.tag", "9.9.9", "--stack", "dev");
    const { code, output } = await cli.run("up", "--yes", "--skip-preview", "--stack", "dev");
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/5 updated/) });
  });

  async function exists(path: string): Promise<boolean> {
    try {
      await of.cluster.api.get(path);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }
});
