import { z } from "zod";
import { nearest } from "../../components/schema";
import { valueAt } from "./found";
import { keysAt, schemasAt } from "./schema-walk";
import type { KeyPath } from "./stack-file";
import type { Problem } from "./validate";

/**
 * One mistake often breaks more than its own line: a key that is misspelt is unknown, missing, and missed by every rule that
 * reads it. Here each mistake that can be fixed in one way is fixed in a copy of the values. What is no longer wrong then
 * was a consequence of it, and is not told.
 */

/** Mistakes that are looked into; more of them are told as they are. */
const MOST = 12;

/** Stands for the name of an entry that has none. */
const UNNAMED = "unnamed";

/** What is wrong with a value. */
export type Check = (value: unknown) => readonly Problem[];

interface Repair {
  readonly value: unknown;
  /** What is told of the mistake. */
  readonly problem: Problem;
  /** Problems that it has to do away with to be believed. @default 1 */
  readonly least?: number;
}

export function withoutConsequences(
  problems: readonly Problem[],
  root: unknown,
  schema: z.ZodType,
  check: Check,
): readonly Problem[] {
  const told: Problem[] = [];
  let left = problems;
  let value = root;
  for (let i = 0; i < MOST; i++) {
    const best = bestRepair(left, value, schema, check);
    if (best === undefined) break;
    told.push(best.problem);
    left = best.left;
    value = best.value;
  }
  return [...told, ...left];
}

/** The repair that leaves the least wrong, and makes nothing wrong that was right. */
function bestRepair(
  problems: readonly Problem[],
  root: unknown,
  schema: z.ZodType,
  check: Check,
): (Repair & { left: readonly Problem[] }) | undefined {
  const known = new Set(problems.map(identity));
  let best: (Repair & { left: readonly Problem[] }) | undefined;
  for (const repair of problems.slice(0, MOST).flatMap((problem) => repairsOf(problem, root, schema))) {
    const left = check(repair.value);
    // A repair of one problem that has no consequence tells nothing new.
    if (problems.length - left.length < (isSame(repair.problem, problems) ? 2 : (repair.least ?? 1))) continue;
    if (left.length >= (best?.left.length ?? problems.length)) continue;
    if (left.every((problem) => known.has(identity(problem)))) best = { ...repair, left };
  }
  return best;
}

function repairsOf(problem: Problem, root: unknown, schema: z.ZodType): Repair[] {
  return [...namelessEntry(problem, root, schema), ...repairsOfItself(problem, root, schema)];
}

function repairsOfItself(problem: Problem, root: unknown, schema: z.ZodType): Repair[] {
  if (problem.unknownKey === true) return unknownKey(problem, root, schema);
  if (problem.unknownName !== undefined) return unknownName(problem, problem.unknownName, root);
  const value = valueAt(root, problem.path);
  if (value === undefined) return missingKey(problem, root, schema);
  return value === null ? nothingBelow(problem, root, schema) : [];
}

/** A key that is not there while one that nobody knows is much like it: which of several shapes a mapping has may depend on it. */
function missingKey({ path }: Problem, root: unknown, schema: z.ZodType): Repair[] {
  const parent = path.slice(0, -1);
  const wanted = path.at(-1);
  const mapping = valueAt(root, parent);
  if (typeof wanted !== "string" || !isMapping(mapping)) return [];
  const known = keysAt(schema, parent, root);
  return Object.keys(mapping)
    .filter((key) => !known.includes(key) && nearest(key, [wanted]) === wanted)
    .map((key) => {
      const problem = { path: [...parent, key], message: `unknown key; did you mean ${wanted}?`, atKey: true };
      return { value: renamed(root, parent, key, wanted), problem };
    });
}

/** A key that its mapping does not know: misspelt, or not deep enough, or too deep. */
function unknownKey(problem: Problem, root: unknown, schema: z.ZodType): Repair[] {
  const parent = problem.path.slice(0, -1);
  const key = String(problem.path.at(-1));
  const mapping = valueAt(root, parent);
  if (!isMapping(mapping)) return [];
  const repairs: Repair[] = [];
  const free = keysAt(schema, parent, root).filter((name) => !Object.hasOwn(mapping, name));
  const meant = nearest(key, free);
  if (meant !== undefined) repairs.push({ value: renamed(root, parent, key, meant), problem });
  for (const sibling of Object.keys(mapping)) {
    const inner = mapping[sibling];
    if (sibling === key || !(inner === null || (isMapping(inner) && !Object.hasOwn(inner, key)))) continue;
    if (!takesKey(schema, [...parent, sibling], key, root)) continue;
    const moved = withValue(without(root, problem.path), [...parent, sibling, key], mapping[key]);
    repairs.push({ value: moved, problem: { ...problem, message: `belongs into ${sibling}: indent it further` } });
  }
  const above = parent.slice(0, -1);
  const outer = valueAt(root, above);
  if (parent.length > 0 && isMapping(outer) && !Object.hasOwn(outer, key) && keysAt(schema, above, root).includes(key)) {
    const moved = withValue(without(root, problem.path), [...above, key], mapping[key]);
    repairs.push({
      value: moved,
      problem: { ...problem, message: `does not belong into ${String(parent.at(-1))}: indent it less` },
    });
  }
  return repairs;
}

