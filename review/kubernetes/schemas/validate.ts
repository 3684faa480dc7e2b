import { nearest } from "../../../components/schema/did-you-mean";
import { hidden, repeated, shown, type Problem } from "../validation/problem";
import { quantity } from "../quantities";
import { isPortName } from "../validation/pods";
import { isRecord } from "../value";
import type { Schema, SchemaTable } from "./schema";

type Path = (string | number)[];

/** Why the API server refuses a value that is to be of a schema. What is secret, or known after apply only, is never blamed. */
export function schemaProblems(value: unknown, place: number, table: SchemaTable): Problem[] {
  const problems: Problem[] = [];
  visit(value, place, { table, path: [], problems });
  return problems;
}

interface Visit {
  readonly table: SchemaTable;
  /** Of the value that is looked at: one list, which grows and shrinks on the way. */
  readonly path: Path;
  readonly problems: Problem[];
}

function visit(value: unknown, place: number, on: Visit): void {
  // Server-side apply leaves out what is null.
  if (value === null || value === undefined) return;
  const schema = on.table.schemas[place];
  if (schema?.is === undefined) return;
  // Most values are texts of which nothing is asked.
  if (schema.is === "string" && typeof value === "string" && isFree(schema)) return;
  const wrong = WRONG[schema.is](value);
  if (wrong !== undefined) blameValue(on, value, `is no ${wrong}`);
  else if (schema.is === "object") visitObject(value as Record<string, unknown>, schema, on);
  else if (schema.is === "map") visitMap(value as Record<string, unknown>, schema, on);
  else if (schema.is === "list") visitList(value as unknown[], schema, on);
  else visitScalar(value as string | number, schema, on);
}

function isFree(schema: Schema): boolean {
  return schema.enum === undefined && schema.pattern === undefined && schema.min === undefined && schema.max === undefined;
}

/** What it should have been, where it is something else. */
const WRONG: Readonly<Record<NonNullable<Schema["is"]>, (value: unknown) => string | undefined>> = {
  object: (value) => (isRecord(value) ? undefined : "mapping"),
  map: (value) => (isRecord(value) ? undefined : "mapping"),
  list: (value) => (Array.isArray(value) ? undefined : "list"),
  string: (value) => (typeof value === "string" ? undefined : "text; put it in quotes"),
  integer: (value) => (Number.isInteger(value) ? undefined : "whole number"),
  number: (value) => (typeof value === "number" ? undefined : "number"),
  boolean: (value) => (typeof value === "boolean" ? undefined : "true or false"),
  "int-or-string": (value) => (Number.isInteger(value) || typeof value === "string" ? undefined : "whole number or text"),
  quantity: (value) => (isHidden(value) || quantity(value) !== undefined ? undefined : "quantity; write it as 500m or 512Mi"),
  port: (value) => (isHidden(value) || isPort(value) ? undefined : "port; use 1 to 65535, or the name of one"),
  "int-or-percent": (value) =>
    isHidden(value) || (Number.isInteger(value) && Number(value) >= 0) || (typeof value === "string" && /^\d+%$/.test(value))
      ? undefined
      : "amount; use a whole number or a percentage",
};

function isHidden(value: unknown): boolean {
  return typeof value === "string" && hidden(value);
}

