import { formatBytes, formatCpu } from "../../components/schema";
import { formatPath, leaves } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { count, type Finding } from "../rules/rule";
import { cut, fitNames, line, wrap, type Column } from "./columns";
import { findingLines, summary } from "./findings";
import { outline, type Kind, type Part, type Row } from "./outline";
import type { Palette } from "./palette";
import { totals, type Total } from "./totals";

/** Width of the report in characters: fits half of a wide screen, a pull request, a page of paper. */
export const WIDTH = 100;

const FIRST_COLUMN = 27;
/** Outputs that are printed; the others are counted. */
const MOST_OUTPUTS = 20;

const ROW: readonly Column[] = [
  { width: FIRST_COLUMN, align: "left" },
  { width: 15, align: "left" },
  { width: 18, align: "left" },
  { width: 7, align: "right" },
  { width: 6, align: "right" },
  { width: 7, align: "right" },
  { width: 11, align: "right" },
];
/** For what has no pods: the remark takes the room of the numbers. */
const REMARK: readonly Column[] = [...ROW.slice(0, 2), { width: 53, align: "left" }];
const INDENT = 2;
const HEADINGS = ["pods", "CPU", "memory", "volumes"];

/** The plan of a stack for people: what runs, how it scales, where data is, what is wrong. */
export function textReport(plan: Plan, findings: readonly Finding[], palette: Palette): string {
  const { parts } = outline(plan);
  const lines = [...header(plan, palette)];
  for (const part of parts) lines.push("", ...partLines(part, palette));
  lines.push("", ...totalLines(plan, palette));
  if (Object.keys(plan.outputs).length > 0) lines.push("", ...outputLines(plan, palette));
  if (findings.length > 0) lines.push("", ...findingLines(findings, WIDTH, palette));
  lines.push("", summary(plan, findings, palette), "");
  return lines.join("\n");
}

function header({ stack, facts, resources }: Plan, palette: Palette): string[] {
  const custom = resources.filter((resource) => resource.custom).length;
  const title = `${stack} ${"─".repeat(Math.max(1, WIDTH - stack.length - 1))}`;
  const lines = [palette.title(title)];
  const said = [`${count(custom, "resource")} in ${count(resources.length - custom, "component")}`];
  if (facts !== undefined) {
    said.push(`${facts.zones.length === 1 ? "zone" : "zones"} ${facts.zones.join(", ")}`);
    said.push(facts.protectData ? "data is protected" : "data is not protected");
  }
  lines.push(...wrap(said.join(" · "), WIDTH).map(palette.dim));
  const pools = facts?.nodePools.map(
    (pool) =>
      `${pool.count} × ${pool.name} (${formatCpu(pool.cpu)} CPU, ${formatBytes(pool.memory)}${pool.gpus > 0 ? `, ${count(pool.gpus, "GPU")}` : ""})`,
  );
  if (pools !== undefined) lines.push(...wrap(`nodes ${pools.join(" · ")}`, WIDTH).map(palette.dim));
  return lines;
}

function partLines(part: Part, palette: Palette): string[] {
  const runs = part.rows.some((row) => row.pods !== undefined);
  const [first, second, third, ...numbers] = ROW;
  const wide = (first?.width ?? 0) + (second?.width ?? 0) + (third?.width ?? 0) + 2 + INDENT;
  const columns: Column[] = [{ width: wide, align: "left" }, ...numbers];
  const lines = [
    line(columns, [
      { text: part.name, paint: palette.strong },
      ...(runs ? HEADINGS.map((text) => ({ text, paint: palette.dim })) : []),
    ]),
  ];
  for (const row of part.rows) lines.push(line(row.pods === undefined ? REMARK : ROW, rowCells(row, palette), INDENT));
  for (const kind of part.named) lines.push(...kindLines(kind, palette));
  if (part.counted.length > 0) {
    const text = `also ${part.counted.map(({ kind, names }) => (names.length === 1 ? kind : `${names.length} ${kind}`)).join(", ")}`;
    lines.push(...wrap(text, WIDTH - INDENT).map((one) => palette.dim(" ".repeat(INDENT) + one)));
  }
  return lines;
}

