import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { makeTools, toolPath } from "../../cluster/tools";

const run = promisify(execFile);
const REPOSITORY = path.resolve(__dirname, "../../..");

const PROJECT = `name: tiny
main: stacks/index.ts
runtime:
  name: nodejs
  options:
    typescript: false
    nodeargs: --require sucrase/register/ts --require "../before it/early.js"
`;
const PROGRAM = `import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
class Part extends pulumi.ComponentResource {}
new Part("test:index:Part", "part");
if (config.getBoolean("broken")) throw new Error("the program is broken");
export const greeting: string = config.require("greeting");
export const early: string = (globalThis as { early?: string }).early ?? "not loaded";
export const password = config.requireSecret("password");
`;

describe("the real CLI with the test language host", () => {
  let folder: string;
  beforeAll(async () => {
    await makeTools("pulumi");
    folder = mkdtempSync(path.join(tmpdir(), "mes-language-host-"));
    mkdirSync(path.join(folder, "stacks"));
    mkdirSync(path.join(folder, "state"));
    mkdirSync(path.join(folder, "before it"));
    writeFileSync(path.join(folder, "before it/early.js"), 'globalThis.early = "loaded before";\n');
    symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(folder, "node_modules"));
    writeFileSync(path.join(folder, "Pulumi.yaml"), PROJECT);
    writeFileSync(path.join(folder, "stacks/index.ts"), PROGRAM);
    await pulumi("stack", "init", "dev");
    await pulumi("config", "set", "greeting", "hello");
    await pulumi("config", "set", "--secret", "password", "sesame");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function pulumi(...args: string[]): Promise<string> {
    const { stdout } = await run(toolPath("pulumi"), [...args, "--non-interactive"], {
      cwd: folder,
      env: {
        ...process.env,
        PATH: [path.join(__dirname, "bin"), process.env.PATH].join(":"),
        PULUMI_BACKEND_URL: `file://${folder}/state`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_HOME: path.join(folder, "home"),
      },
    });
    return stdout;
  }

  test("runs a program from its Pulumi.yaml: preview, up, outputs with secrets, destroy", async () => {
    expect(await pulumi("preview")).toMatch(/test:index:Part part create[^]*2 to create/);
    expect(await pulumi("up", "--yes")).toMatch(/2 created/);
    expect(JSON.parse(await pulumi("stack", "output", "--json"))).toEqual({
      greeting: "hello",
      password: "[secret]",
      // A relative path of `nodeargs` begins in the folder of `main`, also when the CLI runs elsewhere.
      early: "loaded before",
    });
    expect(await pulumi("up", "--yes", "--expect-no-changes")).toMatch(/2 unchanged/);
    expect(await pulumi("destroy", "--yes")).toMatch(/2 deleted/);
  });

  test("an error of the program fails the run, and is shown", async () => {
    const failed = pulumi("preview", "--config", "broken=true");
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/Error: the program is broken/),
    });
  });
});