function isPort(value: unknown): boolean {
  if (typeof value === "string") return isPortName(value);
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

function visitObject(value: Record<string, unknown>, schema: Schema, on: Visit): void {
  const fields = schema.fields ?? {};
  for (const key of Object.keys(value)) {
    // Status is the controller's: the API server leaves it out.
    if (on.path.length === 0 && key === "status") continue;
    on.path.push(key);
    if (Object.hasOwn(fields, key)) visit(value[key], fields[key] ?? 0, on);
    else if (value[key] !== undefined && value[key] !== null)
      blame(on, `is no field that there is; ${meant(key, Object.keys(fields))}`);
    on.path.pop();
  }
  for (const key of schema.required ?? []) {
    if (value[key] === undefined || value[key] === null) blame(on, `has no ${key}, without which it is refused; add it`);
  }
}

function visitMap(value: Record<string, unknown>, { of = 0, min, max, keys: pattern }: Schema, on: Visit): void {
  const keys = Object.keys(value);
  bounds(keys.length, "entries", { min, max }, on);
  for (const key of keys) {
    on.path.push(key);
    if (pattern !== undefined && expression(pattern)?.test(key) === false) blame(on, `the key is not of the form ${pattern}`);
    visit(value[key], of, on);
    on.path.pop();
  }
}

function visitList(value: readonly unknown[], { of = 0, min, max, unique }: Schema, on: Visit): void {
  bounds(value.length, "items", { min, max }, on);
  if (unique !== undefined && value.length > 1) visitUnique(value, unique, on);
  for (let i = 0; i < value.length; i++) {
    on.path.push(i);
    visit(value[i], of, on);
    on.path.pop();
  }
}

/** Values that stand for those left out, in the fields by which items are told apart. */
const LEFT_OUT: Readonly<Record<string, string>> = { protocol: "TCP" };

function visitUnique(value: readonly unknown[], fields: readonly string[], on: Visit): void {
  const key = (item: unknown): string =>
    fields.length === 0 || !isRecord(item) ? shown(item) : fields.map((field) => shown(item[field] ?? LEFT_OUT[field])).join(" ");
  for (const [item, path] of repeated(value.map((one, i) => [key(one), [i]] as const))) {
    on.path.push(...path);
    blame(on, `${item} is there already, which server-side apply refuses; keep one`);
    on.path.pop();
  }
}

function visitScalar(value: string | number, { is, enum: texts, pattern, min, max }: Schema, on: Visit): void {
  if (texts !== undefined && !texts.includes(value as string)) {
    blameValue(on, value, `is none of the values that are taken: ${texts.filter((text) => text !== "").join(", ")}`);
  } else if (pattern !== undefined && typeof value === "string" && expression(pattern)?.test(value) === false) {
    blameValue(on, value, `is not of the form ${pattern}`);
  } else if (typeof value === "number") {
    if (is === "integer" || is === "number") bounds(value, "", { min, max }, on);
  } else if (typeof value === "string" && (min !== undefined || max !== undefined) && !hidden(value)) {
    bounds(value.length, "characters", { min, max }, on);
  }
}

function bounds(size: number, what: string, { min, max }: Pick<Schema, "min" | "max">, on: Visit): void {
  const has = what === "" ? `is ${size}` : `has ${size} ${what}`;
  if (min !== undefined && size < min) blame(on, `${has}, and ${min} is the least that is taken`);
  if (max !== undefined && size > max) blame(on, `${has}, and ${max} is the most that is taken`);
}

const expressions = new Map<string, RegExp | undefined>();

/** Patterns are of RE2; one that JavaScript does not know is not held against anything. */
function expression(pattern: string): RegExp | undefined {
  if (!expressions.has(pattern)) {
    try {
      expressions.set(pattern, pattern.startsWith("(?i)") ? new RegExp(pattern.slice(4), "i") : new RegExp(pattern));
    } catch {
      expressions.set(pattern, undefined);
    }
  }
  return expressions.get(pattern);
}

/** What somebody meant who wrote another field. */
function meant(key: string, fields: readonly string[]): string {
  const near = nearest(key, fields);
  return near === undefined ? "remove it" : `use ${near}`;
}

function shownShort(value: unknown): string {
  const text = shown(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What is known after apply only is a text in its place, whatever it will be. */
function blameValue(on: Visit, value: unknown, message: string): void {
  if (typeof value !== "string" || !hidden(value)) blame(on, `${shownShort(value)} ${message}`);
}

function blame({ path, problems }: Visit, message: string): void {
  problems.push({ path: [...path], message });
}
