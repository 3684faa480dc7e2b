/** Patterns that were read already; a plan asks the same ones again and again. */
const read = new Map<string, RegExp | undefined>();
const MOST_PATTERNS = 2000;

/** Whether a regular expression of Prometheus, which is anchored, is a whole text; nothing where it is no regular expression. */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  if (!read.has(pattern)) {
    if (read.size >= MOST_PATTERNS) read.clear();
    read.set(pattern, anchored(pattern));
  }
  return read.get(pattern)?.test(text);
}

function anchored(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}
