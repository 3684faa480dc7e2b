import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";

/**
 * Installs Debian packages that are not there, as root. What they bring is not started.
 * @param packages a command or file, and the package that has it: `{chromium: "chromium"}`
 */
export async function debianPackages(packages: Readonly<Record<string, string>>): Promise<void> {
  const needs = Object.entries(packages).map(([what, name]) => `${what}=${name}`);
  await promisify(execFile)("sh", [path.join(__dirname, "debian.sh"), ...needs]);
}
