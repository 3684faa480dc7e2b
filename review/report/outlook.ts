import type { CostLine } from "../forecast/cost";
import type { Forecast } from "../forecast/forecast";
import type { Outlook, OutlookSide } from "../forecast/outlook";
import { decimal, lateInWords, times, whole } from "../forecast/words";
import { listed } from "../rules/rule";

/** Whether more orders are late than before; with nothing to compare with, whether any is. */
export function isLater({ before, after }: Outlook): boolean {
  const late = after.forecast?.outcome.late ?? 0;
  return late >= 0.5 && late >= (before?.forecast?.outcome.late ?? 0) + 0.5;
}

/** Orders that become late, in a few words for a verdict; nothing where none does. */
export function laterOrders(outlook: Outlook): string | undefined {
  const { forecast } = outlook.after;
  if (forecast === undefined || !isLater(outlook)) return undefined;
  return `${whole(forecast.outcome.late)} of ${whole(forecast.outcome.orders)} orders come late${formerly(outlook, ({ outcome }) => lateInWords(outcome.late))}`;
}

/** What becomes of orders, headroom and cost, each in a sentence. */
export function outlookLines(outlook: Outlook): string[] {
  return [...orderLines(outlook), ...headroomLines(outlook), ...costLines(outlook)];
}

function orderLines(outlook: Outlook): string[] {
  const { before, after } = outlook;
  const unknown = [
    ...(after.unknown === undefined ? [] : [`orders late: not known, since ${after.unknown}`]),
    ...(before?.unknown === undefined ? [] : [`orders late before: not known, since ${before.unknown}`]),
  ];
  const { forecast } = after;
  if (forecast === undefined) return unknown;
  const { outcome, curve, capacity } = forecast;
  const where = outcome.roles.filter((role) => role.late + role.givenUp >= 0.5).map(({ name }) => name);
  const late = `orders late on ${curve}: ${lateInWords(outcome.late)} of ${whole(outcome.orders)}${where.length === 0 ? "" : ` (${where.join(", ")})`}`;
  const limit = ({ capacity: { first } }: Forecast) =>
    first === undefined
      ? "none"
      : first.headroom <= 1
        ? `${first.name}, overrun in the peak (${times(first.headroom)} of it)`
        : `${first.name} at ${times(first.headroom)}`;
  return [
    `${late}${formerly(outlook, (one) => lateInWords(one.outcome.late))}`,
    ...(capacity.first === undefined ? [] : [`first limit: ${limit(forecast)}${formerly(outlook, limit)}`]),
    ...unknown,
  ];
}

/** `, before: none`; `, as before` where both sides say the same. */
function formerly({ before, after }: Outlook, of: (forecast: Forecast) => string): string {
  if (before?.forecast === undefined || after.forecast === undefined) return "";
  const [was, is] = [of(before.forecast), of(after.forecast)];
  return was === is ? ", as before" : `, before: ${was}`;
}

/** Headroom of a role, a pooler or a database on both sides; undefined where one of them does not have it. */
export interface HeadroomChange {
  readonly name: string;
  readonly before?: number;
  readonly after?: number;
}

/** Headroom that changes as people read it, the least first. */
export function headroomChanges({ before, after }: Outlook): HeadroomChange[] {
  const of = (side: OutlookSide | undefined) =>
    new Map(side?.forecast?.capacity.capacities.filter(({ rate }) => rate > 0).map(({ name, headroom }) => [name, headroom]));
  const [was, is] = [of(before), of(after)];
  if (before?.forecast === undefined || after.forecast === undefined) return [];
  return [...new Set([...is.keys(), ...was.keys()])]
    .map((name): HeadroomChange => {
      const [then, now] = [was.get(name), is.get(name)];
      return { name, ...(then === undefined ? {} : { before: then }), ...(now === undefined ? {} : { after: now }) };
    })
    .filter(({ before: then, after: now }) => {
      if (then === undefined || now === undefined) return true;
      return times(then) !== times(now);
    })
    .sort((a, b) => (a.after ?? Infinity) - (b.after ?? Infinity));
}

function headroomLines(outlook: Outlook): string[] {
  const changes = headroomChanges(outlook).map(({ name, before, after }) => {
    if (before === undefined) return `${name} ${times(after ?? Infinity)} (new)`;
    return after === undefined ? `${name} gone` : `${name} ${times(before)} → ${times(after)}`;
  });
  return changes.length === 0 ? [] : [`headroom, times as many orders: ${listed(changes, 6)}`];
}

const LEVELS = [
  ["minimum", "at minimum"],
  ["expected", "expected"],
  ["full scale", "at full scale"],
] as const;

function costLines({ before, after }: Outlook): string[] {
  const { monthly, currency, region, date } = after.cost;
  const parts = LEVELS.map(([level, words]) => {
    const more = before === undefined ? undefined : monthly[level] - before.cost.monthly[level];
    return `${whole(monthly[level])} ${words}${more === undefined ? "" : ` (${differenceInWords(more)})`}`;
  });
  return [
    `cost, ${currency} a month: ${parts.join(", ")}; prices of ${region}, ${date}`,
    ...unpriced(before?.cost.lines, after.cost.lines),
  ];
}

/** `+120`, `−40`, `as before`. */
export function differenceInWords(more: number): string {
  if (Math.abs(more) < 0.5) return "as before";
  return `${more > 0 ? "+" : "−"}${whole(Math.abs(more))}`;
}

/** Amounts that change and that nobody has a price for. */
function unpriced(before: readonly CostLine[] | undefined, after: readonly CostLine[]): string[] {
  if (before === undefined) return [];
  const amount = (lines: readonly CostLine[], what: string) =>
    lines.find((one) => one.what === what)?.amount ?? { minimum: 0, expected: 0, "full scale": 0 };
  const names = [...after, ...before].filter(({ monthly }) => monthly === undefined).map(({ what }) => what);
  return [...new Set(names)].flatMap((what) => {
    const [was, is] = [amount(before, what), amount(after, what)];
    const changed = LEVELS.filter(([level]) => Math.abs(was[level] - is[level]) >= 0.05);
    if (changed.length === 0) return [];
    const parts = changed.map(([level, words]) => `${decimal(was[level])} → ${decimal(is[level])} ${words}`);
    return [`${what}, whose price is not known: ${parts.join(", ")}`];
  });
}
