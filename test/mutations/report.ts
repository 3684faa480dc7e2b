import type { Harmful, Harmless } from "./mutation";
import { harmlessOf, rowsOf } from "./recorded";
import { hasRightCause, isBlamed, isCaught, type Outcome } from "./score";

export function plainTable(outcomes: readonly Outcome<Harmful>[]): string {
  const rows = rowsOf(outcomes).map(({ kind, ...numbers }) => [kind, ...Object.values(numbers).map(String)]);
  return [["kind of change", "changes", "caught", "right cause"], ...rows]
    .map(([name = "", ...numbers]) => `${name.padEnd(28)}${numbers.map((number) => number.padStart(12)).join("")}`)
    .join("\n");
}

export function harmlessLine(outcomes: readonly Outcome<Harmless>[]): string {
  const { changes, blamed, warned } = harmlessOf(outcomes);
  return `harmless: ${changes}, blamed with an error: ${blamed}, warned of: ${warned}`;
}

export function missesOf(bad: readonly Outcome<Harmful>[], good: readonly Outcome<Harmless>[]): string {
  const missed = bad.filter((outcome) => !isCaught(outcome));
  const other = bad.filter((outcome) => isCaught(outcome) && !hasRightCause(outcome));
  return [
    ...section(
      "pass unnoticed",
      missed.map(({ mutation, crash }) => `${named(mutation)}${crash === undefined ? "" : ` [failed: ${crash}]`}`),
    ),
    ...section(
      "caught for another cause",
      other.flatMap(({ mutation, found }) => [named(mutation), ...found.map(({ text }) => `    ${text}`)]),
    ),
    ...section(
      "harmless, and blamed",
      good.filter(isBlamed).flatMap((outcome) => story(outcome).split("\n")),
    ),
    ...section(
      "harmless, and warned of",
      good.filter((outcome) => !isBlamed(outcome) && outcome.found.length > 0).flatMap((outcome) => story(outcome).split("\n")),
    ),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), ""];
}

function named({ id, stack, ...mutation }: Harmful | Harmless): string {
  return `${id} (${stack}): ${"harm" in mutation ? mutation.harm : mutation.why}`;
}

export function story({ mutation, refused, found, crash }: Outcome<Harmful | Harmless>): string {
  const lines = found.map(({ severity, text }) => `    ${refused ? "refused" : severity}: ${text}`);
  return [named(mutation), ...lines, ...(crash === undefined ? [] : [`    failed: ${crash}`])].join("\n");
}
