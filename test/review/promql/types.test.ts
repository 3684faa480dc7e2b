import { parsePromql } from "../../../review/promql/parse";
import { typeProblem } from "../../../review/promql/types";

/* test/promtool holds this against Prometheus itself. */

const problemOf = (expr: string) => typeProblem(parsePromql(expr));

test.each([
  "sum by (job) (rate(http_requests_total[5m])) > 0.5",
  'max_over_time(rate(x[5m])[1h:1m]) and on (job) up{job=~"a|b"} offset 5m',
  "topk(3, x) / scalar(sum(x))",
  "vector(1) == bool 1",
  "hour() > 6",
  'label_join(up, "place", "-", "namespace", "pod")',
  '{job="a"}',
])("%s is taken", (expr) => {
  expect(problemOf(expr)).toBeUndefined();
});

test.each([
  ["vetcor(1)", "there is no function vetcor; use vector"],
  ["rate(x)", "rate takes a matrix, and is given a vector"],
  ["sum(x[5m])", "sum takes a vector, and is given a matrix"],
  ["topk(x)", "topk takes 2 arguments, and is given 1"],
  ["round(x, 1, 2)", "round takes 1 to 2 arguments, and is given 3"],
  ["1 > 0", "> of two scalars needs bool after it"],
  ["x and 1", "and takes vectors, and is given a scalar"],
  ["x[5m] > 1", "> takes scalars and vectors, and is given a matrix"],
  ['x{job=~"a("}', "a( is no regular expression"],
  ['{job=~".*"}', "selects all series: name a metric, or a value of a label"],
  ["x + on (job) 1", "+ matches labels of vectors, and is given a scalar"],
])("%s is refused", (expr, problem) => {
  expect(problemOf(expr)).toBe(problem);
});
