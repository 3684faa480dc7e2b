/** Patterns that were read already; a plan asks the same ones again and again. */
const read = new Map<string, RegExp | undefined>();
const MOST_PATTERNS = 2000;

/** Whether a regular expression of Prometheus, which is anchored, is a whole text; undefined if it is no regular expression. */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  return compiled(pattern)?.test(text);
}

/** The groups of a whole text; undefined if it does not match. */
export function groupsOfWhole(pattern: string, text: string): RegExpExecArray | undefined {
  return compiled(pattern)?.exec(text) ?? undefined;
}

function compiled(pattern: string): RegExp | undefined {
  if (!read.has(pattern)) {
    if (read.size >= MOST_PATTERNS) read.clear();
    read.set(pattern, anchored(pattern));
  }
  return read.get(pattern);
}

/** Flags in front are JavaScript's; a dot is any character, a new line too. Source: NewFastRegexMatcher of prometheus, model/labels/regexp.go */
function anchored(pattern: string): RegExp | undefined {
  const [, flags = "", body = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(`^(?:${body})$`, [...new Set(`s${flags}`)].join(""));
  } catch {
    return undefined;
  }
}
