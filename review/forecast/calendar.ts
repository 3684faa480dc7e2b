import { cronFields } from "../kubernetes/schedules";

/** A moment on the clocks of a time zone. */
export interface LocalTime {
  /** From Monday on: 0 to 6. */
  readonly weekday: number;
  /** Seconds since midnight, as the clocks show them. */
  readonly second: number;
}

const DAY = 86_400;
const MINUTE = 60;
/** A schedule's next moment is looked for so many days ahead: each day of a week and of a month. */
const AHEAD = 36;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Seconds that the clocks of a zone are ahead of UTC at a moment (seconds since 1970). */
function offsetOf(timezone: string, at: number): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    const parts = {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    } as const;
    format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, hourCycle: "h23", ...parts });
    formats.set(timezone, format);
  }
  const whole = Math.floor(at);
  const read = Object.fromEntries(format.formatToParts(whole * 1000).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - whole;
}

export function localTime(timezone: string, at: number): LocalTime {
  const local = at + offsetOf(timezone, at);
  return { weekday: (Math.floor(local / DAY) + 3) % 7, second: local % DAY };
}

/** Midnight of a date, `2026-11-26`, on the clocks of a zone, in seconds since 1970. */
export function midnight(date: string, timezone: string): number {
  const utc = Date.parse(`${date}T00:00:00Z`) / 1000;
  const guess = utc - offsetOf(timezone, utc);
  return utc - offsetOf(timezone, guess);
}

/** The first date from one on that is such a day of the week (0 for Monday). */
export function nextWeekday(date: string, weekday: number): string {
  const start = Date.parse(`${date}T00:00:00Z`) / 1000;
  const ahead = (weekday - ((Math.floor(start / DAY) + 3) % 7) + 7) % 7;
  return new Date((start + ahead * DAY) * 1000).toISOString().slice(0, 10);
}

export interface Window {
  readonly start: string;
  readonly end: string;
  readonly timezone: string;
}

/**
 * Whether a window of KEDA's cron scaler is open: its end comes before it begins again.
 * Source: https://github.com/kedacore/keda/blob/v2.21.0/pkg/scalers/cron_scaler.go
 * @param from seconds since 1970: the window is asked about moments from here on
 * @param length seconds, until the last of these
 */
export function openTimes({ start, end, timezone }: Window, from: number, length: number): (at: number) => boolean {
  const until = from + length + AHEAD * DAY;
  const [starts, ends] = [momentsOf(start, timezone, from, until), momentsOf(end, timezone, from, until)];
  const next = (moments: readonly number[], at: number) => moments.find((moment) => moment > at) ?? Infinity;
  /** Between two of these nothing changes. */
  const changes = [...starts, ...ends].sort((a, b) => a - b);
  const states = new Map<number, boolean>();
  return (at) => {
    const segment = upTo(changes, at);
    const known = states.get(segment);
    if (known !== undefined) return known;
    const open = next(ends, at) < next(starts, at);
    states.set(segment, open);
    return open;
  };
}

/** How many of sorted numbers are not above one. */
function upTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Moments that a schedule means, in seconds since 1970. */
function momentsOf(cron: string, timezone: string, from: number, until: number): number[] {
  const [minutes, hours, days, months, weekdays] = cronFields(cron) ?? [];
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined)
    return [];
  const [, , dayText = "*", , weekdayText = "*"] = cron.trim().split(/\s+/);
  const both = /^[*?]/.test(dayText) || /^[*?]/.test(weekdayText);
  const found: number[] = [];
  const firstDay = Math.floor((from + offsetOf(timezone, from)) / DAY);
  for (let day = firstDay; day * DAY <= until + DAY; day += 1) {
    const date = new Date(day * DAY * 1000);
    const [inMonth, inWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    if (!months.has(date.getUTCMonth() + 1) || !(both ? inMonth && inWeek : inMonth || inWeek)) continue;
    for (const hour of hours) {
      const clock = day * DAY + hour * 3600;
      const offset = offsetOf(timezone, clock - offsetOf(timezone, clock));
      for (const minute of minutes) found.push(clock + minute * MINUTE - offset);
    }
  }
  return found.filter((moment) => moment > from).sort((a, b) => a - b);
}
