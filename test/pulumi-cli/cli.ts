import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { makeTools, toolPath } from "../cluster/tools";
import { outcomeOf, type Outcome } from "../helpers/process";

/** The real Pulumi CLI in a project of its own that has the platform's name and one stack, `test`, with a backend of files. */
export interface ConfigCli {
  readonly directory: string;
  readonly stackFile: string;
  /** What the CLI needs of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  run(...args: string[]): Promise<Outcome>;
  /** What the engine hands to a program, as text by full key; undefined when the CLI refuses the stack file. */
  engineValues(): Promise<Record<string, string> | undefined>;
  /** Full keys with a secret somewhere in them. */
  secretKeys(): Promise<string[]>;
  /** Replaces the stack file; the stack's encryption salt is kept. */
  write(text: string): void;
  stop(): void;
}

const KEY_OF_SECRETS = "encryptionsalt";

export async function configCli(): Promise<ConfigCli> {
  await makeTools("pulumi");
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "mes-config-"));
  const directory = path.join(home, "project");
  fs.mkdirSync(directory);
  fs.writeFileSync(path.join(directory, "Pulumi.yaml"), "name: mes\nruntime: nodejs\n");
  const environment = {
    PULUMI_BACKEND_URL: `file://${home}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_HOME: path.join(home, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NO_COLOR: "1",
  };
  const env = { ...process.env, ...environment };
  const run = (...args: string[]) => outcomeOf(toolPath("pulumi"), [...args, "--non-interactive"], { cwd: directory, env });
  const stackFile = path.join(directory, "Pulumi.test.yaml");
  const init = await run("stack", "init", "test");
  if (init.code !== 0) throw new Error(init.stderr);
  const salt = fs.readFileSync(stackFile, "utf8").trim();
  if (!salt.startsWith(KEY_OF_SECRETS)) throw new Error(`no ${KEY_OF_SECRETS} in ${salt}`);
  const config = async (): Promise<Record<string, { value: string; secret: boolean }> | undefined> => {
    const { code, stdout } = await run("config", "--json", "--show-secrets", "--stack", "test");
    return code === 0 ? (JSON.parse(stdout) as Record<string, { value: string; secret: boolean }>) : undefined;
  };
  return {
    directory,
    stackFile,
    environment,
    run,
    write: (text) => {
      fs.writeFileSync(stackFile, `${text.trimEnd()}\n${salt}\n`);
    },
    engineValues: async () => {
      const values = await config();
      return values && Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value]));
    },
    secretKeys: async () =>
      Object.entries((await config()) ?? {})
        .filter(([, { secret }]) => secret)
        .map(([key]) => key),
    stop: () => {
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}
