import { closest, distance } from "fastest-levenshtein";

/** The closest of the known names, where it is close enough to be what was meant; else all that are known. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const candidate = closest(name, known);
  const near = distance(name, candidate) <= Math.max(2, Math.floor(name.length / 3));
  return near ? `; did you mean ${candidate}?` : `; known are ${[...known].sort().join(", ")}`;
}
