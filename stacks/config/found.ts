import type { KeyPath } from "./stack-file";

/** Stands in a message for what was found, until the whole path of the value is known. */
export const FOUND = "\u0001";

/** Tells whether the value at a path must not be quoted. */
export type Hidden = (path: KeyPath) => boolean;

/** The message with what was found: every complaint of what was expected says it. */
export function withFound(problem: { path: KeyPath; message: string }, root: unknown, hidden: Hidden): string {
  const { path, message } = problem;
  const value = valueAt(root, path);
  const found = () => (hidden(path) ? kindOf(value) : describe(value));
  if (message.includes(FOUND)) return message.replaceAll(FOUND, found);
  const says = message.startsWith("expected ") && !message.includes("found") && (value === null || typeof value !== "object");
  return says && value !== undefined ? `${message}, found ${found()}` : message;
}

export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

function describe(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return kindOf(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return "a text";
  return typeof value === "number" ? "a number" : "true or false";
}
