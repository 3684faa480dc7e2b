/**
 * Writes docs/proof.md from what the tests noted when they ran last: node --require ./tools/register.js test/engine/proof.ts
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { NOTES } from "./figures";

interface Note {
  readonly subject: string;
  readonly what: string;
  readonly [figure: string]: number | string;
}

const INTRODUCTION = `# What is proven, and how

Written by \`test/engine/proof.ts\` from what the tests noted in their last run. Levels, each with those before it:

1. **planned**: recorded without a cluster and held against the rules (\`npm test\`)
2. **accepted**: taken by a real API server with the operators' real definitions, strictly, without a warning; pods admitted
3. **applied**: by the real Pulumi engine and waited for; applied again without a change; changed, refreshed, destroyed
4. **reconciled**: by the real operators and controllers
5. **run**: as real pods

Level 3 runs against a test provider in place of the plug-in \`kubernetes\`, and pods of simulated nodes, which only say that they run.
Helm charts are recorded and not rendered; the operators' definitions are installed beforehand. Amazon's S3, IAM and KMS are
moto's, a stand-in of their APIs, behind a test provider in place of the plug-in \`aws\`.
`;

function main(): void {
  if (!existsSync(NOTES)) throw new Error("no test has noted anything yet: run npx jest --config test/engine/jest.config.js");
  const notes = readdirSync(NOTES)
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(NOTES, file), "utf8")) as Note);
  const components = notes.filter(({ what }) => what.startsWith("component "));
  const times = notes.filter(({ what }) => !what.startsWith("component "));
  const page = [
    INTRODUCTION,
    "## Components\n",
    table(
      ["stack", "component", "level", "objects", "kinds"],
      components.map((note) => [note.subject, note.what.slice("component ".length), note.level, note.objects, note.kinds]),
    ),
    "## Figures\n",
    "On a machine with two cores that does other things too.\n",
    table(
      ["what", "step", "seconds", "resources changed"],
      times.map((note) => [note.subject, note.what, note.seconds, note.steps]),
    ),
  ];
  writeFileSync(path.join(PROJECT_DIRECTORY, "docs", "proof.md"), page.join("\n"));
}

function table(head: readonly string[], rows: readonly (readonly (number | string | undefined)[])[]): string {
  const line = (cells: readonly (number | string | undefined)[]) => `| ${cells.map((cell) => cell ?? "").join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

main();
