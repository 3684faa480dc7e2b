import { isRecord } from "../kubernetes/value";
import { SECRET, UNKNOWN } from "../plan/plan";

/** A value that a plan does not tell: secret, or known after apply. */
export function isHidden(value: unknown): boolean {
  return value === SECRET || value === UNKNOWN;
}

/** Whether a text holds something that a plan does not tell. */
function hides(text: string): boolean {
  return text.includes(SECRET) || text.includes(UNKNOWN);
}

/** How many leaves of a value hold something that a plan does not tell. */
export function hiddenIn(value: unknown): number {
  if (typeof value === "string") return hides(value) ? 1 : 0;
  const parts: readonly unknown[] = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return parts.reduce<number>((sum, part) => sum + hiddenIn(part), 0);
}

/**
 * Whether two different texts could be the same with what they hide: each piece that is known has its place in the other, or one of both is hidden
 * as a whole. `postgres://mes:[secret]@db` may be any text with that beginning and that end.
 */
export function couldBeSame(before: unknown, after: unknown): boolean {
  if (isHidden(before) || isHidden(after)) return true;
  if (typeof before !== "string" || typeof after !== "string") return false;
  // Where both hide something, only their order of pieces can be compared: what is written in the open has changed.
  if (hides(before) && hides(after)) return false;
  return hides(before) ? fits(before, after) : hides(after) && fits(after, before);
}

function fits(pattern: string, text: string): boolean {
  const pieces = pattern.split(SECRET).flatMap((piece) => piece.split(UNKNOWN));
  const [first = "", ...rest] = pieces;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > text.length - last.length) return false;
    from = found + piece.length;
  }
  return true;
}
