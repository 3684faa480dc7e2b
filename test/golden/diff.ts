/** Lines around a change that are shown with it. */
const CONTEXT = 3;

type Edit = readonly [mark: " " | "-" | "+", line: string];

/** A unified diff of two texts, at most so many lines long; what is left out is counted. */
export function unifiedDiff(before: string, after: string, most: number): string {
  const edits = editScript(before.split("\n"), after.split("\n"));
  const shown = new Set<number>();
  for (const [i, [mark]] of edits.entries()) {
    if (mark === " ") continue;
    for (let j = i - CONTEXT; j <= i + CONTEXT; j++) shown.add(j);
  }
  const lines: string[] = [];
  let previous = -1;
  for (const [i, [mark, text]] of edits.entries()) {
    if (!shown.has(i)) continue;
    if (previous !== i - 1) lines.push(`@@ line ${1 + edits.slice(0, i).filter(([m]) => m !== "-").length} @@`);
    lines.push(`${mark}${text}`);
    previous = i;
  }
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `… and ${more} more lines`].join("\n") : lines.join("\n");
}

/** Edits that lead from one list of lines to another, by their longest common subsequence. */
function editScript(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  const same = (lines: readonly string[]): Edit[] => lines.map((text) => [" ", text]);
  return [...same(before.slice(0, start)), ...middle(a, b), ...same(end > 0 ? before.slice(-end) : [])];
}

/** Cells of the table below at most; beyond it everything counts as changed. */
const MOST_CELLS = 4_000_000;

function middle(a: readonly string[], b: readonly string[]): Edit[] {
  if (a.length * b.length > MOST_CELLS) return [...a.map((text): Edit => ["-", text]), ...b.map((text): Edit => ["+", text])];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push([" ", a[i] ?? ""]);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      edits.push(["-", a[i] ?? ""]);
      i++;
    } else {
      edits.push(["+", b[j] ?? ""]);
      j++;
    }
  }
  return edits;
}
