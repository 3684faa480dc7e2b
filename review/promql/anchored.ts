/** Whether a regular expression of Prometheus, which is anchored, is a whole text; nothing where it is no regular expression. */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return undefined;
  }
}
