import { note } from "./figures";

/** What is left of its limit, at least, where a program needs most. */
const MARGIN = 0.25;

export interface MemoryUse {
  readonly name: string;
  /** The most that it had at once, in bytes. */
  readonly peak: number;
  /** Bytes. */
  readonly limit: number;
}

/** Programs that would not have enough memory, and a note of each. */
export function scarceMemory(suite: string, uses: readonly MemoryUse[]): string[] {
  return uses.flatMap(({ name, peak, limit }) => {
    const [had, most] = [peak, limit].map((size) => Math.round(size / 2 ** 20)) as [number, number];
    note(suite, `memory of ${name}`, { MiB: had, limit: most });
    process.stderr.write(`  ${suite}: memory of ${name}: ${had} of ${most} MiB\n`);
    if (peak === 0) return `${name} does not run`;
    return peak <= limit * (1 - MARGIN) ? [] : `${name} had ${had} of ${most} MiB`;
  });
}
