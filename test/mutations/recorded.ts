import * as fs from "node:fs";
import * as path from "node:path";
import { KINDS, type Harmful, type Harmless } from "./mutation";
import { hasRightCause, isBlamed, isCaught, type Outcome } from "./score";

/** What `npm run mutations -- --record` has noted last; not score.json, which Node.js would take for `./score`. docs/rules.md shows it, and CI holds a sample against it. */
const SCORE_FILE = path.join(__dirname, "last-score.json");

interface Row {
  /** Kind of change; `all` in the last row. */
  readonly kind: string;
  readonly changes: number;
  readonly caught: number;
  readonly rightCause: number;
}

export interface Score {
  readonly harmful: readonly Row[];
  readonly harmless: { readonly changes: number; readonly blamed: number; readonly warned: number };
}

export function rowsOf(outcomes: readonly Outcome<Harmful>[]): Row[] {
  const row = (kind: string, of: readonly Outcome<Harmful>[]): Row => ({
    kind,
    changes: of.length,
    caught: of.filter(isCaught).length,
    rightCause: of.filter(hasRightCause).length,
  });
  const kinds = KINDS.map((kind) =>
    row(
      kind,
      outcomes.filter(({ mutation }) => mutation.kind === kind),
    ),
  );
  return [...kinds.filter(({ changes }) => changes > 0), row("all", outcomes)];
}

export function harmlessOf(outcomes: readonly Outcome<Harmless>[]): Score["harmless"] {
  const warned = outcomes.filter((outcome) => !isBlamed(outcome) && outcome.found.length > 0);
  return { changes: outcomes.length, blamed: outcomes.filter(isBlamed).length, warned: warned.length };
}

export function writeScore(harmful: readonly Outcome<Harmful>[], harmless: readonly Outcome<Harmless>[]): void {
  const score: Score = { harmful: rowsOf(harmful), harmless: harmlessOf(harmless) };
  fs.writeFileSync(SCORE_FILE, `${JSON.stringify(score, null, 2)}\n`);
}

export function readScore(): Score {
  return JSON.parse(fs.readFileSync(SCORE_FILE, "utf8")) as Score;
}
