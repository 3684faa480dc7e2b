import type { AssessedChange, Assessment } from "../assessment/assess";
import type { Cause } from "../cause/cause";
import type { ChangedSetting } from "../cause/settings";
import type { Change, Verdict } from "../diff/changes";
import { formatLeafPath, isReal, type Leaf, type Noise } from "../diff/leaf";
import type { Severity } from "../effects/effect";
import { count, listed, shortName } from "../rules/rule";
import { cut, wrap } from "./columns";
import { laterOrders, outlookLines } from "./outlook";
import type { Palette, Paint } from "./palette";
import { DONE, LISTED, SIGNS, type Listed } from "./words";

/** Differences of one resource that are printed; the others are counted. */
const MOST_LEAVES = 12;

/** What a plan does to what is there, for people: how much of what, then each change with what it does and why, the most dangerous first. */
export function changeReport(assessment: Assessment, options: { readonly palette: Palette; readonly width: number }): string {
  const { palette, width } = options;
  const title = `${assessment.stack}: changes against ${assessment.against} `;
  return [
    palette.title(`${title}${"─".repeat(Math.max(1, width - title.length))}`),
    ...verdictLines(assessment).flatMap((line) => wrap(line, width)),
    ...wrap(leftOut(assessment), width).map(palette.dim),
    ...outlookText(assessment, width),
    ...listedChanges(assessment).flatMap((change) => ["", ...changeLines(change, width, palette)]),
    "",
  ].join("\n");
}

function outlookText({ outlook }: Assessment, width: number): string[] {
  if (outlook === undefined) return [];
  return ["", ...outlookLines(outlook).flatMap((line) => wrap(line, width))];
}

/** The changes that are listed, the most dangerous first. */
export function listedChanges({ changes }: Assessment): AssessedChange[] {
  return changes.filter(({ custom, verdict }) => custom && isListed(verdict));
}

function isListed(verdict: Verdict): verdict is Listed {
  return LISTED.some((one) => one === verdict);
}

const FELT: readonly (readonly [Severity, (number: number) => string])[] = [
  ["lost", (number) => `${count(number, "change")} ${number === 1 ? "loses" : "lose"} data`],
  [
    "refused",
    (number) =>
      `${count(number, "change")} ${number === 1 ? "is" : "are"} refused or never ${number === 1 ? "gets" : "get"} to what runs`,
  ],
  ["stops", (number) => `${count(number, "change")} ${number === 1 ? "takes" : "take"} something away for a time`],
  ["restarts", (number) => `${count(number, "change")} ${number === 1 ? "restarts" : "restart"} pods, some at a time`],
];

/** What is felt of the changes, and how much is done. */
export function verdictLines({ changes, same, isNew, against, newFindings, goneFindings, outlook }: Assessment): string[] {
  const custom = changes.filter((change) => change.custom);
  const later = outlook === undefined ? undefined : laterOrders(outlook);
  const restarted = FELT.flatMap(([severity, say]) => {
    const number = custom.filter((change) => change.severity === severity).length;
    return number === 0 ? [] : [say(number)];
  });
  const felt = [...(later === undefined ? [] : [later]), ...restarted];
  const said = LISTED.map((verdict) => [custom.filter((change) => change.verdict === verdict).length, DONE[verdict]] as const);
  const parts = said.filter(([number]) => number > 0).map(([number, done]) => `${number} ${done}`);
  const findings =
    goneFindings === undefined || newFindings.length + goneFindings === 0
      ? []
      : [`findings: ${newFindings.length} new, ${goneFindings} gone`];
  return [
    ...(isNew ? [`${against} has no such stack: all of it is new`] : []),
    ...(felt.length > 0 ? [felt.join(" · ")] : []),
    [...(parts.length > 0 ? parts : ["nothing changes"]), `${same} the same`, ...findings].join(" · "),
  ];
}

const NOISES: Readonly<Record<Noise, string>> = {
  order: "in another order that means nothing",
  place: "places of added items",
  notation: "written in another way",
  text: "texts with the same content",
  ignored: "that the resource ignores",
};

/** What is not listed, by number. */
export function leftOut({ changes, notComparable }: Assessment): string {
  const leaves = changes.flatMap((change) => [...change.leaves, ...change.options]);
  const noises = (Object.keys(NOISES) as Noise[]).map(
    (noise) => [leaves.filter((leaf) => leaf.noise === noise).length, NOISES[noise]] as const,
  );
  const uncertain = leaves.filter((leaf) => leaf.uncertain && isReal(leaf)).length;
  const components = changes.filter(({ custom, verdict }) => !custom && verdict !== "noise").length;
  const parts = [
    ...noises.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
    ...(uncertain > 0 ? [`${uncertain} secret or unknown on one side`] : []),
    ...(notComparable > 0 ? [`${notComparable} not comparable (secret or unknown on both sides)`] : []),
    ...(components > 0 ? [`${count(components, "component")} made, moved or removed`] : []),
  ];
  return parts.length === 0 ? "" : `not listed: ${parts.join(" · ")}`;
}

