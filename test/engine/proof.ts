/**
 * Writes docs/proof.md from what the tests noted when they ran last: node --require ./tools/register.js test/engine/proof.ts
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { markdownTable } from "../../components/markdown";
import { versionsDocument } from "../../docs/versions";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { NOTES } from "./figures";

/** Each with those before it. */
const LEVELS = ["planned", "accepted", "applied", "reconciled", "run"];

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

Level 4 is that of \`test/controllers\`: operators as processes beside a cluster of simulated nodes.
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
  const raises = notes.filter(({ what }) => LEVELS.includes(firstWord(what)));
  const curves = notes.filter(({ pods }) => pods !== undefined);
  const memory = notes.filter(({ MiB }) => MiB !== undefined);
  const judged = notes.filter(({ connections }) => connections !== undefined);
  const times = notes.filter((note) => ![components, raises, curves, memory, judged].some((others) => others.includes(note)));
  const page = [
    INTRODUCTION,
    "## Components\n",
    table(
      ["stack", "component", "level", "by", "objects", "kinds"],
      components.map((note) => {
        const component = note.what.slice("component ".length);
        const { level, by } = highest(note, component, raises);
        return [note.subject, component, level, by, note.objects, note.kinds];
      }),
    ),
    "## Versions\n",
    // `npm run docs` keeps it true between two runs.
    `<!-- versions:begin -->\n\n${versionsDocument()}\n\n<!-- versions:end -->\n`,
    "## Autoscalers\n",
    "From the moment that load comes, or is gone. Time went by fifteen times faster in the test; these are times of a stack.\n",
    table(
      ["what", "role", "pods", "seconds"],
      curves.map((note) => [note.subject, note.what, note.pods, note.seconds]),
    ),
    "## Memory of operators\n",
    "The most that each process had, pages of its program included, against the limit of its pod.\n",
    table(
      ["what", "operator", "MiB", "limit (MiB)"],
      memory.map((note) => [note.subject, note.what.replace("memory of ", ""), note.MiB, note.limit]),
    ),
    "## Network policies\n",
    "Connections that the stack `prod` needs, and others like them, of which a network plug-in's own engine says what the tests expect.\n",
    table(
      ["what", "connections", "let pass"],
      judged.map((note) => [note.what.replace("held against ", ""), note.connections, note.passing]),
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

/** The level that some suite has brought a component to, by a note as `reconciled Monitoring`; and what did it. */
function highest({ subject, level }: Note, component: string, raises: readonly Note[]): { level: string; by?: number | string } {
  const own = { level: String(level), by: undefined };
  const raised = raises
    .filter((note) => note.subject === subject && note.what === `${firstWord(note.what)} ${component}`)
    .map((note) => ({ level: firstWord(note.what), by: note.by }));
  return [own, ...raised].reduce((best, one) => (LEVELS.indexOf(one.level) > LEVELS.indexOf(best.level) ? one : best));
}

function firstWord(text: string): string {
  return text.split(" ")[0] ?? "";
}

function table(head: readonly string[], rows: readonly (readonly (number | string | undefined)[])[]): string {
  return `${markdownTable(
    head,
    rows.map((cells) => cells.map((cell) => String(cell ?? ""))),
  )}\n`;
}

main();
