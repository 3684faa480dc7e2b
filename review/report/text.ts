import { formatBytes, formatCpu } from "../../components/schema";
import { formatPath, leaves } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { count, type Finding } from "../rules/rule";
import { cut, fitNames, line, wrap, wrapUnits, type Cell, type Column } from "./columns";
import { detailLines } from "./details";
import { findingLines, summary } from "./findings";
import { DEFAULT_WIDTH, INDENT, layoutFor, type Layout } from "./layout";
import { prerequisites } from "./prerequisites";
import { outline, type Kind, type Part, type Row } from "./outline";
import type { Palette } from "./palette";
import { totals, type Total } from "./totals";

/** Outputs that are printed; the others are counted. */
const MOST_OUTPUTS = 20;

const HEADINGS = ["pods", "CPU", "memory", "volumes"];

export interface TextOptions {
  readonly palette: Palette;
  /** Adds what a reviewer looks for: images, openings, rights, scaling, queues, backups, alerts. @default false */
  readonly details?: boolean;
  /** Characters of a line, 60 to 200. @default 100 */
  readonly width?: number;
}

/** The plan of a stack for people: what runs, how it scales, where data is, what is wrong. */
export function textReport(
  plan: Plan,
  findings: readonly Finding[],
  { palette, width = DEFAULT_WIDTH, details = false }: TextOptions,
): string {
  const { parts } = outline(plan);
  const layout = layoutFor(width);
  const lines = [...header(plan, layout, palette)];
  for (const part of parts) lines.push("", ...partLines(part, layout, palette));
  lines.push("", ...totalLines(plan, layout, palette));
  if (details) lines.push("", ...detailLines(plan, layout, palette));
  if (Object.keys(plan.outputs).length > 0) lines.push("", ...outputLines(plan, layout, palette));
  const needed = prerequisiteLines(plan, layout, palette);
  if (needed.length > 0) lines.push("", palette.strong("must be there already"), ...needed);
  const unseen = unseenLines(plan, layout, palette);
  if (unseen.length > 0) lines.push("", palette.strong("cannot be seen"), ...unseen);
  if (findings.length > 0) lines.push("", ...findingLines(findings, layout.width, palette));
  lines.push("", summary(plan, findings, palette), "");
  return lines.join("\n");
}

function header({ stack, facts, resources }: Plan, { width }: Layout, palette: Palette): string[] {
  const custom = resources.filter((resource) => resource.custom).length;
  const title = `${stack} ${"─".repeat(Math.max(1, width - stack.length - 1))}`;
  const lines = [palette.title(title)];
  const said = [`${count(custom, "resource")} in ${count(resources.length - custom, "component")}`];
  if (facts !== undefined) {
    said.push(`${facts.zones.length === 1 ? "zone" : "zones"} ${facts.zones.join(", ")}`);
    said.push(facts.protectData ? "data is protected" : "data is not protected");
  }
  lines.push(...wrap(said.join(" · "), width).map(palette.dim));
  const pools = facts?.nodePools.map(
    (pool) =>
      `${pool.count} × ${pool.name} (${formatCpu(pool.cpu)} CPU, ${formatBytes(pool.memory)}${pool.gpus > 0 ? `, ${count(pool.gpus, "GPU")}` : ""})`,
  );
  if (pools !== undefined) lines.push(...wrap(`nodes ${pools.join(" · ")}`, width).map(palette.dim));
  return lines;
}

function partLines(part: Part, layout: Layout, palette: Palette): string[] {
  const runs = part.rows.some((row) => row.pods !== undefined);
  const numbers = layout.row.slice(-HEADINGS.length);
  const wide = layout.width - numbers.reduce((sum, { width }) => sum + width + 1, 0);
  const columns: Column[] = [{ width: wide, align: "left" }, ...numbers];
  const lines = [
    line(columns, [
      { text: part.name, paint: palette.strong },
      ...(runs ? HEADINGS.map((text) => ({ text, paint: palette.dim })) : []),
    ]),
  ];
  for (const row of part.rows) lines.push(...rowLines(row, layout, palette));
  for (const kind of part.named) lines.push(kindLine(kind, layout, palette));
  if (part.counted.length > 0) {
    const kinds = part.counted.map(({ kind, names }) => (names.length === 1 ? kind : `${names.length} ${kind}`));
    const text = wrapUnits(
      ["also", ...kinds.map((kind, i) => (i === kinds.length - 1 ? kind : `${kind},`))],
      layout.width - INDENT,
    );
    lines.push(...text.map((one) => palette.dim(" ".repeat(INDENT) + one)));
  }
  return lines;
}

function rowLines(row: Row, { row: columns, remark, oneLine }: Layout, palette: Palette): string[] {
  const [name, kind, note, ...numbers] = rowCells(row, palette);
  if (row.pods === undefined) return [line(remark, [name, kind, note], INDENT)];
  if (oneLine) return [line(columns, [name, kind, note, ...numbers], INDENT)];
  const below = `${kind.paint(kind.text)}${note.text === "" ? "" : `  ${note.paint(note.text)}`}`;
  return [line(columns, [name, ...numbers], INDENT), `${" ".repeat(2 * INDENT)}${below}`];
}

type Painted = Required<Cell>;

