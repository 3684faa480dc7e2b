import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { REPAIR } from "../../review/rules/no-interrupted-up";
import { ApiError } from "../cluster/api";
import { until } from "../cluster/until";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { pulumiCli, type PulumiCli } from "./cli";
import { missing, orphans } from "./inventory";
import { takingOver } from "./kubernetes-provider/taking-over";
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
    await killedOver("order-api");
    expect((await orphans(of.cluster.api, await cli.state("dev"))).length).toBeGreaterThan(0);
  });

  test("the next `up` says that the stack is locked, and how to unlock it", async () => {
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/currently locked[^]*pulumi cancel/);
    expect(await cli.run("cancel", "--yes", "dev")).toMatchObject({ code: 0 });
  });

  test("`mes plan` finds in the state what was being created, and names the command that goes on", async () => {
    const { code, output, pending } = await planAgainstState();
    expect(code).toBe(1);
    const created = pending.filter(({ type }) => type === "creating").length;
    const text = output.replace(/\s+/g, " ");
    expect(text).toMatch(new RegExp(`an \`up\` ended while it created ${created} objects? \\(`));
    expect(text).toContain(`${REPAIR} --stack dev`);
  });

  test("an `up` cannot go on: the plug-in takes over nothing", async () => {
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/already exists[^]*upsertExistingObjects/);
  });

  test("that command can, also when it is killed itself: nothing is missing, nothing is orphaned", async () => {
    await takingOver(async () => {
      await killedOver("dashboard");
      expect(await cli.run("cancel", "--yes", "dev")).toMatchObject({ code: 0 });
      expect(await up()).toMatchObject({ code: 0 });
    });
    expect(await missing(of.cluster.api, await cli.state("dev"))).toEqual([]);
    expect(await orphans(of.cluster.api, await cli.state("dev"))).toEqual([]);
    expect(await planAgainstState()).toMatchObject({ code: 0 });
  });

  test("the next `up` changes the provider alone, and then nothing is left to do", async () => {
    expect(await up()).toMatchObject({ code: 0, output: expect.stringMatching(/~ 1 updated/) });
    expect(await cli.run("preview", "--stack", "dev", "--expect-no-changes")).toMatchObject({ code: 0 });
    const cleared = await cli.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "dev");
    expect(cleared).toMatchObject({ code: 0 });
  });

  test("what was there before can still be changed", async () => {
    await cli.run("config", "set", "--path", "mes:images.overrides.mes.tag", "9.9.9", "--stack", "dev");
    const { code, output } = await up();
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/5 updated/) });
  });

  function up(): Promise<{ code: number; output: string }> {
    return cli.run("up", "--yes", "--skip-preview", "--stack", "dev");
  }

  /** An `up` that is killed while it waits for the Deployment of a role. */
  async function killedOver(role: string): Promise<void> {
    const running = cli.start("up", "--yes", "--skip-preview", "--stack", "dev");
    const ended = once(running, "exit");
    const path = `/apis/apps/v1/namespaces/${of.config.namespaces.prefix}/deployments/${role}`;
    await until("a Deployment is there, and waited for", () => exists(path), { seconds: 300, everyMilliseconds: 20 });
    running.kill("SIGKILL");
    await ended;
  }

  async function planAgainstState(): Promise<{ code: number; output: string; pending: readonly { type: string }[] }> {
    const file = path.join(cli.directory, "state.json");
    expect(await cli.run("stack", "export", "--stack", "dev", "--file", file)).toMatchObject({ code: 0 });
    const { status, stdout } = spawnSync(process.execPath, ["review/mes.js", "plan", "--stack", "dev", "--state", file], {
      cwd: PROJECT_DIRECTORY,
      encoding: "utf8",
    });
    const { deployment } = JSON.parse(readFileSync(file, "utf8")) as { deployment: { pending_operations?: { type: string }[] } };
    return { code: status ?? -1, output: stdout, pending: deployment.pending_operations ?? [] };
  }

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
