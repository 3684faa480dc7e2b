import { isRecord, walk } from "./value";

type Path = (string | number)[];

/** Everything in a spec that looks like a container, wherever an operator's resource has it. */
export function containersIn(value: unknown, path: readonly (string | number)[]): [Path, unknown][] {
  const found: [Path, unknown][] = [];
  walk(value, path, (part, trail) => {
    if (isRecord(part) && (Array.isArray(part.env) || Array.isArray(part.args) || Array.isArray(part.command)))
      found.push([[...trail], part]);
  });
  return found;
}
