import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UsageError } from "../errors";
import { writeTree, type Committed } from "./git";
import { linkPackages } from "./packages";

/** Plans that are kept, each of one stack of one content of the project. */
const MOST_KEPT = 40;

/** A stack that the other program is to plan. */
export interface Wanted {
  readonly stack: string;
  /** Its file in the commit, e.g. `Pulumi.prod.yaml`; a path outside of the project is taken as it is. */
  readonly file: string;
}

/**
 * Plans of another commit, by the program of that commit, in a clean folder of its own and beside this process. Plans are kept by content.
 * @returns the JSON of `mes plan --format json`, by stack
 * @throws UsageError where it has no program, or does not plan
 */
export function planCommitted(
  committed: Committed,
  wanted: readonly Wanted[],
  projectDirectory: string,
): ReadonlyMap<string, Promise<unknown>> {
  const kept = new Map(wanted.map((one) => [one.stack, read(keptFile(committed, one, projectDirectory))]));
  const missing = wanted.filter(({ stack }) => kept.get(stack) === undefined);
  const made = missing.length === 0 ? Promise.resolve(new Map<string, unknown>()) : planned(committed, missing, projectDirectory);
  // Whoever asks is told; until then it is nobody's.
  made.catch(() => undefined);
  return new Map(
    wanted.map(({ stack }) => [
      stack,
      kept.get(stack) === undefined ? made.then((all) => all.get(stack)) : Promise.resolve(kept.get(stack)),
    ]),
  );
}

function keptFile({ tree }: Committed, { stack, file }: Wanted, projectDirectory: string): string {
  const outside = path.isAbsolute(file) ? fs.readFileSync(file, "utf8") : "";
  const key = createHash("sha256")
    .update(JSON.stringify([tree, stack, file, outside, process.versions.node]))
    .digest("hex");
  return path.join(projectDirectory, "node_modules", ".cache", "plans", `${key.slice(0, 24)}.json`);
}

function read(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

async function planned(committed: Committed, wanted: readonly Wanted[], projectDirectory: string): Promise<Map<string, unknown>> {
  const { ref, names } = committed;
  if (!names.includes("review")) throw new UsageError(`mes plan: ${ref} has no program that plans (review/mes.js)`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-against-"));
  const end = removeAtTheEnd(folder);
  try {
    const program = path.join(folder, "project");
    fs.mkdirSync(program);
    writeTree(committed, program);
    linkPackages(program, projectDirectory, ref);
    const plans = await Promise.all(
      wanted.map(async (one) => {
        const out = path.join(folder, "plans", one.stack);
        await runPlan(program, one, out, ref, end.children);
        return [one.stack, read(path.join(out, `${one.stack}.json`))] as const;
      }),
    );
    for (const [i, [, plan]] of plans.entries()) keep(keptFile(committed, wanted[i]!, projectDirectory), plan);
    return new Map(plans);
  } finally {
    end.now();
  }
}

function runPlan(program: string, { stack, file }: Wanted, out: string, ref: string, children: Set<ChildProcess>): Promise<void> {
  const args = [path.join(program, "review", "mes.js"), "plan", "--stack", stack, "--format", "json", "--out", out];
  const own = file === `Pulumi.${stack}.yaml` ? [] : ["--stack-file", file];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, ...own], { cwd: program, stdio: ["ignore", "ignore", "pipe"] });
    children.add(child);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.on("error", reject);
    child.on("close", (code) => {
      children.delete(child);
      // 1 is a plan with findings.
      if (code === 0 || code === 1) resolve();
      else reject(new UsageError(`mes plan: ${ref} does not plan ${stack}:\n${said.trim() || `it ended with ${String(code)}`}`));
    });
  });
}

/** A folder that is gone when this process is, however it ends short of being killed, and the programs in it. */
function removeAtTheEnd(folder: string): { readonly children: Set<ChildProcess>; readonly now: () => void } {
  const children = new Set<ChildProcess>();
  const remove = () => {
    for (const child of children) child.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const signals = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handler = () => {
      remove();
      process.kill(process.pid, signal);
    };
    process.once(signal, handler);
    return [signal, handler] as const;
  });
  process.once("exit", remove);
  return {
    children,
    now: () => {
      remove();
      process.off("exit", remove);
      for (const [signal, handler] of signals) process.off(signal, handler);
    },
  };
}

function keep(file: string, plan: unknown): void {
  try {
    const folder = path.dirname(file);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(plan));
    fs.renameSync(`${file}.${process.pid}`, file);
    const all = fs.readdirSync(folder).map((name) => path.join(folder, name));
    const oldest = all.map((one) => [fs.statSync(one).mtimeMs, one] as const).sort(([a], [b]) => a - b);
    for (const [, one] of oldest.slice(0, Math.max(0, all.length - MOST_KEPT))) fs.rmSync(one, { force: true });
  } catch {
    // A read-only checkout is planned again each time.
  }
}
