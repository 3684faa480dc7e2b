/**
 * The value of a plain (unquoted) scalar of a stack file. The Pulumi engine reads it with go-yaml v3, which is neither YAML 1.1
 * nor 1.2: `yes` and `off` are text. Other spellings of numbers (`010`, `1_000`, `0x1F`) and dates, on which readers of YAML
 * differ, are refused.
 * The suite test/pulumi-cli compares every value with that of the engine's own command line.
 * Source: gopkg.in/yaml.v3, resolve.go
 */
export type Scalar = string | number | boolean | null;

/** A plain scalar on which readers of YAML differ, or that a configuration cannot hold. */
export class UnclearScalar extends Error {}

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Hexadecimal, binary, octal; a leading zero alone is octal to some and decimal to others. */
const PREFIXED = /^[-+]?0(?:[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+|[0-9]+)$/;
const TIME = /\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?/;
const DATE = new RegExp(`^\\d{4}-\\d{1,2}-\\d{1,2}(?:| ${TIME.source}|[Tt]${TIME.source}(?:Z|[-+]\\d{2}:\\d{2}))$`);

/** @throws UnclearScalar */
export function plainScalar(source: string): Scalar {
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  if (NOT_FINITE.test(source)) throw new UnclearScalar(`${source} is not a number that a configuration can hold`);
  if (DATE.test(source)) throw new UnclearScalar(`Pulumi rewrites a bare date; put it in quotes: "${source}"`);
  if (isUnclearNumber(source)) {
    throw new UnclearScalar(`write a decimal number without underscores and leading zeros, or put it in quotes: "${source}"`);
  }
  const value = DECIMAL.test(source) ? Number(source) : NaN;
  // What is too large for a number stays text, and a configuration has no negative zero.
  return Number.isFinite(value) ? value + 0 : source;
}

function isUnclearNumber(source: string): boolean {
  if (PREFIXED.test(source)) return true;
  const digits = source.replaceAll("_", "");
  return source !== digits && /^[-+.0-9]/.test(source) && (DECIMAL.test(digits) || PREFIXED.test(digits));
}
