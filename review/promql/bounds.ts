import { partOf } from "./parts";
import type { Aggregation, Binary, Expression, Selector } from "./parse";

/*
 * Between which values the results of an expression lie, as far as that follows from what its metrics are: a count is never below zero, a
 * share of something never above one, a quantile never beyond the largest bucket of its histogram.
 */

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Values that a series may have. */
export type BoundsOf = (selector: Selector, quantile: boolean) => Bounds;

const ANY: Bounds = { low: -Infinity, high: Infinity };
const COUNT: Bounds = { low: 1, high: Infinity };
const AMOUNT: Bounds = { low: 0, high: Infinity };
const ONE: Bounds = { low: 1, high: 1 };

/** A comparison that never holds, or always does. */
export interface Settled {
  readonly comparison: Binary;
  readonly always: boolean;
  readonly left: Bounds;
}

const COMPARISONS = ["==", "!=", "<=", "<", ">=", ">"];

export function isComparison(expression: Expression): boolean {
  return expression.kind === "binary" && COMPARISONS.includes(expression.operator);
}

/** Comparisons of an expression that never hold, wherever they are, and those that decide alone and always hold. */
export function settledIn(expression: Expression, of: BoundsOf): Settled[] {
  return [...neverIn(expression, of), ...alwaysIn(expression, of)];
}

function neverIn(expression: Expression, of: BoundsOf): Settled[] {
  switch (expression.kind) {
    case "call":
    case "aggregation":
      return expression.args.flatMap((argument) => neverIn(argument, of));
    case "binary": {
      const inner = [...neverIn(expression.left, of), ...neverIn(expression.right, of)];
      if (!isComparison(expression)) return inner;
      const [left, right] = [boundsOf(expression.left, of), boundsOf(expression.right, of)];
      return never(expression.operator, left, right) ? [...inner, { comparison: expression, always: false, left }] : inner;
    }
    default:
      return [];
  }
}

/** Of what is joined by `or` each part decides alone. */
function alwaysIn(expression: Expression, of: BoundsOf): Settled[] {
  if (expression.kind !== "binary") return [];
  if (expression.operator === "or") return [...alwaysIn(expression.left, of), ...alwaysIn(expression.right, of)];
  if (!isComparison(expression)) return [];
  const [left, right] = [boundsOf(expression.left, of), boundsOf(expression.right, of)];
  const opposite = { "==": "!=", "!=": "==", "<=": ">", "<": ">=", ">=": "<", ">": "<=" }[expression.operator] ?? "";
  return never(opposite, left, right) ? [{ comparison: expression, always: true, left }] : [];
}

function never(operator: string, left: Bounds, right: Bounds): boolean {
  switch (operator) {
    case ">":
      return left.high <= right.low && left.high < Infinity;
    case ">=":
      return left.high < right.low;
    case "<":
      return left.low >= right.high && left.low > -Infinity;
    case "<=":
      return left.low > right.high;
    case "==":
      return left.high < right.low || right.high < left.low;
    default:
      return left.low === left.high && right.low === right.high && left.low === right.low;
  }
}

/** Between which values results lie. */
export function boundsOf(expression: Expression, of: BoundsOf): Bounds {
  switch (expression.kind) {
    case "number":
      return Number.isNaN(expression.value) ? ANY : { low: expression.value, high: expression.value };
    case "string":
      return ANY;
    case "selector":
      return of(expression, false);
    // Between the values at each of its times.
    case "subquery":
      return boundsOf(expression.args[0], of);
    case "call":
      return ofCall(expression.name, expression.args, of);
    case "aggregation":
      return ofAggregation(expression, of);
    case "binary":
      return ofBinary(expression, of);
  }
}

/** Functions whose results are among the values of their last argument, or between them. */
const INSIDE = /^(?:(?:avg|min|max|last|first|quantile)_over_time|vector|scalar|sort\w*)$/;

