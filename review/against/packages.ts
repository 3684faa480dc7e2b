import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UsageError } from "../errors";

const LOCK = "package-lock.json";

/**
 * Gives the program in a folder the packages of its lock file: those of this project where the lock file is the same, else installed once and kept
 * under the hash of the lock file.
 * @throws UsageError where npm cannot install them
 */
export function linkPackages(folder: string, projectDirectory: string, ref: string): void {
  const [theirs, ours] = [read(path.join(folder, LOCK)), read(path.join(projectDirectory, LOCK))];
  const packages = theirs === ours ? path.join(projectDirectory, "node_modules") : installed(folder, theirs, ref);
  fs.symlinkSync(packages, path.join(folder, "node_modules"), "junction");
}

function read(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

function installed(folder: string, lock: string | undefined, ref: string): string {
  if (lock === undefined)
    throw new UsageError(`mes plan: ${ref} has no ${LOCK}, so nobody knows with which packages it is planned`);
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "mes", "packages");
  const kept = path.join(cache, createHash("sha256").update(lock).digest("hex").slice(0, 20));
  const packages = path.join(kept, "node_modules");
  if (fs.existsSync(packages)) return packages;
  process.stderr.write(`mes plan: installing the packages of ${ref}, whose lock file is another one\n`);
  const part = `${kept}.${process.pid}`;
  try {
    fs.mkdirSync(part, { recursive: true });
    for (const file of ["package.json", LOCK]) fs.copyFileSync(path.join(folder, file), path.join(part, file));
    // A plan runs no program of a package: its install scripts stay unrun.
    const args = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status, stderr, error } = spawnSync("npm", args, {
      cwd: part,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (status !== 0)
      throw new UsageError(`mes plan: the packages of ${ref} cannot be installed: ${error?.message ?? firstLine(stderr)}`);
    // Another process may have been faster.
    if (!fs.existsSync(kept)) fs.renameSync(part, kept);
  } finally {
    fs.rmSync(part, { recursive: true, force: true });
  }
  return packages;
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
