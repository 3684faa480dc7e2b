import * as fs from "node:fs";
import { ConfigError, formatIssue, type Issue } from "../../../stacks/config/issues";
import { readStackFile, stackFilePath, stackNames } from "../../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { mistake, MISTAKES, seeded, type Mistake } from "./mistakes";

/** Mistakes that are tried; test/pulumi-cli, which has more time, asks for more. */
const TRIED = Number(process.env.TYPING_MISTAKES ?? 8);
const SEED = Number(process.env.TYPING_SEED ?? 1);

/** Part of the mistakes whose first message names a line that was touched. */
const AT_THE_LINE = 0.98;
/** Part of the mistakes that are told in two messages at most. */
const IN_TWO_MESSAGES = 0.99;

const STACKS = stackNames(PROJECT_DIRECTORY).map((stack) => fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8"));

function issuesOf(text: string): readonly Issue[] {
  try {
    readStackFile("file", text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

/** What a failure shows of a mistake. */
function shown({ kind, text, lines }: Mistake, issues: readonly Issue[]): string {
  const [line = 0] = lines;
  return [`${kind}, line ${line}: ${text.split("\n")[line - 1] ?? ""}`, ...issues.slice(0, 3).map(formatIssue)].join("\n  ");
}

describe("a typing mistake", () => {
  it("is told once, at the line where it was made", () => {
    const random = seeded(SEED);
    const kinds = Object.keys(MISTAKES);
    const elsewhere: string[] = [];
    const many: string[] = [];
    let invalid = 0;
    for (let i = 0; i < TRIED; i++) {
      const kind = kinds[Math.floor(random() * kinds.length)] ?? "";
      const made = mistake(kind, STACKS[i % STACKS.length] ?? "", random);
      if (made === undefined) continue;
      const issues = issuesOf(made.text);
      if (issues.length === 0) continue;
      invalid++;
      if (!made.lines.includes(issues[0]?.line ?? 0)) elsewhere.push(shown(made, issues));
      if (issues.length > 2) many.push(shown(made, issues));
    }
    expect(invalid).toBeGreaterThan(TRIED / 2);
    const allowed = (part: number) => Math.ceil(invalid * (1 - part));
    if (elsewhere.length > allowed(AT_THE_LINE)) throw new Error(`told elsewhere, of ${invalid}:\n${elsewhere.join("\n")}`);
    if (many.length > allowed(IN_TWO_MESSAGES)) throw new Error(`told more than twice, of ${invalid}:\n${many.join("\n")}`);
  }, 600_000);

  it.each<[string, string, RegExp]>([
    ["  mes:broker:\n    replicas: 1", "  mes:broker\n    replicas: 1", /: not valid YAML: a `:` is missing after the key$/],
    ["    zones: [local]", "     zones: [local]", /: not valid YAML: indented 1 space too deep$/],
    ["    zones: [local]", "  zones: [local]", /: not valid YAML: indented 2 spaces not deep enough$/],
    ["{ count: 1, cpu: 4", "{ count: 1, cpu: ${CPUS}", /: not valid YAML: \$\{CPUS\} stands for nothing here/],
    ["{ cpu: 20m, memory: 64Mi }\n", "{ cpu: 20m, memory: 64Mi\n", /: not valid YAML: a } is missing$/],
    ["  mes:roles:", "  mex:roles:", /mex:roles: unknown namespace; did you mean mes:roles\?$/],
    ["  mes:roles:", "  roles:", /roles: needs its namespace: write mes:roles$/],
    ["    kind: in-cluster", "    kidn: in-cluster", /mes:storage.kidn: unknown key; did you mean kind\?$/],
    [
      "      crm:\n        consumes:",
      "        consumes:",
      /externalClients.consumes: is a setting of an entry, and the line with the entry's name is missing above it$/,
    ],
    ["    nodePools:", "\ufeff    nodePools:", /: a byte order mark .* in the middle of the file; take it out$/],
    ["    nodePools:", "    nodePoots:", /mes:cluster.nodePoots: unknown key; did you mean nodePools\?/],
    [
      "      orders.status:",
      "      orders.statsu:",
      /\["orders.statsu"\]: is used by nobody, while orders.status, which is used, is not there$/,
    ],
  ])("of dev, %j typed as %j", (right, wrong, message) => {
    const [dev = ""] = STACKS;
    const text = dev.replace(right, wrong.replaceAll("$", "$$$$"));
    expect(text).toContain(wrong);
    const told = issuesOf(text).map((issue) => `${issue.line}: ${formatIssue(issue)}`);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(message);
    expect(parseInt(told[0] ?? "", 10)).toBe(text.slice(0, text.indexOf(wrong)).split("\n").length);
  });

  it("is told once where a whole concern lost its indentation, and takes in those that follow it", () => {
    const [dev = ""] = STACKS;
    const [before = "", after = ""] = dev.split("  mes:gateway:\n");
    const end = after.search(/^ {2}\S/m);
    const concern = after.slice(0, end).replaceAll(/^ {2}/gm, "");
    const told = issuesOf(`${before}mes:gateway:\n${concern}${after.slice(end)}`).map(formatIssue);
    expect(told).toEqual([expect.stringMatching(/mes:gateway: belongs under `config:`, as mes:gateway$/)]);
  });
});
