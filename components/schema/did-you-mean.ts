import { distance } from "fastest-levenshtein";

/** Names beyond this number are not all shown in a message. */
const SHOWN = 30;

/**
 * Ends a message about an unknown name: what was probably meant, and what is allowed.
 * `didYouMean("rolse", ["roles", "images"])` → `; did you mean roles? Known here are images, roles`
 */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = nearest(name, known);
  const sorted = [...known].sort();
  const list = `${sorted.slice(0, SHOWN).join(", ")}${sorted.length > SHOWN ? `, and ${sorted.length - SHOWN} more` : ""}`;
  return near === undefined ? `; known here are ${list}` : `; did you mean ${near}? Known here are ${list}`;
}

/** The closest of the known names, where it is close enough to be what was meant. Of two, the one that begins alike. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = known
    .map((other) => ({
      other,
      far: distance(wanted, other.toLowerCase()),
      alike: other.toLowerCase().startsWith(wanted.slice(0, 2)),
    }))
    .sort((a, b) => a.far - b.far || Number(b.alike) - Number(a.alike));
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, Math.floor(name.length / 3)) ? best.other : undefined;
}
