import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Cluster } from "../cluster/cluster";
import { writeContexts } from "../cluster/kubeconfig";
import { makeTools, toolPath } from "../cluster/tools";
import { readStackFile, stackFilePath, stackNames } from "../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { type EngineOptions, SAVED_AT_THE_END, type StateResource } from "./engine";
import { servePlugins } from "./plugins";
import type { TestProvider } from "./provider/serve";

/** What Pulumi needs of the checkout. */
const PROJECT_FILES = [
  ...fs
    .readdirSync(path.join(PROJECT_DIRECTORY, "tools"))
    .filter((file) => file.endsWith(".js"))
    .map((file) => `tools/${file}`),
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "Pulumi.prod.yaml",
  "package.json",
  "tsconfig.json",
  "stacks",
  "components",
  "docs",
  "review",
];

export interface PulumiCli {
  /** A copy of the project, so that `stack init` and `config set` change no file of the checkout. */
  readonly directory: string;
  /** The kubeconfig that it runs with. */
  readonly kubeconfig: string;
  /** Runs `pulumi ARGS` there. */
  run(...args: string[]): Promise<{ code: number; output: string }>;
  /** Starts `pulumi ARGS` there, for a test to end it. */
  start(...args: string[]): ChildProcess;
  /** The resources in the state of a stack. */
  state(stack: string): Promise<StateResource[]>;
  stop(): void;
}

export interface PulumiCliOptions extends EngineOptions {
  /** @default one that creates nothing */
  readonly kubernetes?: TestProvider;
  /** Where the contexts of all stacks lead. */
  readonly cluster: Pick<Cluster, "kubeconfig">;
}

/** The real CLI in a copy of the project, as its users run it; test providers stand for the plug-ins. */
export async function pulumiCli({ cluster, kubernetes, checkpoints = false }: PulumiCliOptions): Promise<PulumiCli> {
  await makeTools("pulumi");
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "mes-cli-"));
  const directory = path.join(home, "project");
  for (const file of PROJECT_FILES) {
    fs.cpSync(path.join(PROJECT_DIRECTORY, file), path.join(directory, file), { recursive: true });
  }
  fs.symlinkSync(path.join(PROJECT_DIRECTORY, "node_modules"), path.join(directory, "node_modules"));
  const kubeconfig = path.join(home, "kubeconfig");
  const contexts = stackNames(directory).map((stack) => readStackFile(stackFilePath(directory, stack)).config.cluster.context);
  await writeContexts(kubeconfig, cluster.kubeconfig, contexts);
  const plugins = await servePlugins(kubernetes);
  // What a test has set in its own environment is read again each time, as in a shell.
  const environment = () => ({
    ...process.env,
    ...plugins.environment,
    KUBECONFIG: kubeconfig,
    PATH: [path.join(__dirname, "language-host", "bin"), process.env.PATH].join(":"),
    // Without its notes on files, which it does not write in one step: one that it was killed over could not be read any more.
    PULUMI_BACKEND_URL: `file://${home}?metadata=skip`,
    ...(checkpoints ? {} : SAVED_AT_THE_END),
    PULUMI_HOME: path.join(home, "home"),
  });
  const options = ["--non-interactive", "--color", "never"];
  return {
    directory,
    kubeconfig,
    run: (...args) => run(toolPath("pulumi"), [...args, ...options], directory, environment()),
    start: (...args) => spawn(toolPath("pulumi"), [...args, ...options], { cwd: directory, env: environment(), stdio: "ignore" }),
    state: async (stack) => {
      const { output } = await run(toolPath("pulumi"), ["stack", "export", "--stack", stack], directory, environment());
      return (JSON.parse(output) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
    },
    stop: () => {
      plugins.stop();
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
