import { cronFields } from "../kubernetes/schedules";

/** Days that are looked ahead: each day of the week and of a month. */
const DAYS = 36;
const MINUTES_A_DAY = 24 * 60;

/** Seconds that a window is open, the shortest time; undefined if it does not open and close within 36 days. @param start five fields of cron */
export function shortestWindow(start: string, end: string): number | undefined {
  const [opens, closes] = [minutesOf(start), minutesOf(end)];
  let shortest: number | undefined;
  let next = 0;
  let closed = 0;
  for (const open of opens) {
    // It is open already.
    if (open < closed) continue;
    while ((closes[next] ?? Infinity) <= open) next += 1;
    const close = closes[next];
    if (close === undefined) break;
    shortest = Math.min(shortest ?? Infinity, close - open);
    closed = close;
  }
  return shortest === undefined ? undefined : shortest * 60;
}

/** Minutes after the beginning of a Sunday, the first of January, that a schedule means. */
function minutesOf(cron: string): number[] {
  const [minutes, hours, days, , weekdays] = cronFields(cron) ?? [];
  if (minutes === undefined || hours === undefined || days === undefined || weekdays === undefined) return [];
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  // Of the two, either one is enough where both are restricted.
  const both = days.size === 31 || weekdays.size === 7;
  return Array.from({ length: DAYS }, (_, day) => day)
    .filter((day) => {
      const [inMonth, inWeek] = [days.has((day % 31) + 1), weekdays.has(day % 7)];
      return both ? inMonth && inWeek : inMonth || inWeek;
    })
    .flatMap((day) => times.map((time) => day * MINUTES_A_DAY + time));
}
