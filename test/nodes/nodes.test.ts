import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { makeTools } from "../cluster/tools";
import { outcomeOf } from "../helpers/process";
import { PROJECT_DIRECTORY } from "../helpers/record";

/*
 * The README's two commands on a fresh clone, on the oldest Node.js that package.json allows and on each later one with
 * long-term support, with the npm that came with it.
 */

const NODES = path.join(PROJECT_DIRECTORY, "tools", "nodes");
const VERSIONS = [
  ...new Set(
    readFileSync(path.join(PROJECT_DIRECTORY, "tools", "node-versions"), "utf8")
      .split("\n")
      .flatMap((line) => /^([\d.]+) /.exec(line)?.[1] ?? []),
  ),
];

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

let clone: string;
beforeAll(() => makeTools("nodes"));
beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), "mes-clone-"));
  copyOfProject(clone);
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

test.each(VERSIONS)("npm start and npm test on Node.js %s", async (version) => {
  const run = (...args: string[]) => outcomeOf("npm", args, { cwd: clone, env: environmentOf(version) });
  const node = await outcomeOf("node", ["--version"], { env: environmentOf(version) });
  expect(node.stdout).toMatch(`v${version}.`);

  const start = await run("start", "--silent");
  expect(start).toMatchObject({ code: 0, stdout: expect.stringMatching(/^prod: \d+ resources, ✔ no errors/m) });
  // npm warns of packages that want another Node.js, or that it does not know a setting.
  expect(start.stderr).not.toMatch(/EBADENGINE|npm warn|npm error|deprecat/i);

  await run("test", "--silent", "--", "--json", "--outputFile=report.json");
  const report = JSON.parse(readFileSync(path.join(clone, "report.json"), "utf8")) as Report;
  expect(notPassed(report)).toEqual([]);
  expect(report.numPassedTests).toBeGreaterThan(1000);
});

/** What a clone has, its index too, and what is not committed yet. */
function copyOfProject(folder: string): void {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", args, { cwd: PROJECT_DIRECTORY, encoding: "utf8" }).split("\0");
  for (const file of files.filter((one) => one !== "")) {
    const from = path.join(PROJECT_DIRECTORY, file);
    // Deleted and not committed yet.
    if (existsSync(from)) cpSync(from, path.join(folder, file), { verbatimSymlinks: true });
  }
  for (const command of [
    ["init", "--quiet"],
    ["add", "--all"],
  ])
    execFileSync("git", command, { cwd: folder });
}

/** That of a user who has this Node.js, without what npm and jest tell the programs that they start. */
function environmentOf(version: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:npm_|JEST_|NODE_|NO_COLOR$|FORCE_COLOR$)/i.test(name));
  return { ...Object.fromEntries(own), PATH: `${path.join(NODES, version, "bin")}${path.delimiter}${process.env.PATH ?? ""}` };
}

function notPassed({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => `${name}: ${fullName}`);
    return failed.length > 0 || message === "" ? failed : [`${name}: ${message}`];
  });
}
