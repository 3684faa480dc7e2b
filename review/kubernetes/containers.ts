import { isRecord } from "./value";

type Path = (string | number)[];

/** Everything in a spec that looks like a container, wherever an operator's resource has it. */
export function containersIn(value: unknown, path: readonly (string | number)[]): [Path, unknown][] {
  const found: [Path, unknown][] = [];
  const trail = [...path];
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (isRecord(part) && (Array.isArray(part.env) || Array.isArray(part.args) || Array.isArray(part.command)))
      found.push([[...trail], part]);
    for (const key of Object.keys(part)) {
      const item = (part as Record<string, unknown>)[key];
      if (typeof item !== "object" || item === null) continue;
      trail.push(Array.isArray(part) ? Number(key) : key);
      visit(item);
      trail.pop();
    }
  };
  visit(value);
  return found;
}
