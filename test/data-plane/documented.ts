import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIRECTORY } from "../helpers/record";

/** A command that a page tells people to run inside of a pod, after the assignments of its block. */
export interface DocumentedCommand {
  readonly page: string;
  readonly command: string;
}

/** Pages about what runs in the data plane. */
const PAGES = [
  ...readdirSync(path.join(PROJECT_DIRECTORY, "docs/runbooks"))
    .filter((page) => /^(Broker|Postgres|Outbox|Inbox|Mes)/.test(page))
    .map((page) => `docs/runbooks/${page}`),
  "docs/operations/broker.md",
  "docs/operations/postgres.md",
];

/** Each of them once: several pages say the same. */
export function documentedCommands(): DocumentedCommand[] {
  const all = PAGES.flatMap((page) => commandsOf(page, readFileSync(path.join(PROJECT_DIRECTORY, page), "utf8")));
  return [...new Map(all.map((documented) => [documented.command, documented])).values()];
}

/** What a reader puts something in the place of, or sits at a terminal for. */
const FOR_PEOPLE = /<[\w /]+>|\bpostgres-N\b|\bNAME\b|…| -it /;

/**
 * What a page runs inside of pods (`kubectl exec`), in blocks of code and in between. An alias of the page is written out; variables
 * are assigned as the page's blocks do.
 */
export function commandsOf(page: string, text: string): DocumentedCommand[] {
  const [, alias = "", meaning = ""] = /^alias (\w+)='([^']+)'$/m.exec(text) ?? [];
  const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = ""]) => statementsOf(block));
  const spans = [...text.replaceAll(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) =>
    span.replaceAll(/\n\s*/g, " "),
  );
  const assignments = blocks.filter((statement) => /^\w+=\$\(/.test(statement));
  return [...blocks, ...spans]
    .map((statement) => (alias !== "" && statement.startsWith(`${alias} `) ? meaning + statement.slice(alias.length) : statement))
    .filter((statement) => /^(?:kubectl|for)\b[\s\S]* exec /.test(statement) && !FOR_PEOPLE.test(statement))
    .map((statement) => {
      const used = assignments.filter((assignment) => statement.includes(`$${assignment.split("=")[0] ?? ""}`));
      return { page, command: [...new Set(used), statement].join("\n") };
    });
}

/** The statements of a block: lines, joined while a quotation or a loop is open, or a backslash ends them; comments left out. */
function statementsOf(block: string): string[] {
  const statements: string[] = [];
  let open = "";
  for (const line of block.split("\n")) {
    open = open === "" ? line : `${open}\n${line}`;
    const inLoop = open.startsWith("for ") && !/^done/m.test(open);
    if (inLoop || !isClosed(open)) continue;
    const statement = open.replace(/\s+# .*$/, "").trim();
    if (statement !== "" && !statement.startsWith("#")) statements.push(statement);
    open = "";
  }
  return statements;
}

/** Whether every quotation has ended; one kind may stand inside of the other. */
function isClosed(text: string): boolean {
  let quote = "";
  for (const character of text) {
    if (quote === "") quote = character === "'" || character === '"' ? character : "";
    else if (character === quote) quote = "";
  }
  return quote === "" && !text.endsWith("\\");
}
