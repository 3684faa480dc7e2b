import { z } from "zod";
import { didYouMean, isSecretSchema } from "../../components/schema";
import { withoutConsequences } from "./consequences";
import { FOUND, valueAt, withFound, type Hidden } from "./found";
import { friendly, NO_BRANCH, oneOf } from "./messages";
import { notDone } from "./not-done";
import { keysAt, schemasAt } from "./schema-walk";
import type { KeyPath } from "./stack-file";

/** A problem of a value, before it has a place in a file. */
export interface Problem {
  readonly path: KeyPath;
  readonly message: string;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
  /** The value is of another kind: its place is its own, even where it begins below its key. */
  readonly atValue?: boolean;
  /** The mapping does not know this key. */
  readonly unknownKey?: boolean;
  /** The value is a secret: a message says how to set one. */
  readonly secret?: boolean;
  /** The value names something that is not defined. */
  readonly unknownName?: UnknownName;
}

/** A name that is used, and is not among those that a mapping defines. */
interface UnknownName {
  readonly name: string;
  /** Path of the mapping, from where the rule is that tells it. */
  readonly definedAt: KeyPath;
}

export type Validated<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** Digits that `pulumi config set --path` writes as text, because it knows whole numbers only. */
const NUMBER_AS_TEXT = /^[-+]?(?:\d+\.?\d*|\.\d+)$/;

/**
 * Validates a value and returns all that is wrong with it.
 * @param hidden tells the paths whose values must not be quoted in a message. Default: none
 */
export function problemsOf<T>(schema: z.ZodType<T>, value: unknown, hidden: Hidden = () => false): Validated<T> {
  let input = value;
  let result = schema.safeParse(input, { error: friendly });
  const numbers = result.success ? [] : numbersAsText(result.error.issues, input);
  if (numbers.length > 0) {
    for (const path of numbers) input = withValue(input, path, Number(valueAt(value, path)));
    result = schema.safeParse(input, { error: friendly });
  }
  if (result.success) return { value: result.data };
  const problemsIn = ({ issues }: z.ZodError, of: unknown) =>
    onePerValue(
      issues.flatMap((issue) => fromZod(issue, [], schema, of)),
      of,
    );
  const problems = withoutConsequences(problemsIn(result.error, value), input, schema, (changed) => {
    const { error } = schema.safeParse(changed, { error: friendly });
    return error === undefined ? [] : problemsIn(error, changed);
  });
  return {
    problems: problems.map(({ path, message, atKey, atValue }) => ({
      path,
      message: withFound({ path, message }, value, hidden),
      ...(atKey !== true && isSecret(schema, path, value) ? { secret: true } : {}),
      ...(atKey === true ? { atKey } : {}),
      ...(atValue === true ? { atValue } : {}),
    })),
  };
}

function fromZod(issue: z.core.$ZodIssue, prefix: KeyPath, schema: z.ZodType, root: unknown): Problem[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(schema, path, root);
      return issue.keys.map((key) => {
        const message = notDone(key) ?? `unknown key${didYouMean(key, known)}`;
        return { path: [...path, key], message, atKey: true, unknownKey: true };
      });
    }
    case "invalid_key":
      return [{ path, message: invalidKey(issue, schema, path, root), atKey: true }, ...belowKey(path, schema, root)];
    case "invalid_union":
      return fromUnion(issue, path, schema, root);
    case "invalid_type":
      return [{ path, message: ofKind(issue.message, path, schema, root), atValue: true }];
    default:
      return [{ path, message: issue.message, ...unknownNameOf(issue, path) }];
  }
}

/** What a rule has said of a name that is not defined, with its paths from the root. */
function unknownNameOf(issue: z.core.$ZodIssue, path: KeyPath): { unknownName?: UnknownName } {
  if (issue.code !== "custom" || issue.params === undefined) return {};
  const { unknownName, depth } = issue.params as { unknownName: UnknownName; depth: number };
  const { name, definedAt } = unknownName;
  return { unknownName: { name, definedAt: [...path.slice(0, path.length - depth), ...definedAt] } };
}

/** Completes a message of what is expected: that the key is missing, that it has no value, or what was found. */
function ofKind(message: string, path: KeyPath, schema: z.ZodType, root: unknown): string {
  if (!message.startsWith("expected ")) return message;
  const expected = message.replace(`, found ${FOUND}`, "");
  const value = valueAt(root, path);
  if (value === undefined) return `missing; ${expected}`;
  if (value === null)
    return `there is no value; ${expected}${isOptional(schema, path, root) ? ", or no such key for the default" : ""}`;
  return message.includes("found") ? message : `${message}, found ${FOUND}`;
}

/** Whether the key at a path may be left out. */
function isOptional(schema: z.ZodType, path: KeyPath, root: unknown): boolean {
  const name = path.at(-1);
  return schemasAt(schema, path.slice(0, -1), root).some((parent) => {
    if (!(parent instanceof z.ZodObject) || typeof name !== "string" || !Object.hasOwn(parent.shape, name)) return false;
    return z.safeParse((parent.shape as Record<string, z.ZodType>)[name] ?? z.never(), undefined).success;
  });
}

function invalidKey(issue: z.core.$ZodIssueInvalidKey, schema: z.ZodType, path: KeyPath, root: unknown): string {
  const known = keysAt(schema, path.slice(0, -1), root);
  const name = String(path.at(-1));
  if (known.length > 0) return `unknown key${didYouMean(name, known)}`;
  return `not allowed as a name: ${(issue.issues[0]?.message ?? "").replaceAll(FOUND, JSON.stringify(name))}`;
}

