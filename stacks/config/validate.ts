import { z } from "zod";
import { didYouMean } from "../../components/schema";
import type { KeyPath } from "./stack-file";

/** A problem of a value, before it has a place in a file. */
export interface Problem {
  readonly path: KeyPath;
  readonly message: string;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
}

/** Validates a value and returns all that is wrong with it. */
export function problemsOf<T>(schema: z.ZodType<T>, value: unknown): { value: T } | { problems: Problem[] } {
  const result = schema.safeParse(value, { error: friendly });
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.flatMap((issue) => fromZod(issue, schema)) };
}

function fromZod(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key${didYouMean(key, known)}`,
      atKey: true,
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ path, message: issue.issues.map((inner) => inner.message).join("; "), atKey: true }];
  }
  return [{ path, message: issue.message }];
}

/** What zod says by default, in the words of a stack file. A schema's own message wins over these. */
const friendly: z.core.$ZodErrorMap = (issue) => {
  const given = describe(issue.input);
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `missing; expected ${article(issue.expected)}`
        : `expected ${article(issue.expected)}, found ${given}`;
    case "invalid_value":
      return `expected ${issue.values.map(String).join(" or ")}, found ${given}${
        typeof issue.input === "string" ? suggestion(issue.input, issue.values.map(String)) : ""
      }`;
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `expected at least ${issue.minimum}, found ${given}`
        : `expected at least ${issue.minimum} ${issue.origin === "string" ? "characters" : "entries"}`;
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? `expected at most ${issue.maximum}, found ${given}`
        : `expected at most ${issue.maximum} ${issue.origin === "string" ? "characters" : "entries"}`;
    default:
      return undefined;
  }
};

function suggestion(given: string, known: string[]): string {
  const hint = didYouMean(given, known);
  return hint.startsWith("; did") ? hint : "";
}

function article(type: string): string {
  const names: Record<string, string> = {
    object: "a mapping",
    record: "a mapping",
    array: "a list",
    boolean: "true or false",
    number: "a number",
    int: "a whole number",
    string: "a text",
  };
  return names[type] ?? type;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The keys that the schema allows at a path; none where any key is allowed. */
function keysAt(schema: z.ZodType, path: KeyPath): string[] {
  let candidates: z.ZodType[] = unwrap(schema);
  for (const part of path) candidates = candidates.flatMap((candidate) => childOf(candidate, part)).flatMap(unwrap);
  return candidates.flatMap((candidate) => (candidate instanceof z.ZodObject ? Object.keys(candidate.shape as object) : []));
}

function childOf(schema: z.ZodType, part: string | number): z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Record<string, z.ZodType | undefined>)[String(part)];
    return child === undefined ? [] : [child];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  return [];
}

function unwrap(schema: z.ZodType): z.ZodType[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(unwrap);
  return [schema];
}
