/**
 * What the Pulumi engine makes of a plain (unquoted) scalar of a stack file. The engine reads it with go-yaml v3, which is
 * neither YAML 1.1 nor 1.2: `yes` and `off` are text, `010` and `0o10` are 8, `1_000` is 1000, `1:30` is text.
 * The suite test/pulumi-cli holds this table against the engine's own command line.
 * Source: gopkg.in/yaml.v3, resolve.go
 */
export type Scalar = string | number | boolean | null;

/** A plain scalar that the engine turns into something that nobody meant. */
export class UnclearScalar extends Error {}

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const TIME = /\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?/;
const DATE = new RegExp(`^\\d{4}-\\d{1,2}-\\d{1,2}(?:| ${TIME.source}|[Tt]${TIME.source}(?:Z|[-+]\\d{2}:\\d{2}))$`);

/** Whole numbers by their prefix; a leading zero alone is octal. The sign comes before the prefix. */
const INTEGERS: readonly (readonly [RegExp, string])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, "0x"],
  [/^0[bB]([01]+)$/, "0b"],
  [/^0[oO]?([0-7]+)$/, "0o"],
];
const LEAST_INTEGER = -(2n ** 63n);
const GREATEST_INTEGER = 2n ** 64n - 1n;

/** @throws UnclearScalar for infinities, which a configuration cannot carry, and for dates, which the engine rewrites */
export function plainScalar(source: string): Scalar {
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  if (NOT_FINITE.test(source)) throw new UnclearScalar(`${source} is not a number that a configuration can hold`);
  // Here, and only here, an underscore has to be between two digits.
  if (source.startsWith(".")) return finite(source.replace(/(?<=\d)_(?=\d)/g, ""), source);
  if (!/^[-+0-9]/.test(source)) return source;
  if (DATE.test(source)) throw new UnclearScalar(`Pulumi rewrites a bare date; put it in quotes: "${source}"`);
  return integer(source) ?? finite(source.replaceAll("_", ""), source);
}

function integer(source: string): number | undefined {
  const [, sign = "", digits = ""] = /^([-+]?)(.*)$/s.exec(source.replaceAll("_", "")) ?? [];
  for (const [pattern, prefix] of INTEGERS) {
    const match = pattern.exec(digits)?.[1];
    if (match === undefined) continue;
    const value = sign === "-" ? -BigInt(prefix + match) : BigInt(prefix + match);
    if (value >= LEAST_INTEGER && value <= GREATEST_INTEGER) return Number(value);
  }
  return undefined;
}

/** A decimal number; what looks like one and is too large for one stays text, as do `1.2.3` and `12Gi`. */
function finite(decimal: string, source: string): Scalar {
  const value = DECIMAL.test(decimal) ? Number(decimal) : NaN;
  // There is no negative zero in a configuration.
  return Number.isFinite(value) ? value + 0 : source;
}
