import { didYouMean, nearest } from "../../components/schema";
import { stackSchema } from "./schema";
import type { Problem } from "./validate";

/** The namespace of the platform's keys: the project's name in Pulumi.yaml. */
export const NAMESPACE = "mes";

/** Top-level keys of a stack file. Source: https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/ */
const FILE_KEYS = ["config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"];

/** Namespaces that a stack file of this project has keys of. */
const NAMESPACES = [NAMESPACE, "pulumi", "aws", "kubernetes", "random"];

export interface Concerns {
  /** The platform's own values, by the name of the concern. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
  /** Whether there was a mapping to take them from; without it, every concern would only be missing. */
  readonly complete: boolean;
}

/** Takes the platform's own keys out of the content of a stack file and notes what else does not belong there. */
export function concernsOf(content: unknown): Concerns {
  if (!isRecord(content)) {
    return { values: {}, problems: [{ path: [], message: "expected a mapping with the key `config:`" }], complete: false };
  }
  const problems: Problem[] = Object.keys(content)
    .filter((key) => !FILE_KEYS.includes(key))
    .map((key) => ({ path: [key], message: unknownFileKey(key), atKey: true }));
  const config = content.config ?? (Object.hasOwn(content, "config") ? {} : undefined);
  if (config === undefined) {
    problems.push({ path: ["config"], message: `missing; it holds the settings of the stack, e.g. ${NAMESPACE}:cluster` });
  } else if (!isRecord(config)) {
    problems.push({ path: ["config"], message: `expected a mapping of settings, e.g. ${NAMESPACE}:cluster` });
  }
  if (!isRecord(config)) return { values: {}, problems, complete: false };
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const [namespace = "", ...rest] = key.split(":");
    const name = rest.join(":");
    const message = notAConcern(key, namespace, name);
    if (message !== undefined) problems.push({ path: ["config", key], message, atKey: true });
    else if (namespace === NAMESPACE) values[name] = topLevel(value);
    // Read as what it is meant to be: that this is missing too would be the same mistake told twice.
    const meant = name === "" ? key : name;
    if (message !== undefined && Object.hasOwn(stackSchema.shape, meant) && !Object.hasOwn(config, `${NAMESPACE}:${meant}`))
      values[meant] ??= topLevel(value);
  }
  for (const [key, value] of Object.entries(content)) {
    const concern = concernOf(key);
    if (FILE_KEYS.includes(key) || !Object.hasOwn(stackSchema.shape, concern)) continue;
    const { own, others } = apart(topLevel(value));
    values[concern] ??= own;
    for (const [name, other] of Object.entries(others)) values[name] ??= topLevel(other);
  }
  return { values, problems, complete: true };
}

/** A concern that lost its indentation takes in those that follow it: its own settings, and the other concerns by name. */
function apart(value: unknown): { own: unknown; others: Readonly<Record<string, unknown>> } {
  if (!isRecord(value)) return { own: value, others: {} };
  const isOther = (key: string) => key.startsWith(`${NAMESPACE}:`);
  const entries = Object.entries(value);
  return {
    own: Object.fromEntries(entries.filter(([key]) => !isOther(key))),
    others: Object.fromEntries(entries.filter(([key]) => isOther(key)).map(([key, other]) => [concernOf(key), other])),
  };
}

/**
 * A value as the engine hands it to a program: as text, and a mapping or list as JSON. So at this level `12`, `"12"` and a
 * mapping that is written as JSON in quotes cannot be told from what they stand for.
 */
export function topLevel(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value === "") return null;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function unknownFileKey(key: string): string {
  const concern = concernOf(key);
  if (Object.hasOwn(stackSchema.shape, concern)) return `belongs under \`config:\`, as ${NAMESPACE}:${concern}`;
  return `unknown key${didYouMean(key, FILE_KEYS)}`;
}

/** The concern that a key names, with its namespace or without. */
function concernOf(key: string): string {
  return key.startsWith(`${NAMESPACE}:`) ? key.slice(NAMESPACE.length + 1) : key;
}

/** What is wrong with the form of a key of `config`. Keys of other namespaces are for others to check. */
function notAConcern(key: string, namespace: string, rest: string): string | undefined {
  if (!key.includes(":")) return `needs its namespace: write ${NAMESPACE}:${key}`;
  if (rest === "" || rest.includes(":")) return "not a key: write namespace:name, with one colon";
  if (namespace === NAMESPACE) {
    const [concern = ""] = rest.split(/[.[]/);
    if (concern === rest || !Object.hasOwn(stackSchema.shape, concern)) return undefined;
    return `unknown key; set with --path, it would be in ${NAMESPACE}:${concern}`;
  }
  if (NAMESPACES.includes(namespace)) return undefined;
  const meant = nearest(namespace, NAMESPACES);
  const isConcern = Object.hasOwn(stackSchema.shape, rest);
  return meant === NAMESPACE || isConcern ? `unknown namespace; did you mean ${NAMESPACE}:${rest}?` : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
