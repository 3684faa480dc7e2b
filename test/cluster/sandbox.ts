import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { peakMemory } from "./memory";

/** For programs in Go: there is memory, but no time to collect garbage as often as Go does of itself (100). */
export const THRIFTY = { GOGC: "400" };

export interface SandboxOptions {
  /** Folders of cgroup hierarchies; in each, the sandbox has a cgroup that is called like its folder. @default none */
  readonly hierarchies?: readonly string[];
}

/**
 * A temporary folder and the server processes that work in it. Both are gone after `stop`, and also when this process dies
 * in any way: the kernel then kills the servers, and a watchdog outside of this process removes the folder. The sandbox's
 * cgroups are removed before, so that the folder is there until every process in them has ended.
 */
export class Sandbox {
  readonly folder: string;
  readonly logs: string;
  /** Name of the sandbox's cgroups. */
  readonly cgroup: string;
  readonly #servers = new Map<string, ChildProcess>();
  readonly #watchdog: ChildProcess;

  constructor(name: string, { hierarchies = [] }: SandboxOptions = {}) {
    this.folder = mkdtempSync(path.join(tmpdir(), `mes-${name}-`));
    this.logs = path.join(this.folder, "logs");
    mkdirSync(this.logs);
    this.cgroup = path.basename(this.folder);
    const cgroups = hierarchies.map((hierarchy) => path.join(hierarchy, this.cgroup));
    // Its standard input ends when this process closes it or dies. It leaves the terminal's process group, or Ctrl-C would
    // end it too early.
    this.#watchdog = spawn("sh", ["-c", WATCHDOG, this.folder, ...cgroups], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    letGo(this.#watchdog);
  }

  /** File of a server's output. */
  log(name: string): string {
    return path.join(this.logs, `${name}.log`);
  }

  /** Path of a file in the folder. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  /**
   * Starts a server; its output goes to `logs/NAME.log`.
   * @param within a command with arguments that becomes the server, e.g. `nsenter`
   * @returns the server's process id; none if it could not be started
   */
  start(name: string, binary: string, args: readonly string[], within: readonly string[] = []): number | undefined {
    const log = openSync(this.log(name), "a");
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...within, binary, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...THRIFTY },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    // Said by `check`: whoever waits for the server asks there.
    child.once("error", () => undefined);
    letGo(child);
    this.#servers.set(name, child);
    return child.pid;
  }

  /** Fails when a server has ended by itself. */
  check(): void {
    for (const [name, child] of this.#servers) {
      if (child.pid === undefined) throw new Error("setpriv could not be started: install Debian's util-linux");
      if (hasEnded(child)) throw new Error(`${name} has ended by itself. Its log ends with:\n${this.logTail(name)}`);
    }
  }

  /** Ends one server and waits until it has ended. */
  async end(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#servers.get(name);
    this.#servers.delete(name);
    if (child !== undefined) await end(child, signal);
  }

  /** The last lines of a server's log. */
  logTail(name: string, lines = 15): string {
    return readFileSync(this.log(name), "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** The most memory that a server has had, in bytes; 0 where none of that name runs. */
  peakMemory(name: string): number {
    const child = this.#servers.get(name);
    return child?.pid === undefined ? 0 : peakMemory(child.pid);
  }

  async stop(): Promise<void> {
    // Nothing they hold outlives the folder, so there is nothing that they should tidy up.
    await Promise.all([...this.#servers.values()].map((child) => end(child, "SIGKILL")));
    this.#servers.clear();
    this.#watchdog.stdin?.end();
    await ended(this.#watchdog);
  }
}

/** Waits until its standard input ends, then removes the cgroups, which takes until no process is in them, and the folder. */
const WATCHDOG = `cat
for cgroup; do
  while [ -e "$cgroup" ]; do find "$cgroup" -depth -type d -exec rmdir {} + || sleep 0.05; done
done
until rm -rf -- "$0"; do sleep 0.2; done`;

/** Lets this process end although the child still runs. */
function letGo(child: ChildProcess): void {
  child.unref();
  (child.stdin as (NodeJS.WritableStream & { unref?: () => void }) | null)?.unref?.();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  child.ref();
  await new Promise((resolve) => child.once("exit", resolve));
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid !== undefined && !hasEnded(child)) child.kill(signal);
  await ended(child);
}
