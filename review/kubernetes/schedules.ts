import { parseGoDuration } from "./go-duration";
import { entryOf } from "./value";

/** What a cron schedule comes to. */
export interface Schedule {
  /** Why it is none, or never comes. */
  readonly problem?: string;
  /** Most days between two of its days. */
  readonly longestGap: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Least and greatest value of a field, and its names from the least on. */
type Bounds = readonly [least: number, greatest: number, names?: readonly string[]];

const FIELDS: readonly Bounds[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12, MONTHS],
  [0, 6, DAYS],
];
const SECONDS: Bounds = [0, 59];

const MACROS: Readonly<Record<string, number>> = {
  "@yearly": 366,
  "@annually": 366,
  "@monthly": 31,
  "@weekly": 7,
  "@daily": 1,
  "@midnight": 1,
  "@hourly": 1,
};

/**
 * Reads a schedule as Kubernetes (five fields) and CloudNativePG (six, the first of them seconds) do.
 * Source: https://pkg.go.dev/github.com/robfig/cron, which both use
 */
export function schedule(text: string, fields: 5 | 6): Schedule {
  const macro = entryOf(MACROS, text);
  if (macro !== undefined) return { longestGap: macro };
  if (text.startsWith("@every ")) return { longestGap: 1 };
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields) {
    const what = fields === 6 ? "six fields, the first of them seconds" : "five fields";
    return {
      problem: `has ${parts.length} fields; a schedule has ${what}, as ${fields === 6 ? "0 " : ""}0 2 * * *`,
      longestGap: 0,
    };
  }
  const bounds = fields === 6 ? [SECONDS, ...FIELDS] : FIELDS;
  const values = parts.map((part, i) => valuesOf(part, bounds[i] ?? SECONDS));
  const wrong = values.findIndex((value) => value === undefined);
  if (wrong >= 0) return { problem: `${parts[wrong] ?? ""} is none of its values`, longestGap: 0 };
  const [days, months, weekdays] = values.slice(-3).map((value) => value ?? new Set<number>());
  const [dayText = "*", , weekdayText = "*"] = parts.slice(-3);
  const gap = longestGap(
    days ?? new Set(),
    months ?? new Set(),
    weekdays ?? new Set(),
    /^[*?]/.test(dayText) || /^[*?]/.test(weekdayText),
  );
  return gap === undefined
    ? { problem: "never comes: no month that it names has such a day", longestGap: 0 }
    : { longestGap: gap };
}

/** Values of the five fields of a schedule; undefined if it is not one. */
export function cronFields(text: string): readonly ReadonlySet<number>[] | undefined {
  const parts = text.trim().split(/\s+/);
  const values = parts.flatMap((part, i) => valuesOf(part, FIELDS[i] ?? SECONDS) ?? []);
  return parts.length === FIELDS.length && values.length === FIELDS.length ? values : undefined;
}

/** How often a schedule comes on one of its days; undefined if it is not one. `@every` counts hours, minutes and seconds. */
export function timesADay(text: string, fields: 5 | 6): number | undefined {
  const [, every] = /^@every ((?:\d+[hms])+)$/.exec(text) ?? [];
  if (every !== undefined) {
    const seconds = parseGoDuration(every) ?? 0;
    return seconds === 0 ? undefined : Math.max(1, Math.floor(86_400 / seconds));
  }
  if (text === "@hourly") return 24;
  if (entryOf(MACROS, text) !== undefined) return 1;
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields || schedule(text, fields).problem !== undefined) return undefined;
  const bounds = fields === 6 ? [SECONDS, ...FIELDS] : FIELDS;
  return parts.slice(0, -3).reduce((product, part, i) => product * (valuesOf(part, bounds[i] ?? SECONDS)?.size ?? 1), 1);
}

function valuesOf(field: string, [least, greatest, names = []]: Bounds): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const every = step === undefined ? 1 : Number(step);
    const ends = range.split("-").map((end) => {
      const name = names.indexOf(end.toLowerCase());
      return name >= 0 ? least + name : /^\d{1,2}$/.test(end) ? Number(end) : Number.NaN;
    });
    const all = range === "*" || range === "?";
    const from = all ? least : (ends[0] ?? Number.NaN);
    const to = all || (ends.length === 1 && step !== undefined) ? greatest : (ends.at(-1) ?? Number.NaN);
    if (every < 1 || ends.length > 2 || !(from >= least && to <= greatest && from <= to)) return undefined;
    for (let value = from; value <= to; value += every) values.add(value);
  }
  return values;
}

/** Eight years, so that there is a leap year between any two that are none. */
const SPAN = 8 * 365 + 3;
const MILLISECONDS_A_DAY = 86_400_000;

/** @param both a day has to match both of the month's and the week's days; false: either */
function longestGap(
  days: ReadonlySet<number>,
  months: ReadonlySet<number>,
  weekdays: ReadonlySet<number>,
  both: boolean,
): number | undefined {
  if (days.size === 31 && months.size === 12) return longestGapInWeek([...weekdays]);
  let last: number | undefined;
  let longest = 0;
  const start = Date.UTC(2024, 0, 1);
  for (let i = 0; i < SPAN; i += 1) {
    const date = new Date(start + i * MILLISECONDS_A_DAY);
    const [inMonth, inWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    if (!months.has(date.getUTCMonth() + 1) || !(both ? inMonth && inWeek : inMonth || inWeek)) continue;
    if (last !== undefined) longest = Math.max(longest, i - last);
    last = i;
  }
  return last === undefined ? undefined : Math.max(longest, 1);
}

function longestGapInWeek(weekdays: readonly number[]): number {
  const sorted = [...weekdays].sort((a, b) => a - b);
  return Math.max(...sorted.map((day, i) => (sorted[i + 1] ?? (sorted[0] ?? 0) + 7) - day));
}
