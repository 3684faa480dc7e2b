import * as fs from "node:fs";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";

/*
 * Says of each failed test in jest's JSON reports what is wrong, without code and stack traces: the last screen of a red run.
 * node --require ./tools/register.js test/ci/failures.ts REPORT…
 */

/** What jest reports with --json, as far as it is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const MOST_LINES = 40;

/** A line of a code frame or of a stack trace. */
const NOISE = /^\s*(>?\s*\d* \||at .*[:)]|at .*<anonymous>)/;

/** @returns lines that say what failed */
export function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    // A file that could not be run has no tests.
    if (status === "failed" && failed.length === 0) return [`✗ ${file}`, ...indented(told(message))];
    return failed.flatMap((test) => [`✗ ${file} › ${test.fullName}`, ...indented(test.failureMessages.flatMap(told))]);
  });
}

function told(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .map((line) => line.trimEnd());
  const said = lines.filter((line, index) => !NOISE.test(line) && (line !== "" || lines[index - 1] !== ""));
  while (said.at(-1) === "") said.pop();
  if (said.length <= MOST_LINES) return said;
  // What was expected stands at the beginning, what a tool logged last at the end.
  const half = MOST_LINES / 2;
  return [...said.slice(0, half), `[${said.length - MOST_LINES} lines]`, ...said.slice(-half)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `    ${line}`));
}

if (require.main === module) {
  const reports = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, "utf8")) as Report);
  const lines = reports.flatMap(failuresOf);
  if (lines.length > 0) console.log(lines.join("\n"));
}