function changeLines(change: AssessedChange, width: number, palette: Palette): string[] {
  const { verdict, leaves, options, forcedBy } = change;
  const paint = paintOf(change, palette);
  const real = [
    ...leaves.filter(isReal),
    ...options.filter(isReal).map((leaf): Leaf => ({ ...leaf, path: ["options", ...leaf.path] })),
  ];
  const shown = forcedFirst(real, forcedBy).slice(0, MOST_LEAVES);
  const more = real.length - shown.length;
  return [
    `${paint(`${SIGNS[verdict]} ${verdict}`)} ${palette.strong(shortName(change.urn))}`,
    ...notes(change).flatMap((note) => wrap(note, width - 4).map((text) => `    ${paint(text)}`)),
    ...change.effects.flatMap(({ what }) => wrap(`→ ${what}`, width - 4).map((text) => `    ${text}`)),
    ...change.reach.flatMap((who) => wrap(`  ⇒ ${who}`, width - 4).map((text) => `    ${text}`)),
    ...change.causes.flatMap((cause) =>
      wrap(`because of ${causeInWords(cause)}`, width - 4).map((text) => `    ${palette.dim(text)}`),
    ),
    ...shown.flatMap((leaf) => leafLines(leaf, 0, width, forcedBy.includes(formatLeafPath(leaf.path)))),
    ...(more > 0 ? [palette.dim(`    and ${more} more`)] : []),
  ];
}

function paintOf(change: AssessedChange, palette: Palette): Paint {
  if (change.severity === "lost" || change.severity === "refused") return palette.bad;
  if (change.severity === "stops" || change.verdict === "destroy" || change.verdict === "replace") return palette.warn;
  return change.verdict === "create" ? palette.good : palette.accent;
}

/** `mes:roles.order-api.scale.min: 3 → 4 (Pulumi.prod.yaml:138; default 2)`. */
export function causeInWords(cause: Cause): string {
  if (cause.by === "program") return `the program (${cause.source.file}:${cause.source.line})`;
  if (cause.by === "nearest") return `the program, or ${cause.setting.key} (${cause.setting.file}:${cause.setting.line})`;
  return listed(cause.settings.map(settingInWords), 3);
}

function settingInWords({ key, before, after, file, line, default: standard }: ChangedSetting): string {
  const place = `${file}:${line}${standard === undefined ? "" : `; default ${standard}`}`;
  if (before === undefined) return `${key}: ${after ?? ""} (new, ${place})`;
  if (after === undefined) return `${key}, which was ${before} (gone; ${place})`;
  return `${key}: ${before} → ${after} (${place})`;
}

export function forcedFirst(leaves: readonly Leaf[], forcedBy: readonly string[]): Leaf[] {
  const forces = (leaf: Leaf) => forcedBy.includes(formatLeafPath(leaf.path));
  return [...leaves.filter(forces), ...leaves.filter((leaf) => !forces(leaf))];
}

/** What is to be known of a change beside its fields. */
export function notes({ verdict, sameObject, forcedBy, former }: Change): string[] {
  return [
    ...(verdict === "replace"
      ? [
          `replaced because of ${forcedBy.map((path) => (path.startsWith("urn:") ? `its provider ${shortName(path)}` : path)).join(", ")}`,
        ]
      : []),
    ...(sameObject === undefined
      ? []
      : [`the same object is there as ${sameObject}, and no alias leads to it: creating it is refused`]),
    ...(former === undefined ? [] : [`was ${former}`]),
  ];
}

/** A difference in one line; one of a text is followed by what differs in it. */
function leafLines(leaf: Leaf, depth: number, width: number, forces: boolean): string[] {
  const indent = " ".repeat(4 + 2 * depth);
  const place = `${formatLeafPath(leaf.path) || "all of it"}${forces ? " (forces the replacement)" : ""}`;
  if (leaf.parts === undefined || isReshaped(leaf)) return [cut(`${indent}${place}: ${difference(leaf)}`, width)];
  const parts = leaf.parts.filter(isReal);
  const lines = parts.slice(0, MOST_LEAVES).flatMap((part) => leafLines(part, depth + 1, width, false));
  const more = parts.length - MOST_LEAVES;
  return [
    cut(
      `${indent}${place}: ${leaf.format ?? "text"}${parts.length === 0 ? ", in another way that is not told apart" : ""}`,
      width,
    ),
    ...lines,
    ...(more > 0 ? [`${indent}  and ${more} more`] : []),
  ];
}

/** An expression of another kind than before is read faster as it is than part by part. */
function isReshaped({ format, parts = [] }: Leaf): boolean {
  return format === "PromQL" && parts.some(({ path }) => path.at(-1) === "kind");
}

/** What a leaf changes, in one line. */
export function difference(leaf: Leaf): string {
  const { change, before, after, sequence, uncertain } = leaf;
  if (change === "order") return `in another order, which has a meaning (${sequence?.length ?? 0} items)`;
  if (change === "add") return `added ${shown(after)}`;
  if (change === "remove") return `removed ${shown(before)}`;
  // Where one side is secret, the other may be what it was before it became one.
  if (uncertain) return "not comparable: secret or not known yet";
  return `${shown(before)} → ${shown(after)}`;
}

function shown(value: unknown): string {
  return cut(String(JSON.stringify(value)), 120);
}
