/** What a client was told: `ack NUMBER MILLISECONDS` and `failed NUMBER MILLISECONDS …`, a line each. */
export interface Acknowledged {
  readonly numbers: ReadonlySet<number>;
  /** Longest time between two acknowledgements, in seconds. */
  readonly longestPause: number;
}

export function acknowledged(lines: readonly string[]): Acknowledged {
  const acks = lines
    .map((line) => /^ack (\d+) (\d+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, number, time]) => ({ number: Number(number), time: Number(time) }));
  const pauses = acks.slice(1).map(({ time }, i) => (time - (acks[i]?.time ?? time)) / 1000);
  return { numbers: new Set(acks.map(({ number }) => number)), longestPause: Math.max(0, ...pauses) };
}

/** Those that are not there. */
export function missingOf({ numbers }: Acknowledged, found: Iterable<number>): number[] {
  const there = new Set(found);
  return [...numbers].filter((number) => !there.has(number));
}
