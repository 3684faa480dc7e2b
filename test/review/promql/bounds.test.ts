import { boundsOf, settledIn, type BoundsOf } from "../../../review/promql/bounds";
import { parsePromql } from "../../../review/promql/parse";
import { partOf } from "../../../review/promql/parts";

/** `a` and `b` count, `up` is 0 or 1, `any` is anything, and the histogram `h` ends at 60. */
const of: BoundsOf = ({ metric = "" }, quantile) => {
  if (quantile) return { low: 0, high: metric.startsWith("h") ? 60 : Infinity };
  if (metric === "up") return { low: 0, high: 1 };
  return { low: metric === "any" ? -Infinity : 0, high: Infinity };
};

test.each<[string, number, number]>([
  ["2 * 3 - 10", -4, -4],
  ["-a", -Infinity, 0],
  ["sum(rate(a[5m]))", 0, Infinity],
  ["count(up == 1) or vector(0)", 0, Infinity],
  ["avg_over_time(up[1h])", 0, 1],
  ['sum(rate(a{x="1"}[5m])) / sum(rate(a[5m]))', 0, 1],
  ['1 - sum(rate(a{x="1"}[5m])) / (sum(rate(a[5m])) > 0)', 0, 1],
  ["sum(a) / (sum(a) + sum(b))", 0, 1],
  ["sum(a) / sum(b)", 0, Infinity],
  ['sum by (x) (a{x="1"}) / sum(a)', 0, Infinity],
  ["histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))", 0, 60],
  ["any * a", -Infinity, Infinity],
  ["clamp_min(any, 3)", 3, Infinity],
  ["predict_linear(a[1h], 3600)", -Infinity, Infinity],
  ["up * 100", 0, 100],
  ["up > bool 3", 0, 1],
  ["absent(a)", 1, 1],
  ["nobody_knows(a)", -Infinity, Infinity],
])("%s is %d to %d", (expr, low, high) => {
  expect(boundsOf(parsePromql(expr), of)).toEqual({ low, high });
});

test.each<[string, ("never" | "always")[]]>([
  ["a > 5", []],
  ["any < 0", []],
  ["a < 0", ["never"]],
  ["a >= 0", ["always"]],
  ["up == 2", ["never"]],
  ["up > 1", ["never"]],
  ["up <= 1 or a > 3", ["always"]],
  ["up <= 1 and a > 3", []],
  ["count(a) < 1", ["never"]],
  ["(count(a) or vector(0)) < 1", []],
  ['sum(a{x="1"}) / sum(a) > 1', ["never"]],
  ["a > 3 and histogram_quantile(0.9, rate(h_bucket[5m])) > 90", ["never"]],
  ["a - b > 0", []],
  ["a > b", []],
])("what settles %s", (expr, expected) => {
  expect(settledIn(parsePromql(expr), of).map(({ always }) => (always ? "always" : "never"))).toEqual(expected);
});

test.each<[string, string, string | undefined]>([
  ['a{x="1",y="2"}', 'a{y="2"}', "share"],
  ['a{x="1"}', 'a{y="2"}', undefined],
  ["mes_db_pool_in_use", "mes_db_pool_size", "amount"],
  ["rate(a[5m])", "rate(a[10m])", undefined],
  ["increase(a[5m])", "rate(a[5m])", undefined],
  ["max(a)", "sum(a)", undefined],
])("%s is a part of %s: %s", (part, whole, expected) => {
  expect(partOf(parsePromql(part), parsePromql(whole))).toBe(expected);
});
