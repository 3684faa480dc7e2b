import type { Column } from "./columns";

/** Width where nobody tells one, e.g. in a file or a pipe: fits half of a wide screen, a pull request, a page of paper. */
export const DEFAULT_WIDTH = 100;
const LEAST_WIDTH = 60;
const MOST_WIDTH = 200;

/** From here on name, kind and remark of what runs fit beside its numbers; below, kind and remark follow on a line of their own. */
const ONE_LINE = 92;

const NAME = 27;
const KIND = 15;
const REMARK = 18;

/** How wide the parts of a report are, in characters. */
export interface Layout {
  readonly width: number;
  /** First column of lists: kinds, outputs. */
  readonly label: number;
  /** What runs: name, kind and remark, pods, CPU, memory, volumes; without kind and remark where there is no room. */
  readonly row: readonly Column[];
  /** What runs and has no pods: name, kind, remark. */
  readonly remark: readonly Column[];
  /** Sums: label, pods, CPU, memory, GPUs, volumes. */
  readonly total: readonly Column[];
  readonly oneLine: boolean;
}

export const INDENT = 2;

const left = (width: number): Column => ({ width, align: "left" });
const right = (width: number): Column => ({ width, align: "right" });

export function layoutFor(wanted: number): Layout {
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, wanted));
  const numbers = [7, 6, 7, 11].map(right);
  const taken = numbers.reduce((sum, column) => sum + column.width + 1, INDENT);
  const oneLine = width >= ONE_LINE;
  const room = width - taken - (oneLine ? 2 : 0);
  // Half of what a wide terminal offers more goes to names, the other half to remarks.
  const more = oneLine ? room - NAME - KIND - REMARK : 0;
  const name = oneLine ? NAME + Math.floor(more / 2) : room;
  const remark = room - name - KIND;
  const plain = oneLine ? name : 20;
  const sums = width >= 82 ? [8, 8, 9, 6, 20] : [4, 5, 7, 4, 11];
  const sum = sums.reduce((all, one) => all + one + 1, INDENT);
  return {
    width,
    label: Math.min(name, NAME),
    row: oneLine ? [left(name), left(KIND), left(remark), ...numbers] : [left(name), ...numbers],
    remark: [left(plain), left(KIND), left(width - INDENT - plain - KIND - 2)],
    total: [left(Math.min(24, width - sum)), ...sums.map(right)],
    oneLine,
  };
}

/** The width of a terminal; the default elsewhere. `COLUMNS` sets it for both. */
export function widthFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  if (/^\d{1,4}$/.test(env.COLUMNS ?? "")) return Number(env.COLUMNS);
  return stream.isTTY === true && (stream.columns ?? 0) > 0 ? (stream.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH;
}
