import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { makeTools, toolPath } from "../cluster/tools";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { echoProvider } from "./echo-provider";
import { languageHost } from "./language-host";

/** What Pulumi needs of the checkout. */
const PROJECT_FILES = [
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "Pulumi.prod.yaml",
  "package.json",
  "tsconfig.json",
  "stacks",
  "components",
];

export interface PulumiCli {
  /** A copy of the project, so that `stack init` and `config set` change no file of the checkout. */
  readonly directory: string;
  /** Runs `pulumi ARGS` there. */
  run(...args: string[]): Promise<{ code: number; output: string }>;
  stop(): void;
}

/** The real CLI in a copy of the project, as its users run it; test providers stand for the plug-ins. */
export async function pulumiCli(): Promise<PulumiCli> {
  await makeTools("pulumi");
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "mes-cli-"));
  const directory = path.join(home, "project");
  for (const file of PROJECT_FILES) {
    fs.cpSync(path.join(PROJECT_DIRECTORY, file), path.join(directory, file), { recursive: true });
  }
  fs.symlinkSync(path.join(PROJECT_DIRECTORY, "node_modules"), path.join(directory, "node_modules"));
  const provider = await echoProvider();
  const environment = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${home}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_HOME: path.join(home, "home"),
    PULUMI_DEBUG_PROVIDERS: ["kubernetes", "aws", "random"].map((name) => `${name}:${provider.port}`).join(","),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const host = await languageHost(environment);
  return {
    directory,
    run: (...args) => {
      const runs = ["preview", "up", "refresh", "destroy"].includes(args[0] ?? "");
      const client = runs ? ["--client", host.address] : [];
      return run(toolPath("pulumi"), [...args, "--non-interactive", "--color", "never", ...client], directory, environment);
    },
    stop: () => {
      host.stop();
      provider.stop();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

async function run(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code: code ?? -1, output };
}
