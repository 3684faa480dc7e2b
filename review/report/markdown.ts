import type { AssessedChange, Assessment } from "../assessment/assess";
import { formatLeafPath, isReal, type Leaf } from "../diff/leaf";
import { count, shortName, type Finding } from "../rules/rule";
import { causeInWords, difference, forcedFirst, leftOut, listedChanges, notes, verdictLines } from "./changes";
import { outlookLines } from "./outlook";

/** Characters that a comment of GitHub may have; GitLab allows more. Source: "body is too long (maximum is 65536 characters)" of GitHub's API. */
export const COMMENT_LIMIT = 65_536;

/** Fields of one change that are shown; the others are counted. */
const MOST_LEAVES = 20;

/** By this line a pipeline finds the comment that it has written before. */
const MARK = "<!-- mes plan --against -->";

/**
 * What a plan does to what is there, for a pull request: verdict, the most dangerous first, what is new among the findings. Changes that do not fit are
 * counted.
 * @param limit characters at most
 */
export function markdownReport(assessment: Assessment, limit = COMMENT_LIMIT): string {
  const { stack, against, newFindings } = assessment;
  const [first = "", ...more] = verdictLines(assessment);
  const omitted = leftOut(assessment);
  const head = [
    MARK,
    `### ${code(stack)} against ${code(against)}: ${safe(first)}`,
    "",
    ...more.flatMap((line) => [safe(line), ""]),
    ...outlookSection(assessment),
    ...findingLines(newFindings),
    ...orderLines(assessment),
  ];
  const tail = omitted === "" ? [] : ["", `<sub>${safe(omitted)}</sub>`];
  const blocks = listedChanges(assessment).map((change) => [changeLines(change, true), changeLines(change, false)] as const);
  return fitted(head.join("\n"), blocks, tail.join("\n"), limit);
}

/** As many changes as fit, first with their fields and then without. */
function fitted(head: string, blocks: readonly (readonly [string, string])[], tail: string, limit: number): string {
  const room = limit - tail.length - 200;
  let text = head.length > room ? `${head.slice(0, Math.max(0, room - 40)).replace(/\n[^\n]*$/, "")}\n\n…\n` : head;
  let shown = 0;
  for (const [whole, short] of blocks) {
    // Half of the room is kept for those that come after.
    const block = text.length + whole.length < Math.max(room / 2, room - 400 * (blocks.length - shown)) ? whole : short;
    if (text.length + block.length > room) break;
    text += block;
    shown++;
  }
  const left = blocks.length - shown;
  const note =
    left === 0
      ? ""
      : `\n**${count(left, "more change")} ${left === 1 ? "does" : "do"} not fit here**: all are in the artifacts of the pipeline.\n`;
  return `${text}${note}${tail}\n`;
}

function changeLines(change: AssessedChange, whole: boolean): string {
  const { verdict, urn, severity, effects, reach, causes } = change;
  const line = (text: string) => `  - ${safe(text)}`;
  return [
    "",
    `- **${severity === undefined || severity === "acts" ? verdict : `${verdict}, ${severity}`}** ${code(shortName(urn))}`,
    ...notes(change).map(line),
    ...effects.map(({ what }) => line(what)),
    ...reach.map(line),
    ...causes.map((cause) => line(`because of ${causeInWords(cause)}`)),
    ...(whole ? leafLines(change) : []),
    "",
  ].join("\n");
}

function leafLines({ leaves, options, forcedBy }: AssessedChange): string[] {
  const real = forcedFirst([...leaves, ...options].filter(isReal), forcedBy);
  if (real.length === 0) return [];
  const lines = real.flatMap((leaf) => leafText(leaf, ""));
  const shown = lines.slice(0, MOST_LEAVES);
  const more = lines.length - shown.length;
  const text = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  const body = `${fence}text\n${text}\n${fence}`.replaceAll(/^/gm, "    ");
  return [`  - <details><summary>${count(real.length, "field")}</summary>`, "", body, "", "    </details>"];
}

function leafText(leaf: Leaf, indent: string): string[] {
  const place = `${indent}${formatLeafPath(leaf.path) || "all of it"}`;
  const parts = (leaf.parts ?? []).filter(isReal);
  if (parts.length === 0) return [`${place}: ${difference(leaf)}`];
  return [`${place}: ${leaf.format ?? "text"}`, ...parts.flatMap((part) => leafText(part, `${indent}  `))];
}

function outlookSection({ outlook }: Assessment): string[] {
  if (outlook === undefined) return [];
  return ["#### Orders and cost", "", ...outlookLines(outlook).map((one) => `- ${safe(one)}`), ""];
}

function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const most = 20;
  const lines = findings.slice(0, most).map(({ severity, rule, urn, message, setting, source }) => {
    const place = setting ?? source;
    return `- **${severity}** ${code(rule)} ${code(shortName(urn))}: ${safe(message)}${place === undefined ? "" : ` (${safe(`${place.file}:${place.line}`)})`}`;
  });
  const more = findings.length - lines.length;
  return ["#### New findings", "", ...lines, ...(more > 0 ? [`- and ${more} more`] : []), ""];
}

/** What is felt, in the order in which it comes. */
function orderLines({ changes }: Assessment): string[] {
  const felt = changes.filter(({ severity, step }) => step !== undefined && severity !== undefined && severity !== "acts");
  if (felt.length < 2) return [];
  const sorted = [...felt].sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
  const most = 12;
  const names = sorted.slice(0, most).map(({ urn, verdict }) => `${verdict} ${code(shortName(urn))}`);
  return [`In this order: ${names.join(", then ")}${sorted.length > most ? ` and ${sorted.length - most} more` : ""}.`, ""];
}

/** No text of a stack file becomes markup, a mention or a link. */
function safe(text: string): string {
  return text
    .replaceAll(/[&<>@]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll(/[\\*_[\]`|~#]/g, String.raw`\$&`)
    .replaceAll(/\s+/g, " ");
}

function code(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, " ")}\``;
}
