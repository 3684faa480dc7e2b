import type { z } from "zod";
import { FOUND } from "./found";

/** Marks a union none of whose branches fits: what to say of it is decided with the whole value at hand. */
export const NO_BRANCH = "no branch of a union";

/** What zod says by default, in the words of a stack file. A schema's own message wins over these. */
export const friendly: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${kind(issue)}, found ${FOUND}${quotesWanted(issue.expected, issue.input)}`;
    case "invalid_value":
      return `expected ${oneOf(issue.values.map(String))}, found ${FOUND}`;
    case "invalid_union":
      return NO_BRANCH;
    case "too_small":
      return bound(issue.inclusive === false ? "more than" : "at least", issue.origin, issue.minimum);
    case "too_big":
      return bound(issue.inclusive === false ? "less than" : "at most", issue.origin, issue.maximum);
    case "not_multiple_of":
      return `expected a multiple of ${issue.divisor}, found ${FOUND}`;
    case "invalid_format":
      return `expected ${FORMATS[issue.format] ?? (issue.pattern === undefined ? issue.format : `a text like ${issue.pattern}`)}, found ${FOUND}`;
    default:
      return undefined;
  }
};

/** `["a", "b", "c"]` → `a, b or c`. */
export function oneOf(choices: readonly string[]): string {
  const [last, ...others] = [...choices].reverse();
  return others.length === 0 ? String(last) : `${others.reverse().join(", ")} or ${String(last)}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  url: "a URL, e.g. https://mes.example.com",
  email: "an e-mail address",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  cidrv4: "a CIDR block, e.g. 10.0.0.0/16",
  cidrv6: "an IPv6 CIDR block, e.g. fd00::/64",
  datetime: 'a time in quotes, e.g. "2026-11-22T10:00:00Z"',
  date: 'a date in quotes, e.g. "2026-11-22"',
};

const KINDS: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  tuple: "a list",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  string: "a text",
  undefined: "nothing",
  never: "nothing",
};

function kind({ expected, inst }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  const { format } = (inst?._zod.def ?? {}) as { format?: string };
  return format === "safeint" ? "a whole number" : (KINDS[expected] ?? expected);
}

/** YAML takes a bare `1.10` for a number, and a bare `yes` for a text. */
function quotesWanted(expected: string, input: unknown): string {
  if (expected === "string" && (typeof input === "number" || typeof input === "boolean")) return "; put it in quotes";
  return "";
}

function bound(side: "at least" | "more than" | "at most" | "less than", origin: string, limit: number | bigint): string {
  if (origin === "number" || origin === "int" || origin === "bigint") return `expected ${side} ${limit}, found ${FOUND}`;
  if (origin === "string")
    return limit === 1 && side === "at least" ? "expected a text that is not empty" : `expected ${side} ${limit} characters`;
  return `expected ${side} ${limit} ${limit === 1 ? "entry" : "entries"}`;
}