function rowCells(row: Row, palette: Palette): [Painted, Painted, Painted, ...(Cell | string)[]] {
  const { pods } = row;
  const note =
    row.remark !== undefined
      ? { text: row.remark, paint: palette.dim }
      : row.protected
        ? { text: "protected", paint: palette.accent }
        : { text: (pods?.scaledOn.length ?? 0) > 0 ? `⇅ ${pods?.scaledOn.join(", ") ?? ""}` : "", paint: palette.good };
  const name = { text: row.name, paint: (text: string) => text };
  const kind = { text: row.kind, paint: palette.dim };
  if (pods === undefined) return [name, kind, note];
  const { group, scale } = pods;
  const { cpu, memory, gpus } = group.requests;
  const number = group.perNode
    ? "node"
    : group.finite
      ? "job"
      : scale.min === scale.max
        ? String(scale.min)
        : `${scale.min}–${scale.max}`;
  return [
    name,
    kind,
    gpus > 0 && !row.protected ? { text: `${note.text} ${count(gpus, "GPU")}`.trim(), paint: palette.good } : note,
    { text: number, paint: palette.strong },
    cpu === 0 ? "" : formatCpu(cpu),
    memory === 0 ? "" : formatBytes(memory),
    group.volumes.map((bytes) => formatBytes(bytes)).join("+"),
  ];
}

function kindLine({ kind, names, protected: kept }: Kind, { width, label }: Layout, palette: Palette): string {
  const title = names.length === 1 ? kind : `${names.length} ${kind}`;
  const note = kept ? "protected" : "";
  const room = width - INDENT - label - 1 - (kept ? note.length + 2 : 0);
  const mark = kept ? `  ${palette.accent(note)}` : "";
  return `${" ".repeat(INDENT)}${palette.dim(cut(title, label).padEnd(label))} ${fitNames(eachOnce(names), room)}${mark}`;
}

/** `["ca", "ca", "tls"]` → `["2 ca", "tls"]`: the same name in several namespaces. */
function eachOnce(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, times]) => (times === 1 ? name : `${times} ${name}`));
}

function totalLines(plan: Plan, { total: columns }: Layout, palette: Palette): string[] {
  const { min, max, nodes, zoneLost } = totals(plan);
  const dim = (text: string) => ({ text, paint: palette.dim });
  const amount = (total: { cpu: number; memory: number; gpus: number }) => [
    String(Math.round(total.cpu * 10) / 10),
    formatBytes(total.memory),
    total.gpus === 0 ? "" : String(total.gpus),
  ];
  const requests = (label: string, total: Total) =>
    line(
      columns,
      [
        label,
        String(total.pods),
        ...amount(total),
        total.volumeCount === 0 ? "" : `${formatBytes(total.volumes)} in ${total.volumeCount}`,
      ],
      INDENT,
    );
  const offer = (label: string, total: { cpu: number; memory: number; gpus: number; count: number }) =>
    line(columns, [dim(label), dim(""), ...amount(total).map(dim)], INDENT);
  const headed = columns.map((column, i) => (i === 0 ? { ...column, width: column.width + INDENT } : column));
  return [
    line(headed, [{ text: "totals", paint: palette.strong }, ...["pods", "CPU", "memory", "GPUs", "volumes"].map(dim)]),
    requests("at minimum", min),
    requests("at full scale", max),
    ...(nodes === undefined ? [] : [offer(nodes.count === 1 ? "1 node offers" : `${nodes.count} nodes offer`, nodes)]),
    ...(zoneLost === undefined ? [] : [offer(`${count(zoneLost.count, "node")}, a zone lost`, zoneLost)]),
  ];
}

/** What the stack takes for granted, by name; names that are too long for their column are below. */
function prerequisiteLines(plan: Plan, { width, label }: Layout, palette: Palette): string[] {
  const indent = " ".repeat(INDENT);
  return prerequisites(plan).flatMap(({ what, names }) => {
    const text = names.join(" · ");
    const beside = wrap(text, width - INDENT - label - 1);
    if (beside.every((one) => INDENT + label + 1 + one.length <= width))
      return beside.map((one, i) => `${indent}${palette.dim((i === 0 ? what : "").padEnd(label))} ${one}`);
    return [`${indent}${palette.dim(what)}`, ...wrap(text, width - 2 * INDENT).map((one) => `${indent}${indent}${one}`)];
  });
}

/** What no alert and no dashboard can tell, by what it is about. */
function unseenLines({ facts }: Plan, { width, label }: Layout, palette: Palette): string[] {
  const indent = " ".repeat(INDENT);
  return (facts?.unseen ?? []).flatMap(({ key, what }, i, all) => {
    const title = all[i - 1]?.key === key ? "" : key;
    const beside = wrap(what, width - INDENT - label - 1);
    if (title.length <= label)
      return beside.map((one, j) => `${indent}${palette.dim((j === 0 ? title : "").padEnd(label))} ${one}`);
    return [`${indent}${palette.dim(title)}`, ...beside.map((one) => `${indent}${" ".repeat(label)} ${one}`)];
  });
}

function outputLines({ outputs }: Plan, { width, label }: Layout, palette: Palette): string[] {
  const flat = leaves(outputs).map(([path, value]) => [formatPath(path), String(value)] as const);
  const more = flat.length - MOST_OUTPUTS;
  const indent = " ".repeat(INDENT);
  return [
    palette.strong("outputs"),
    // Addresses and commands are there to be copied: never cut.
    ...flat.slice(0, MOST_OUTPUTS).flatMap(([name, value]) => {
      const fits = name.length <= label && INDENT + label + 1 + value.length <= width;
      return fits
        ? [`${indent}${palette.dim(name.padEnd(label))} ${value}`]
        : [`${indent}${palette.dim(name)}`, `${indent}${indent}${value}`];
    }),
    ...(more > 0 ? [palette.dim(`${indent}and ${more} more (--format json shows all)`)] : []),
  ];
}
