import { hasContent, repairsAt, type Repair } from "./repairs";

/** What a parser says of a text that is not YAML. */
export interface Misreading {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** It is surely this, and not what followed from something else. */
  readonly certain?: boolean;
  /** Line where what is wrong began, e.g. a quote that is never closed. Default: the line itself */
  readonly begins?: number;
}

export interface Judge {
  /** Everything that keeps a text from being read, in the order of the file. */
  readonly errors: (text: string) => readonly Misreading[];
  /** How much is wrong with the values of a text that can be read. */
  readonly worth: (text: string) => number;
}

/** Mistakes told at once. */
const MOST_MISTAKES = 5;
/** Repairs that are held against the schema; the others only against YAML. */
const MOST_JUDGED = 12;
/** Lines with content above an error in which its cause is sought. */
const LINES_ABOVE = 3;

/**
 * What is wrong with a text that is not YAML: each mistake once, where it was made. A parser notices many a mistake only
 * lines later, and stumbles over it again and again. So for its first complaint the small edit is sought that makes the text
 * readable, and its values right; then for the first complaint about what is left.
 */
export function mistakesIn(text: string, judge: Judge): Misreading[] {
  const certain = judge.errors(text).filter((error) => error.certain === true);
  if (certain.length > 0) return certain.filter(({ line }, i) => certain.findIndex((other) => other.line === line) === i);
  const mistakes: Misreading[] = [];
  let current = text;
  while (mistakes.length < MOST_MISTAKES) {
    const [first] = judge.errors(current);
    if (first === undefined) break;
    const repair = bestRepair(current, first, judge);
    mistakes.push(repair === undefined ? first : { ...repair, message: `not valid YAML: ${repair.message}` });
    if (repair === undefined) break;
    current = repair.text;
  }
  return mistakes;
}

/** The least far-fetched repair of those that leave the fewest wrong values; else the one that leads furthest. */
function bestRepair(text: string, error: Misreading, judge: Judge): Repair | undefined {
  const near = linesNear(text, error);
  const away = (line: number) => Math.abs(line - error.line) * 0.01;
  const repairs = near
    .flatMap((line) => repairsAt(text, line).map((repair) => ({ ...repair, cost: repair.cost + away(line) })))
    .sort((a, b) => a.cost - b.cost);
  const around = excerpt(text, near);
  let best: { repair: Repair; worth: number } | undefined;
  let furthest: { repair: Repair; line: number } | undefined;
  let judged = 0;
  for (const repair of repairs) {
    const [next] = judge.errors(around(repair.text));
    if (next !== undefined) {
      if (next.line > Math.max(error.line + 1, furthest?.line ?? 0)) furthest = { repair, line: next.line };
      continue;
    }
    const worth = judge.worth(repair.text);
    if (worth < (best?.worth ?? Infinity)) best = { repair, worth };
    if (worth === 0 || ++judged === MOST_JUDGED) break;
  }
  return best?.repair ?? furthest?.repair;
}

/** Leaves of a text the lines around some others, from one setting to the next, each where it was: so that many can be tried. */
function excerpt(text: string, near: readonly number[]): (text: string) => string {
  const lines = text.split("\n");
  const isSetting = (line: string | undefined) => /^(?:config:| {2}[\w"'])/.test(line ?? "");
  let first = Math.min(...near) - 1;
  while (first > 0 && !isSetting(lines[first])) first--;
  let end = Math.max(...near);
  while (end < lines.length && !isSetting(lines[end])) end++;
  return (other) => {
    const kept = other.split("\n").map((line, i) => ((i >= first && i < end) || line.startsWith("config:") ? line : ""));
    return kept.join("\n");
  };
}

/** The line of an error, those above it and the one below that say something, and the one where it began. */
function linesNear(text: string, { line, begins }: Misreading): number[] {
  const lines = text.split("\n");
  const near: number[] = hasContent(lines[line - 1] ?? "") ? [line] : [];
  for (let above = line - 1; above >= 1 && near.length <= LINES_ABOVE; above--)
    if (hasContent(lines[above - 1] ?? "")) near.push(above);
  for (let below = line + 1; below <= lines.length; below++) {
    if (!hasContent(lines[below - 1] ?? "")) continue;
    near.push(below);
    break;
  }
  return [...new Set([...near, ...outline(lines, line), ...(begins === undefined ? [] : [begins])])];
}

/** What the line of an error belongs to, the first line of that, and the line before of its own depth. */
function outline(lines: readonly string[], line: number): number[] {
  const depth = (at: number) => (lines[at - 1] ?? "").search(/\S/);
  const isAbove = (at: number, holds: (other: number) => boolean) => hasContent(lines[at - 1] ?? "") && holds(depth(at));
  const found: number[] = [];
  let sibling: number | undefined;
  let first = line;
  for (let at = line - 1; at >= 1; at--) {
    if (isAbove(at, (other) => other === depth(line))) sibling ??= at;
    if (isAbove(at, (other) => other < depth(line))) {
      found.push(at);
      break;
    }
    if (hasContent(lines[at - 1] ?? "")) first = at;
  }
  return [...found, ...(first === line ? [] : [first]), ...(sibling === undefined ? [] : [sibling])];
}