function ofCall(name: string, args: readonly Expression[], of: BoundsOf): Bounds {
  const bounds = args.map((argument) => boundsOf(argument, of));
  const first = bounds[0] ?? ANY;
  const number = (i: number) => bounds[i]?.low ?? 0;
  if (INSIDE.test(name)) return bounds.at(-1) ?? ANY;
  switch (name) {
    case "-":
      return { low: 0 - first.high, high: 0 - first.low };
    case "label_replace":
    case "label_join":
    case "round":
    case "ceil":
    case "floor":
      return first;
    case "rate":
    case "irate":
    case "increase":
    case "changes":
    case "resets":
    case "stddev_over_time":
      return AMOUNT;
    case "count_over_time":
      return COUNT;
    case "absent":
    case "absent_over_time":
    case "present_over_time":
      return ONE;
    case "time":
      return { low: 1e9, high: Infinity };
    case "abs":
      return { low: first.low >= 0 ? first.low : 0, high: Math.max(Math.abs(first.low), Math.abs(first.high)) };
    case "clamp_min":
      return { low: Math.max(first.low, number(1)), high: Math.max(first.high, number(1)) };
    case "clamp_max":
      return { low: Math.min(first.low, bounds[1]?.high ?? Infinity), high: Math.min(first.high, bounds[1]?.high ?? Infinity) };
    case "histogram_quantile":
      return quantileBounds(args[1], of);
    default:
      return ANY;
  }
}

/** Not beyond the largest bucket. Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
function quantileBounds(argument: Expression | undefined, of: BoundsOf): Bounds {
  let inner = argument;
  while (inner?.kind === "call" || inner?.kind === "aggregation") inner = inner.args.at(-1);
  return inner?.kind === "selector" ? of(inner, true) : AMOUNT;
}

function ofAggregation({ operator, args }: Aggregation, of: BoundsOf): Bounds {
  const inner = boundsOf(args.at(-1) ?? { kind: "number", value: NaN }, of);
  switch (operator) {
    case "count":
    case "count_values":
      return COUNT;
    case "group":
      return ONE;
    case "sum":
      return { low: inner.low >= 0 ? inner.low : -Infinity, high: inner.high <= 0 ? inner.high : Infinity };
    case "stddev":
    case "stdvar":
      return AMOUNT;
    default:
      return inner;
  }
}

function ofBinary(binary: Binary, of: BoundsOf): Bounds {
  const [left, right] = [boundsOf(binary.left, of), boundsOf(binary.right, of)];
  switch (binary.operator) {
    case "and":
    case "unless":
      return left;
    case "or":
      return { low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) };
    case "+":
      return known({ low: left.low + right.low, high: left.high + right.high });
    case "-":
      return known({ low: left.low - right.high, high: left.high - right.low });
    case "*":
      return left.low >= 0 && right.low >= 0 ? { low: product(left.low, right.low), high: product(left.high, right.high) } : ANY;
    case "/":
      return quotient(binary, left, right);
    default:
      return isComparison(binary) ? compared(binary, left, right) : ANY;
  }
}

function product(a: number, b: number): number {
  return a === 0 || b === 0 ? (a === Infinity || b === Infinity ? Infinity : 0) : a * b;
}

function quotient({ left: part, right: whole }: Binary, left: Bounds, right: Bounds): Bounds {
  if (left.low < 0 || right.low < 0) return ANY;
  if (partOf(part, whole) !== undefined) return { low: 0, high: 1 };
  // Of a number that is above zero: both ends are known.
  if (right.low > 0 && right.high < Infinity) return { low: left.low / right.high, high: left.high / right.low };
  return AMOUNT;
}

/** A comparison leaves values as they are, of its side that is a vector. */
function compared({ operator, bool, left: side }: Binary, left: Bounds, right: Bounds): Bounds {
  if (bool) return { low: 0, high: 1 };
  if (side.kind === "number") return right;
  if (operator === "==") return { low: Math.max(left.low, right.low), high: Math.min(left.high, right.high) };
  if (operator.startsWith(">")) return { low: Math.max(left.low, right.low), high: left.high };
  return operator.startsWith("<") ? { low: left.low, high: Math.min(left.high, right.high) } : left;
}

function known({ low, high }: Bounds): Bounds {
  return Number.isNaN(low) || Number.isNaN(high) ? ANY : { low, high };
}
