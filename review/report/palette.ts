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

export const COLOURS: Palette = {
  title: (text) => styleText(["bold", "cyan"], text),
  strong: (text) => styleText("bold", text),
  dim: (text) => styleText("gray", text),
  good: (text) => styleText("green", text),
  bad: (text) => styleText(["bold", "red"], text),
  warn: (text) => styleText("yellow", text),
  accent: (text) => styleText("magenta", text),
};

/** Colours for a terminal; none for a file, a pipe, or where `NO_COLOR` is set (https://no-color.org). */
export function paletteFor(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Palette {
  if ((env.NO_COLOR ?? "") !== "") return NO_COLOURS;
  if ((env.FORCE_COLOR ?? "") !== "") return env.FORCE_COLOR === "0" ? NO_COLOURS : COLOURS;
  return stream.isTTY === true && env.TERM !== "dumb" ? COLOURS : NO_COLOURS;
}
