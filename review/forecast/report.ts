import { inWords, timeInWords } from "../kubernetes/sizes";
import { line, wrap, type Cell, type Column } from "../report/columns";
import { INDENT } from "../report/layout";
import type { Palette } from "../report/palette";
import type { Capacity, Filling } from "./capacity";
import { LEVELS, type CostLine } from "./cost";
import type { Forecast } from "./forecast";
import type { RoleOutcome } from "./station";
import { decimal, lateInWords, seconds, times, whole } from "./words";

/** Narrower than this a table would say nothing. */
const LEAST_WIDTH = 90;

/** A forecast for people: whether orders are late, where they wait, what is overrun first, what it costs. */
export function forecastReport(forecast: Forecast, width: number, palette: Palette): string {
  const wide = Math.max(LEAST_WIDTH, width);
  const text = (one: string) => wrap(one, wide);
  return [
    palette.title(`${forecast.stack} ${"─".repeat(Math.max(1, wide - forecast.stack.length - 1))}`),
    ...text(subject(forecast)).map(palette.dim),
    "",
    ...verdict(forecast, palette).flatMap(text),
    "",
    ...roleTable(forecast, wide, palette),
    "",
    ...dataTable(forecast, wide, palette),
    ...fillings(forecast, wide, palette),
    "",
    ...costTable(forecast, wide, palette),
    "",
  ].join("\n");
}

function subject({ curve, outcome, capacity, lateAfter }: Forecast): string {
  const said = [
    curve,
    `${whole(outcome.orders)} orders`,
    `${whole(capacity.ordersAWeek)} in a week`,
    `late after ${timeInWords(lateAfter)}`,
  ];
  return said.join(" · ");
}

/** `orders late: 12 of 4,000 …; first limit: …` */
function verdict({ outcome, capacity }: Forecast, palette: Palette): string[] {
  const where = outcome.roles.filter((role) => role.late + role.givenUp >= 0.5).map(({ name }) => name);
  const orders =
    where.length === 0
      ? palette.good(`orders late: none of ${whole(outcome.orders)}`)
      : palette.bad(`orders late: ${lateInWords(outcome.late)} of ${whole(outcome.orders)}, at ${where.join(", ")}`);
  const { first } = capacity;
  if (first === undefined) return [orders];
  const limit =
    first.headroom <= 1
      ? palette.bad(`first limit: ${first.name}, overrun in the peak (${times(first.headroom)} of it)`)
      : `first limit: ${first.name}, at ${times(first.headroom)} as many orders`;
  return [orders, limit];
}

function roleTable({ outcome, capacity, outage }: Forecast, wide: number, palette: Palette): string[] {
  const columns = table(wide, [13, 9, 7, 9, 9, 9, 8, 10]);
  const headings = ["pods", "a second", "used", "wait 95%", "backlog", "longest", "late", "headroom"];
  const lines = [heading(columns, "roles", headings, palette)];
  for (const role of outcome.roles) {
    const own = capacity.capacities.find(({ what, name }) => what === "role" && name === role.name);
    if (own !== undefined) lines.push(line(columns, roleCells(role, own, palette), INDENT));
  }
  const notes = `used and wait: in the mean of the busiest hour, at full scale · backlog, longest wait, late: as played · ${drains(capacity.capacities, outage)}`;
  return [...lines, ...wrap(notes, wide - INDENT).map((one) => palette.dim(`${" ".repeat(INDENT)}${one}`))];
}

function roleCells(role: RoleOutcome, own: Capacity, palette: Palette): (Cell | string)[] {
  const { least, most, mean } = role.pods;
  const late = role.late + role.givenUp;
  return [
    role.name,
    least === most ? String(least) : `${least}–${most} (⌀${decimal(mean)})`,
    decimal(own.rate),
    used(own.utilization, palette),
    seconds(own.wait95),
    role.waiting.most < 0.5 ? "0" : whole(role.waiting.most),
    role.longestWait < 1 ? "0 s" : seconds(role.longestWait),
    late < 0.5 ? "0" : { text: whole(late), paint: palette.bad },
    headroom(own.headroom, palette),
  ];
}

