import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { toolPath } from "../cluster/tools";
import { configCli, type ConfigCli } from "./cli";

describe("a program in the real engine", () => {
  let cli: ConfigCli;
  beforeAll(async () => {
    cli = await configCli();
  });
  afterAll(() => {
    cli.stop();
  });

  it("is handed the very texts that `pulumi config --json --show-secrets` shows: the other suites here rely on it", async () => {
    cli.write("config:\n  mes:x: {a: 010, b: yes, c: [1.50, ~, 'x'], d: {e: 1e21}}\n  mes:y: '12'\n  mes:z: 12\n  mes:empty:\n");
    await cli.run("config", "set", "--stack", "test", "--secret", "--path", "mes:x.secret", "hunter2");
    const shown = await cli.engineValues();
    let handed: Record<string, string> = {};
    const stack = await LocalWorkspace.selectStack(
      {
        stackName: "test",
        projectName: "mes",
        program: () => {
          handed = { ...pulumi.runtime.allConfig() };
          return Promise.resolve({});
        },
      },
      {
        workDir: cli.directory,
        pulumiCommand: await PulumiCommand.get({ root: path.dirname(path.dirname(toolPath("pulumi"))), skipVersionCheck: true }),
        envVars: cli.environment,
      },
    );
    await stack.preview();
    expect(handed).toEqual(shown);
    expect(handed).toMatchObject({ "mes:y": "12", "mes:z": "12", "mes:empty": "" });
    expect(JSON.parse(handed["mes:x"] ?? "")).toEqual({ a: 8, b: "yes", c: [1.5, null, "x"], d: { e: 1e21 }, secret: "hunter2" });
  });
});
