import { parseBytes, parseCpu } from "../../components/schema";

/*
 * Total functions over recorded inputs. A plan may hold anything anywhere (an unknown where a number is expected, a secret
 * in place of a mapping), and no reader of it may crash.
 */

export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = Object.freeze({});

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The mapping itself; an empty one in place of anything else. */
function record(value: unknown): Json {
  return isRecord(value) ? value : NOTHING;
}

/** The value under a path of keys and indices, where there is one. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** The mapping under a path. */
export function recordAt(value: unknown, ...path: readonly (string | number)[]): Json {
  return record(at(value, ...path));
}

/** The list under a path; an empty one in place of anything else. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** A number, also one written as a text (`"200"`, as operators' parameters are). */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  if (typeof found === "number") return Number.isFinite(found) ? found : undefined;
  return typeof found === "string" && /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : undefined;
}

/** The entry of a table; undefined for keys that every object has, e.g. `constructor`. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export function entriesAt(value: unknown, ...path: readonly (string | number)[]): [string, unknown][] {
  return Object.entries(recordAt(value, ...path));
}

/** A mapping of texts, as labels and annotations are; entries of another type are left out. */
export function textsAt(value: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const found = recordAt(value, ...path);
  const all = Object.values(found);
  if (all.every((one) => typeof one === "string")) return found as Readonly<Record<string, string>>;
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Cores of a CPU quantity; undefined if it is not one. */
export function coresAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  return quantity(at(value, ...path), parseCpu);
}

/** Bytes of a memory or storage quantity; undefined if it is not one. */
export function bytesAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  return quantity(at(value, ...path), parseBytes);
}

function quantity(value: unknown, parse: (text: string) => number): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  try {
    return parse(String(value));
  } catch {
    return undefined;
  }
}

type Path = readonly (string | number)[];

/**
 * Looks at a value and all that is in it, from the outside in.
 * @param see gets each part and the path that leads to it, of which there is one list that grows and shrinks on the way: what keeps it, copies it.
 * What is in a part for which it returns false is not looked at.
 */
export function walk(value: unknown, path: Path, see: (part: unknown, path: Path) => unknown): void {
  const trail = [...path];
  const visit = (part: unknown): void => {
    if (see(part, trail) === false || typeof part !== "object" || part === null) return;
    const depth = trail.length;
    if (Array.isArray(part)) {
      for (let i = 0; i < part.length; i++) {
        trail[depth] = i;
        visit(part[i]);
        trail.length = depth;
      }
      return;
    }
    for (const key of Object.keys(part)) {
      trail[depth] = key;
      visit((part as Record<string, unknown>)[key]);
      trail.length = depth;
    }
  };
  visit(value);
}

type Leaves = readonly (readonly [Path, unknown])[];

/** What was read already: several rules ask for all of the same objects, which nobody changes. */
const read = new WeakMap<object, Map<string, Leaves>>();

/** All that is in a value and has nothing in itself, with the path that leads to it. */
export function leaves(value: unknown, path: Path = []): Leaves {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const of = read.get(value) ?? new Map<string, Leaves>();
  read.set(value, of);
  const key = path.join(" ");
  const known = of.get(key) ?? findLeaves(value, path);
  of.set(key, known);
  return known;
}

function findLeaves(value: object, path: Path): Leaves {
  const found: [Path, unknown][] = [];
  walk(value, path, (part, trail) => {
    if (typeof part !== "object" || part === null) found.push([[...trail], part]);
  });
  return found;
}

/** The texts in a value that a test holds of, with the path that leads to each; cheaper than all leaves where few are wanted. */
export function textsIn(value: unknown, holds: (text: string) => boolean): [Path, string][] {
  const found: [Path, string][] = [];
  walk(value, [], (part, trail) => {
    if (typeof part === "string" && holds(part)) found.push([[...trail], part]);
  });
  return found;
}

/** `["spec", "containers", 0, "app.kubernetes.io/name"]` → `spec.containers[0]["app.kubernetes.io/name"]`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
