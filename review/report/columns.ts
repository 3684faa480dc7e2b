import type { Paint } from "./palette";

export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

export interface Column {
  readonly width: number;
  readonly align: "left" | "right";
}

/** Cuts a text to a width, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** One line of a table: cells padded to their columns, one space apart, painted after they were measured. */
export function line(columns: readonly Column[], cells: readonly (Cell | string)[], indent = 0): string {
  const parts = columns.map((column, i) => {
    const cell = cells[i] ?? "";
    const { text, paint = (t: string) => t } = typeof cell === "string" ? { text: cell } : cell;
    const short = cut(text, column.width);
    const padding = " ".repeat(column.width - short.length);
    return column.align === "right" ? padding + paint(short) : paint(short) + padding;
  });
  return (" ".repeat(indent) + parts.join(" ")).trimEnd();
}

/** Breaks a text at spaces into lines of at most `width`; a longer word is alone. What is in `…` is one word. */
export function wrap(text: string, width: number): string[] {
  return wrapUnits(text.match(/(?:`[^`]*`|\S)+/g) ?? [], width);
}

/** Lines of at most `width` of units that are not broken themselves. */
export function wrapUnits(units: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const unit of units) {
    const current = lines.at(-1);
    if (current !== undefined && current.length + 1 + unit.length <= width) lines[lines.length - 1] = `${current} ${unit}`;
    else lines.push(unit);
  }
  return lines;
}

/** As many names as fit a width, and how many more there are. */
export function fitNames(names: readonly string[], width: number): string {
  let text = "";
  for (const [i, name] of names.entries()) {
    const next = text === "" ? name : `${text}, ${name}`;
    const more = names.length - i - 1;
    const tail = more > 0 ? ` and ${more} more` : "";
    if (text !== "" && next.length + tail.length > width) return `${text} and ${names.length - i} more`;
    text = next;
  }
  return text;
}
