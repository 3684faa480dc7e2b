/** What an expression may be: a number, a text, one value of each series, or values of a range of time. */
export type Type = "scalar" | "string" | "vector" | "matrix";

export interface Signature {
  readonly takes: readonly Type[];
  /** So many of the last arguments may be left out. @default 0 */
  readonly optional?: number;
  /** The last argument may come again and again. @default false */
  readonly more?: boolean;
  readonly gives: Type;
}

const of = (gives: Type, ...takes: Type[]): Signature => ({ takes, gives });
const all = (signature: Signature, names: string): Record<string, Signature> =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, signature]));

/**
 * Functions of PromQL that need no feature flag.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/
 */
export const FUNCTIONS: Readonly<Record<string, Signature>> = {
  ...all(
    of("vector", "vector"),
    `abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_stddev
      histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp`.trim(),
  ),
  ...all({ ...of("vector", "vector"), optional: 1 }, "day_of_month day_of_week day_of_year days_in_month hour minute month year"),
  ...all(
    of("vector", "matrix"),
    `absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time
      min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time`,
  ),
  clamp: of("vector", "vector", "scalar", "scalar"),
  clamp_max: of("vector", "vector", "scalar"),
  clamp_min: of("vector", "vector", "scalar"),
  histogram_fraction: of("vector", "scalar", "scalar", "vector"),
  histogram_quantile: of("vector", "scalar", "vector"),
  label_join: { ...of("vector", "vector", "string", "string", "string"), optional: 1, more: true },
  label_replace: of("vector", "vector", "string", "string", "string", "string"),
  pi: of("scalar"),
  predict_linear: of("vector", "matrix", "scalar"),
  quantile_over_time: of("vector", "scalar", "matrix"),
  round: { ...of("vector", "vector", "scalar"), optional: 1 },
  scalar: of("scalar", "vector"),
  time: of("scalar"),
  vector: of("vector", "scalar"),
};
