import { html, type Html } from "./html";

/** A value for each step of a time, drawn as steps: it holds until the next one. */
interface Series {
  readonly name: string;
  readonly values: readonly number[];
  readonly kind: "area" | "now" | "before";
}

interface PlotArgs {
  /** What a screen reader says. */
  readonly title: string;
  readonly series: readonly Series[];
  /** Seconds of a value. */
  readonly step: number;
  /** How values are written. */
  readonly words: (value: number) => string;
}

/** Pixels. */
const WIDTH = 560;
const HEIGHT = 130;
const LEFT = 52;
const TOP = 10;
const BOTTOM = 20;

/** Values over a time as a drawing that needs no script: it prints, and takes its colours from the style sheet. */
export function plot({ title, series, step, words }: PlotArgs): Html {
  const top = niceTop(Math.max(0, ...series.flatMap(({ values }) => values)));
  const seconds = step * Math.max(1, ...series.map(({ values }) => values.length));
  const x = (after: number) => round(LEFT + ((WIDTH - LEFT) * after) / seconds);
  const y = (value: number) => round(HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / top);
  const line = ({ values }: Series) =>
    values.map((value, i) => `${i === 0 ? "M" : "V"}${i === 0 ? `${x(0)} ` : ""}${y(value)}H${x((i + 1) * step)}`).join("");
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
    ${[0, top / 2, top].map(
      (value) =>
        html`<path class="grid" d="M${LEFT} ${y(value)}H${WIDTH}" /><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end"
            >${words(value)}</text
          >`,
    )}
    ${hours(seconds).map(
      (hour) => html`<text x="${x(hour * 3600)}" y="${HEIGHT - 4}" text-anchor="${anchor(hour, seconds)}">${hour}:00</text>`,
    )}
    ${series.map((one) =>
      one.kind === "area"
        ? html`<path class="area" d="${line(one)}V${y(0)}H${LEFT}Z" />`
        : html`<path class="curve ${one.kind}" d="${line(one)}" />`,
    )}
  </svg>`;
}

/** Every so many hours that there are at most nine. */
function hours(seconds: number): number[] {
  const all = Math.floor(seconds / 3600);
  const every = Math.max(1, Math.ceil(all / 8));
  return Array.from({ length: Math.floor(all / every) + 1 }, (_, i) => i * every);
}

function anchor(hour: number, seconds: number): string {
  if (hour === 0) return "start";
  return hour * 3600 >= seconds ? "end" : "middle";
}

/** The next of 1, 2, 4, 6, 10 times a power of ten: it and its half are short to read. */
function niceTop(most: number): number {
  if (most <= 0) return 2;
  const power = 10 ** Math.floor(Math.log10(most));
  return Math.max(2, ([1, 2, 4, 6, 10].find((factor) => factor * power >= most) ?? 10) * power);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
