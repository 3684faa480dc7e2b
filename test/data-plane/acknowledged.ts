/** What a client was told: `ack NUMBER MILLISECONDS` and `failed NUMBER MILLISECONDS …`, a line each, then `end MILLISECONDS`. */
export interface Acknowledged {
  readonly numbers: ReadonlySet<number>;
  /** Longest time without an acknowledgement, from the first one to the end, in seconds. */
  readonly longestPause: number;
}

export function acknowledged(lines: readonly string[]): Acknowledged {
  const numbers = new Set<number>();
  const times: number[] = [];
  for (const line of lines) {
    const [, number, time] = /^(?:ack (\d+)|end) (\d+)$/.exec(line) ?? [];
    if (time !== undefined) times.push(Number(time));
    if (number !== undefined) numbers.add(Number(number));
  }
  const pauses = times.slice(1).map((time, i) => (time - (times[i] ?? time)) / 1000);
  return { numbers, longestPause: Math.max(0, ...pauses) };
}

/** Those that are not there. */
export function missingOf({ numbers }: Acknowledged, found: Iterable<number>): number[] {
  const there = new Set(found);
  return [...numbers].filter((number) => !there.has(number));
}