/** What else is wrong under a key that is not allowed as a name: its value is held against the schema all the same. */
function belowKey(path: KeyPath, schema: z.ZodType, root: unknown): Problem[] {
  if (keysAt(schema, path.slice(0, -1), root).length > 0) return [];
  const [values] = schemasAt(schema, path, root);
  const result = values === undefined ? undefined : z.safeParse(values, valueAt(root, path), { error: friendly });
  return (result?.error?.issues ?? []).flatMap((issue) => fromZod(issue, path, schema, root));
}

/** What is wrong with the branch that was meant, where one can be told; else what all of them expect. */
function fromUnion(issue: z.core.$ZodIssueInvalidUnion, path: KeyPath, schema: z.ZodType, root: unknown): Problem[] {
  const meant = meantBranch(issue.errors, valueAt(root, path));
  if (meant !== undefined) return meant.flatMap((inner) => fromZod(inner, path, schema, root));
  if (issue.message !== NO_BRANCH) return [{ path, message: ofKind(issue.message, path, schema, root) }];
  if (issue.errors.length === 0) return [{ path, message: unknownBranch(issue, path, root) }];
  const message = `expected ${oneOf(formsOf(issue, path, schema, root))}, found ${FOUND}`;
  return [{ path, message: ofKind(message, path, schema, root) }];
}

/** The forms that a union allows: mappings by their keys, e.g. {host, port}, and what the other branches say they expect. */
function formsOf(issue: z.core.$ZodIssueInvalidUnion, path: KeyPath, schema: z.ZodType, root: unknown): string[] {
  const mappings = schemasAt(schema, path, root).flatMap((branch) =>
    branch instanceof z.ZodObject ? [`{${Object.keys(branch.shape).join(", ")}}`] : [],
  );
  const others = issue.errors
    .flatMap((branch) => branch.filter(isOfAnotherKind).slice(0, 1))
    .map(({ message }) => message.replace(/^expected /, "").replace(`, found ${FOUND}`, ""))
    .filter((kind) => mappings.length === 0 || kind !== "a mapping");
  return [...new Set([...mappings, ...others])];
}

function isOfAnotherKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

/** The branch that the value is of the kind of; for a mapping, the one that knows most of its keys. */
function meantBranch(branches: readonly z.core.$ZodIssue[][], value: unknown): z.core.$ZodIssue[] | undefined {
  const ofItsKind = branches.filter((branch) => !branch.some(isOfAnotherKind));
  if (typeof value !== "object" || value === null)
    return ofItsKind.length === 1 && branches.length > 1 ? ofItsKind[0] : undefined;
  const ranked = ofItsKind
    .map((branch) => ({ branch, strange: strangeKeys(branch), off: strangeKeys(branch) + missingKeys(branch, value) }))
    .sort((a, b) => a.off - b.off);
  const [best, second] = ranked;
  if (best === undefined || best.off === second?.off) return undefined;
  return Array.isArray(value) || best.strange < Object.keys(value).length ? best.branch : undefined;
}

function strangeKeys(branch: readonly z.core.$ZodIssue[]): number {
  return branch.flatMap((inner) => (inner.code === "unrecognized_keys" && inner.path.length === 0 ? inner.keys : [])).length;
}

function missingKeys(branch: readonly z.core.$ZodIssue[], value: object): number {
  return branch.filter((inner) => inner.path.length === 1 && !Object.hasOwn(value, inner.path[0] ?? "")).length;
}

/** The key that tells the branches of a union apart holds none of the known values. */
function unknownBranch(issue: z.core.$ZodIssueInvalidUnion, path: KeyPath, root: unknown): string {
  const { options } = issue as unknown as { options?: readonly unknown[] };
  const known = (options ?? []).map(String);
  const value = valueAt(root, path);
  const which = known.length === 0 ? "another value" : oneOf(known);
  return value === undefined ? `missing; expected ${which}` : `expected ${which}, found ${FOUND}`;
}

function numbersAsText(issues: readonly z.core.$ZodIssue[], root: unknown): KeyPath[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_type" || issue.expected !== "number") return [];
    const path = issue.path as KeyPath;
    const value = valueAt(root, path);
    return typeof value === "string" && NUMBER_AS_TEXT.test(value) ? [path] : [];
  });
}

/** A copy with another value at a path, whose containers are there. */
function withValue(root: unknown, [key, ...rest]: KeyPath, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(root) ? [...(root as unknown[])] : { ...(root as object) }) as Record<string | number, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}

/** Whether a path leads to a secret, or into one. */
function isSecret(schema: z.ZodType, path: KeyPath, root: unknown): boolean {
  return [path, path.slice(0, -1)].some((at) => schemasAt(schema, at, root).some(isSecretSchema));
}

/** A single value that breaks several limits is told the first of them; a mapping or a list may have several mistakes in it. */
function onePerValue(problems: readonly Problem[], root: unknown): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, message, atKey = false }) => {
    const value = valueAt(root, path);
    const single = !atKey && value !== undefined && (value === null || typeof value !== "object");
    const identity = JSON.stringify([path, atKey, single ? "" : message]);
    return !seen.has(identity) && seen.add(identity);
  });
}
