import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { toolPath } from "./tools";

const run = promisify(execFile);

/** Runs kubectl with a kubeconfig and returns what it prints. */
export async function kubectl(kubeconfig: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(toolPath("kubectl"), ["--kubeconfig", kubeconfig, ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}
