/** Minutes of the longest time that is looked ahead: every day of the week, and the first days of two months. */
const HORIZON = 36 * 24 * 60;

const NAMES: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].map((name, i) => [name, i] as const),
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"].map((name, i) => [name, i + 1] as const),
  ].flat(),
);

/** Bounds of minute, hour, day, month and day of the week. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Seconds that a window is open, the shortest time; nothing where it does not open and close within 36 days. @param start five fields of cron */
export function shortestWindow(start: string, end: string): number | undefined {
  const [opens, closes] = [matcher(start), matcher(end)];
  if (opens === undefined || closes === undefined) return undefined;
  let shortest: number | undefined;
  let opened: number | undefined;
  for (let minute = 0; minute < HORIZON; minute += 1) {
    if (opened !== undefined && closes(minute)) {
      shortest = Math.min(shortest ?? Infinity, minute - opened);
      opened = undefined;
    }
    if (opened === undefined && opens(minute)) opened = minute;
  }
  return shortest === undefined ? undefined : shortest * 60;
}

/** Whether a minute after the beginning of a Sunday, the first of January, is meant. */
function matcher(cron: string): ((minute: number) => boolean) | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return undefined;
  const sets = fields.map((field, i) => valuesOf(field, FIELDS[i] ?? [0, 0]));
  const [minutes, hours, days, , weekdays] = sets;
  if (minutes === undefined || hours === undefined || days === undefined || weekdays === undefined) return undefined;
  const everyDay = fields[2] === "*";
  const everyWeekday = fields[4] === "*";
  return (minute) => {
    const day = Math.floor(minute / (24 * 60));
    const weekday = day % 7;
    const onDay = days.has((day % 31) + 1);
    const onWeekday = weekdays.has(weekday) || (weekday === 0 && weekdays.has(7));
    // Of the two, either one is enough where both are restricted.
    const dayMatches = everyDay ? onWeekday : everyWeekday ? onDay : onDay || onWeekday;
    return minutes.has(minute % 60) && hours.has(Math.floor(minute / 60) % 24) && dayMatches;
  };
}

function valuesOf(field: string, [low, high]: readonly [number, number]): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    const first = from === "*" ? low : numberOf(from);
    const last = from === "*" || (to === undefined && step !== undefined) ? high : numberOf(to ?? from);
    const by = step === undefined ? 1 : Number(step);
    if (first === undefined || last === undefined || by < 1 || first < low || last > high) return undefined;
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : NAMES[text.toUpperCase()];
}