/** Settings of an entry where names of entries belong: the line with the name is gone. */
function namelessEntry({ path }: Problem, root: unknown, schema: z.ZodType): Repair[] {
  return path.flatMap((_, depth) => {
    const parent = path.slice(0, depth);
    const entries = valueAt(root, parent);
    if (!isMapping(entries)) return [];
    const settings = schemasAt(schema, parent, root).flatMap((candidate) =>
      candidate instanceof z.ZodRecord ? keysAt(candidate.def.valueType, []) : [],
    );
    const strayed = Object.keys(entries).filter((name) => settings.includes(name));
    const [first] = strayed;
    if (first === undefined) return [];
    const entry = Object.fromEntries(strayed.map((name) => [name, entries[name]]));
    const named = Object.fromEntries(Object.entries(entries).filter(([name]) => !strayed.includes(name)));
    const message = "is a setting of an entry, and the line with the entry's name is missing above it";
    const problem = { path: [...parent, first], message, atKey: true };
    return [{ value: withValue(root, parent, { ...named, [UNNAMED]: entry }), problem, least: 2 }];
  });
}

/** Whether a mapping may have a key; one of any keys has to be empty, or whatever is misspelt beside it would belong there. */
function takesKey(schema: z.ZodType, path: KeyPath, key: string, root: unknown): boolean {
  const keys = keysAt(schema, path, root);
  if (keys.length > 0) return keys.includes(key);
  return valueAt(root, path) === null && schemasAt(schema, path, root).some((candidate) => candidate instanceof z.ZodRecord);
}

/** A name that is not defined: misspelt where it is used, or where it is defined. */
function unknownName(problem: Problem, { name, definedAt }: NonNullable<Problem["unknownName"]>, root: unknown): Repair[] {
  const definitions = valueAt(root, definedAt);
  if (!isMapping(definitions)) return [];
  const meant = nearest(name, Object.keys(definitions));
  if (meant === undefined) return [];
  const message = `is used by nobody, while ${name}, which is used, is not there`;
  return [
    { value: withValue(root, problem.path, meant), problem },
    {
      value: renamed(root, definedAt, meant, name),
      problem: { path: [...definedAt, meant], message, atKey: true },
      least: isOdd(meant, root) && !isOdd(name, root) ? 1 : 2,
    },
  ];
}

/** Whether a name has a word in it that is nowhere else: it may be misspelt. */
function isOdd(name: string, root: unknown): boolean {
  const words = (JSON.stringify(root) ?? "").split(/[^A-Za-z0-9]+/);
  return name.split(/[^A-Za-z0-9]+/).some((word) => words.filter((other) => other === word).length < 2);
}

/** A key with nothing below it, where what follows it was meant to be below it. */
function nothingBelow(problem: Problem, root: unknown, schema: z.ZodType): Repair[] {
  const parent = problem.path.slice(0, -1);
  const key = String(problem.path.at(-1));
  const mapping = valueAt(root, parent);
  if (!isMapping(mapping)) return [];
  const known = keysAt(schema, problem.path, root);
  const names = Object.keys(mapping);
  const following: string[] = [];
  for (const name of names.slice(names.indexOf(key) + 1)) {
    if (!known.includes(name)) break;
    following.push(name);
  }
  const [first] = following;
  if (first === undefined) return [];
  let value = withValue(root, problem.path, {});
  for (const name of following) value = withValue(without(value, [...parent, name]), [...problem.path, name], mapping[name]);
  return [{ value, problem: { path: [...parent, first], message: `belongs into ${key}: indent it further`, atKey: true } }];
}

function identity({ path, message }: Problem): string {
  return JSON.stringify([path, message]);
}

function isSame(problem: Problem, problems: readonly Problem[]): boolean {
  return problems.some((one) => identity(one) === identity(problem));
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy with another value at a path; what is not there on the way is made. */
function withValue(root: unknown, [part, ...rest]: KeyPath, value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(root)) return root.map((item: unknown, i) => (i === part ? withValue(item, rest, value) : item));
  const mapping = isMapping(root) ? root : {};
  return { ...mapping, [part]: withValue(mapping[part], rest, value) };
}

function without(root: unknown, path: KeyPath): unknown {
  const parent = path.slice(0, -1);
  const mapping = valueAt(root, parent);
  if (!isMapping(mapping)) return root;
  return withValue(root, parent, Object.fromEntries(Object.entries(mapping).filter(([key]) => key !== path.at(-1))));
}

function renamed(root: unknown, parent: KeyPath, key: string, name: string): unknown {
  const mapping = valueAt(root, parent);
  if (!isMapping(mapping)) return root;
  return withValue(root, parent, Object.fromEntries(Object.entries(mapping).map(([k, value]) => [k === key ? name : k, value])));
}