function rowCells(row: Row, palette: Palette) {
  const { pods } = row;
  const note =
    row.remark !== undefined
      ? { text: row.remark, paint: palette.dim }
      : row.protected
        ? { text: "protected", paint: palette.accent }
        : { text: (pods?.scaledOn.length ?? 0) > 0 ? `⇅ ${pods?.scaledOn.join(", ") ?? ""}` : "", paint: palette.good };
  const name = { text: row.name };
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

function kindLines({ kind, names, protected: kept }: Kind, palette: Palette): string[] {
  const label = names.length === 1 ? kind : `${names.length} ${kind}`;
  const note = kept ? "protected" : "";
  const width = WIDTH - INDENT - FIRST_COLUMN - 1 - (kept ? note.length + 2 : 0);
  const text = fitNames(eachOnce(names), width);
  const mark = kept ? `  ${palette.accent(note)}` : "";
  return [`${" ".repeat(INDENT)}${palette.dim(cut(label, FIRST_COLUMN).padEnd(FIRST_COLUMN))} ${text}${mark}`];
}

/** `["ca", "ca", "tls"]` → `["2 ca", "tls"]`: the same name in several namespaces. */
function eachOnce(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, times]) => (times === 1 ? name : `${times} ${name}`));
}

const TOTAL: readonly Column[] = [
  { width: 24, align: "left" },
  { width: 8, align: "right" },
  { width: 8, align: "right" },
  { width: 9, align: "right" },
  { width: 6, align: "right" },
  { width: 20, align: "right" },
];

const [FIRST_TOTAL, ...OTHER_TOTALS] = TOTAL;
const HEADED_TOTAL: readonly Column[] = [{ width: (FIRST_TOTAL?.width ?? 0) + INDENT, align: "left" }, ...OTHER_TOTALS];

function totalLines(plan: Plan, palette: Palette): string[] {
  const { min, max, nodes, zoneLost } = totals(plan);
  const dim = (text: string) => ({ text, paint: palette.dim });
  const amount = (total: { cpu: number; memory: number; gpus: number }) => [
    String(Math.round(total.cpu * 10) / 10),
    formatBytes(total.memory),
    total.gpus === 0 ? "" : String(total.gpus),
  ];
  const requests = (label: string, total: Total) =>
    line(
      TOTAL,
      [
        label,
        String(total.pods),
        ...amount(total),
        total.volumeCount === 0 ? "" : `${formatBytes(total.volumes)} in ${total.volumeCount}`,
      ],
      INDENT,
    );
  const offer = (label: string, total: { cpu: number; memory: number; gpus: number; count: number }) =>
    line(TOTAL, [dim(label), dim(""), ...amount(total).map(dim)], INDENT);
  return [
    line(HEADED_TOTAL, [{ text: "totals", paint: palette.strong }, ...["pods", "CPU", "memory", "GPUs", "volumes"].map(dim)]),
    requests("at minimum", min),
    requests("at full scale", max),
    ...(nodes === undefined ? [] : [offer(nodes.count === 1 ? "1 node offers" : `${nodes.count} nodes offer`, nodes)]),
    ...(zoneLost === undefined ? [] : [offer(`one zone lost: ${count(zoneLost.count, "node")}`, zoneLost)]),
  ];
}

function outputLines({ outputs }: Plan, palette: Palette): string[] {
  const flat = leaves(outputs).map(([path, value]) => [formatPath(path), String(value)] as const);
  const more = flat.length - MOST_OUTPUTS;
  return [
    palette.strong("outputs"),
    ...flat.slice(0, MOST_OUTPUTS).map(([name, value]) => {
      const key = cut(name, FIRST_COLUMN).padEnd(FIRST_COLUMN);
      return `${" ".repeat(INDENT)}${palette.dim(key)} ${cut(value, WIDTH - INDENT - FIRST_COLUMN - 1)}`;
    }),
    ...(more > 0 ? [palette.dim(`${" ".repeat(INDENT)}and ${more} more (--format json shows all)`)] : []),
  ];
}
