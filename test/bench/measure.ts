import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export const REPOSITORY = path.join(__dirname, "..", "..");

/** What one process took. */
export interface Measure {
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds of CPU, of all threads: steadier than the clock on a machine that does other things too. */
  readonly cpu: number;
  /** Peak of the memory, in bytes. */
  readonly memory: number;
}

export interface Run {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Done before each run, and not measured. */
  readonly before?: () => void;
}

/** Runs Node once, in a process of its own. */
function measure({ name, args, env, before }: Run): Measure {
  before?.();
  const report = path.join(os.tmpdir(), `mes-bench-${process.pid}.json`);
  const began = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ["--require", path.join(__dirname, "report.js"), ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, MES_BENCH_REPORT: report, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  // Exit code 1 of a plan only says that it has findings.
  if (result.status !== 0 && result.status !== 1) throw new Error(`${name} failed:\n${result.stderr}`);
  const usage = JSON.parse(fs.readFileSync(report, "utf8")) as { cpu: number; memory: number };
  fs.rmSync(report);
  return { wall, ...usage };
}

/** Medians of several runs of each, taken in turns, so that a busy minute of the machine hits all of them alike. */
export function medians(runs: readonly Run[], times: number): Map<string, Measure> {
  const measured = new Map<string, Measure[]>(runs.map(({ name }) => [name, []]));
  for (let i = 0; i < times; i++) for (const run of runs) measured.get(run.name)?.push(measure(run));
  return new Map(
    [...measured].map(([name, all]) => [
      name,
      {
        wall: median(all.map((one) => one.wall)),
        cpu: median(all.map((one) => one.cpu)),
        memory: median(all.map((one) => one.memory)),
      },
    ]),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
