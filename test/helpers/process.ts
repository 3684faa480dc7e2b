import { spawn, type SpawnOptions } from "node:child_process";
import * as path from "node:path";
import { PROJECT_DIRECTORY } from "./record";

export interface Outcome {
  /** Exit code; -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with nothing on its standard input. */
export function outcomeOf(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env"> = {},
): Promise<Outcome> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

export interface MesOptions {
  /** @default the project's folder */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Options of Node.js. */
  readonly node?: readonly string[];
}

/** Runs the command line as a user does, in a process of its own; colours are left to itself. */
export function mes(args: readonly string[], { cwd = PROJECT_DIRECTORY, env, node = [] }: MesOptions = {}): Promise<Outcome> {
  const program = path.join(PROJECT_DIRECTORY, "review", "mes.js");
  const colourless = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
  return outcomeOf(process.execPath, [...node, program, ...args], { cwd, env: { ...colourless, ...env } });
}
