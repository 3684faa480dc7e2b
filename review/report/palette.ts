import { styleText } from "node:util";

export type Paint = (text: string) => string;

/** The colours of the reports. */
export interface Palette {
  readonly title: Paint;
  readonly strong: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly accent: Paint;
}

const plain: Paint = (text) => text;

export const NO_COLOURS: Palette = {
  title: plain,
  strong: plain,
  dim: plain,
  good: plain,
  bad: plain,
  warn: plain,
  accent: plain,
};

type Format = Extract<Parameters<typeof styleText>[0], string>;

/**
 * Whether to colour is decided here, by `paletteFor`: from Node.js 22 on `styleText` would look at standard output itself. One
 * format at a time: Node.js 20.12 knows no lists of them.
 */
const paint =
  (...formats: readonly Format[]): Paint =>
  (text) =>
    text === "" ? text : formats.reduceRight((painted, format) => styleText(format, painted, { validateStream: false }), text);

export const COLOURS: Palette = {
  title: paint("bold", "cyan"),
  strong: paint("bold"),
  dim: paint("gray"),
  good: paint("green"),
  bad: paint("bold", "red"),
  warn: paint("yellow"),
  accent: paint("magenta"),
};

/** Colours for a terminal; none for a file, a pipe, or where `NO_COLOR` is set (https://no-color.org). */
export function paletteFor(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Palette {
  if ((env.NO_COLOR ?? "") !== "") return NO_COLOURS;
  if ((env.FORCE_COLOR ?? "") !== "") return env.FORCE_COLOR === "0" ? NO_COLOURS : COLOURS;
  return stream.isTTY === true && env.TERM !== "dumb" ? COLOURS : NO_COLOURS;
}
