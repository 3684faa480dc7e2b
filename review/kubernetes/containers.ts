import { isRecord } from "./value";

/** Everything in a spec that looks like a container, wherever an operator's resource has it. */
export function* containersIn(value: unknown, path: readonly (string | number)[]): Generator<[(string | number)[], unknown]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* containersIn(item, [...path, i]);
  } else if (isRecord(value)) {
    if (Array.isArray(value.env) || Array.isArray(value.args) || Array.isArray(value.command)) yield [[...path], value];
    for (const [key, item] of Object.entries(value)) yield* containersIn(item, [...path, key]);
  }
}