function drains(capacities: readonly Capacity[], outage: number): string {
  const slowest = capacities.filter(({ what, rate }) => what === "role" && rate > 0).sort((a, b) => b.drain - a.drain)[0];
  if (slowest === undefined) return "no role has anything to do";
  const long = Number.isFinite(slowest.drain) ? `in ${timeInWords(slowest.drain)}` : "never, while the busiest hour lasts";
  return `an outage of ${timeInWords(outage)} is worked off ${long} (${slowest.name})`;
}

function dataTable({ capacity }: Forecast, wide: number, palette: Palette): string[] {
  const rows = capacity.capacities.filter(({ what }) => what !== "role");
  if (rows.length === 0) return [];
  const columns = table(wide, [13, 9, 7, 9, 10]);
  const lines = rows.map(({ name, servers, rate, utilization, wait95, headroom: room }) =>
    line(
      columns,
      [name, decimal(servers), decimal(rate), used(utilization, palette), seconds(wait95), headroom(room, palette)],
      INDENT,
    ),
  );
  return [heading(columns, "database", ["servers", "a second", "used", "wait 95%", "headroom"], palette), ...lines];
}

function fillings({ capacity }: Forecast, wide: number, palette: Palette): string[] {
  if (capacity.fillings.length === 0) return [];
  const columns = table(wide, [48, 10, 8]);
  const lines = capacity.fillings.map((filling) =>
    line(columns, [filling.name, filling.when, limit(filling), full(filling)], INDENT),
  );
  return ["", heading(columns, "fills", ["", "holds", "full in"], palette), ...lines];
}

function limit({ unit, limit: most }: Filling): string {
  return unit === "bytes" ? inWords(most) : whole(most);
}

function full({ fullAfter, used: taken, limit: most }: Filling): string {
  if (fullAfter !== undefined) return timeInWords(Math.round(fullAfter));
  return taken === undefined ? "" : `${Math.round((taken / most) * 100)} %`;
}

function costTable({ cost }: Forecast, wide: number, palette: Palette): string[] {
  const columns = table(wide, [23, 23, 23]);
  const amounts = ({ amount, unit, monthly }: CostLine) =>
    LEVELS.map((level) => {
      const money = monthly?.[level];
      const units = `${decimal(amount[level])}${unit === "" ? "" : ` ${unit}`}`;
      return `${units} ${(money === undefined ? "?" : whole(money)).padStart(8)}`;
    });
  return [
    heading(columns, `cost, ${cost.currency} a month`, LEVELS, palette),
    ...cost.lines.map((one) => line(columns, [one.what, ...amounts(one)], INDENT)),
    line(
      columns,
      [
        { text: "known together", paint: palette.strong },
        ...LEVELS.map((level) => ({ text: whole(cost.monthly[level]), paint: palette.strong })),
      ],
      INDENT,
    ),
    ...[
      `prices of ${cost.region}, ${cost.date}; another table: mes:forecast.prices`,
      ...cost.unknown.map((one) => `unknown: ${one}`),
    ].flatMap((one) => wrap(one, wide - INDENT).map((part) => palette.dim(`${" ".repeat(INDENT)}${part}`))),
  ];
}

function table(wide: number, numbers: readonly number[]): Column[] {
  const taken = numbers.reduce((sum, width) => sum + width + 1, INDENT);
  return [{ width: Math.max(12, wide - taken), align: "left" }, ...numbers.map((width) => ({ width, align: "right" }) as const)];
}

function heading(columns: readonly Column[], title: string, names: readonly string[], palette: Palette): string {
  const [first, ...rest] = columns;
  const headed = [{ width: (first?.width ?? 0) + INDENT, align: "left" } as const, ...rest];
  return line(headed, [{ text: title, paint: palette.strong }, ...names.map((text) => ({ text, paint: palette.dim }))]);
}

function used(utilization: number, palette: Palette): Cell {
  const text = `${Math.round(utilization * 100)} %`;
  return { text, ...(utilization >= 1 ? { paint: palette.bad } : utilization >= 0.8 ? { paint: palette.warn } : {}) };
}

function headroom(room: number, palette: Palette): Cell {
  return { text: times(room), ...(room <= 1 ? { paint: palette.bad } : room < 1.5 ? { paint: palette.warn } : {}) };
}
