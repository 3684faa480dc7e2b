import { didYouMean } from "../../components/schema";
import { UsageError } from "../errors";
import type { ForecastFacts } from "../plan/forecast-facts";
import { midnight, nextWeekday } from "./calendar";
import { busiestWeekday, type Curve } from "./demand";

/** Hours and minutes, or a date with them. */
const TIME = /^(?:(\d{4}-\d{2}-\d{2})[T ])?([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const NUMBER = /^\d+(?:\.\d+)?$/;
const DAY = 86_400;
const MOST_ERRORS = 20;

interface Row {
  /** Seconds since 1970. */
  readonly at: number;
  readonly orders: readonly number[];
}

/**
 * Orders as they were recorded: a line of names (`time` and channels of the forecast), then lines of a time, e.g. `08:15` or `2026-11-26T08:15`
 * on the clocks of the forecast's zone, and of each channel the orders that came from then until the time of the next line. The last line lasts
 * as long as the one before it.
 * @param file how messages name it
 * @throws UsageError with each mistake, as `file:line:column: what, and what to do`
 */
export function curveOf(file: string, text: string, facts: ForecastFacts, today: string): Curve {
  const problems: string[] = [];
  const problem = (line: number, column: number, message: string) => problems.push(`${file}:${line}:${column}: ${message}`);
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const channels = header(lines[0] ?? "", facts, problem);
  const defaultDate = nextWeekday(today, busiestWeekday(facts));
  const rows: Row[] = [];
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line.trim() === "") continue;
    const cells = cellsOf(line);
    if (cells.length !== channels.length + 1) {
      problem(i + 1, 1, `has ${cells.length} values; the first line names ${channels.length + 1}`);
      continue;
    }
    const [time = { text: "", column: 1 }, ...values] = cells;
    const at = secondsOf(time.text, defaultDate, facts.timezone);
    if (at === undefined) problem(i + 1, time.column, `${quoted(time.text)} is no time; write it as 08:15 or 2026-11-26T08:15`);
    const before = rows.at(-1)?.at;
    if (at !== undefined && before !== undefined && at <= before)
      problem(
        i + 1,
        time.column,
        `${quoted(time.text)} does not come after the line before it; sort the lines, and give times of several days their date`,
      );
    for (const { text: value, column } of values) {
      if (!NUMBER.test(value)) problem(i + 1, column, `${quoted(value)} is no number of orders; write it as 120`);
    }
    rows.push({ at: at ?? before ?? 0, orders: values.map(({ text: value }) => Number(value)) });
  }
  if (problems.length === 0 && rows.length < 2) problem(lines.length, 1, "a curve needs two lines of orders, or more");
  if (problems.length > 0) throw new UsageError(shortened(problems).join("\n"));
  return stepped(`the curve of ${file}`, channels, rows);
}

function header(
  line: string,
  { channels }: ForecastFacts,
  problem: (line: number, column: number, message: string) => void,
): string[] {
  const known = channels.map(({ name }) => name);
  const [time, ...names] = cellsOf(line);
  if (time?.text !== "time") {
    const hint = line.includes(";") ? "; values are separated by commas" : "";
    problem(1, 1, `expected a line of names first, as time,${known.join(",")}${hint}`);
    return [];
  }
  if (names.length === 0) problem(1, line.length + 1, `names no channel; known are ${known.join(", ")}`);
  for (const [i, { text, column }] of names.entries()) {
    if (!known.includes(text)) problem(1, column, `mes:forecast has no channel ${quoted(text)}${didYouMean(text, known)}`);
    else if (names.findIndex((name) => name.text === text) < i) problem(1, column, `${quoted(text)} is there twice`);
  }
  return names.map(({ text }) => text);
}

/** Values of a line with the column that each begins at. */
function cellsOf(line: string): { text: string; column: number }[] {
  let column = 1;
  return line.split(",").map((cell) => {
    const begins = column + (cell.length - cell.trimStart().length);
    column += cell.length + 1;
    return { text: cell.trim(), column: begins };
  });
}

function secondsOf(text: string, defaultDate: string, timezone: string): number | undefined {
  const [, date, hours, minutes, seconds = "0"] = TIME.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  if (date !== undefined && !isDate(date)) return undefined;
  return midnight(date ?? defaultDate, timezone) + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function isDate(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function stepped(title: string, channels: readonly string[], rows: readonly Row[]): Curve {
  const begins = rows[0]?.at ?? 0;
  const lengths = rows.map(({ at }, i) => (rows[i + 1]?.at ?? at + (at - (rows[i - 1]?.at ?? at))) - at);
  const last = rows.at(-1);
  const seconds = (last?.at ?? 0) - begins + (lengths.at(-1) ?? 0);
  const starts = rows.map(({ at }) => at - begins);
  return {
    title,
    begins,
    seconds,
    rate: (channel, after) => {
      const column = channels.indexOf(channel);
      if (column === -1 || after >= seconds) return 0;
      const row = Math.max(
        0,
        starts.findLastIndex((start) => start <= after),
      );
      return (rows[row]?.orders[column] ?? 0) / (lengths[row] ?? DAY);
    },
  };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

function shortened(problems: readonly string[]): string[] {
  const more = problems.length - MOST_ERRORS;
  return more > 0 ? [...problems.slice(0, MOST_ERRORS), `and ${more} more mistakes`] : [...problems];
}
