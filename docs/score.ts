import * as fs from "node:fs";
import * as path from "node:path";
import { markdownTable } from "../components/markdown";

const FILE = path.join(__dirname, "..", "test", "mutations", "last-score.json");

/** What the rules catch of changes that their authors did not make, as `npm run mutations -- --record` has noted it. */
export function scoreSection(): string {
  const { harmful, harmless } = JSON.parse(fs.readFileSync(FILE, "utf8")) as {
    harmful: { kind: string; changes: number; caught: number; rightCause: number }[];
    harmless: { changes: number; blamed: number; warned: number };
  };
  const head = ["Kind of change", "Changes", "Caught", "With the right cause"];
  const rows = harmful.map(({ kind, changes, caught, rightCause }) => [kind, ...[changes, caught, rightCause].map(String)]);
  return `Changes of both stack files and of what the components declare, each of which loses or delays orders, loses data, does not deploy or lets
somebody in (\`test/mutations/\`). They were written without reading the rules, and the rules were then widened by what passed: changes that are
not here are caught less often. \`npm run mutations\` tries them, \`-- --misses\` lists what passes, \`-- --from FILE\` tries your own, and
\`-- --record\` writes this table.

${markdownTable(head, rows)}

Of ${harmless.changes} changes that do no harm ${harmless.blamed} are called an error, and ${harmless.warned} are warned of.`;
}
