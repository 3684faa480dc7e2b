import type { KubeObject } from "../objects";

/** Why an object is refused, or cannot run. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** Checks of some kinds of objects, by `GROUP/KIND`, as one of all objects. @param more what the checks are told beside the object */
export function byKind<More extends readonly unknown[]>(
  checks: Readonly<Record<string, (object: KubeObject, ...more: More) => Problem[]>>,
): (object: KubeObject, ...more: More) => Problem[] {
  return (object, ...more) => checks[`${object.group}/${object.kind}`]?.(object, ...more) ?? [];
}

/** A value of any type in a message. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}

/** Values that come up more than once, with the place of each further one. */
export function repeated<T>(
  values: readonly (readonly [T, readonly (string | number)[]])[],
): [T, readonly (string | number)[]][] {
  const seen = new Set<T>();
  return values.flatMap(([value, path]): [T, readonly (string | number)[]][] => {
    const again = seen.has(value);
    seen.add(value);
    return again ? [[value, path]] : [];
  });
}

/** Whether a value is known only on a real run, or secret. */
export function hidden(value: unknown): boolean {
  return typeof value === "string" && /\[(?:secret|known after apply)\]/.test(value);
}
