import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const CASES = path.join(__dirname, "cases");
const SUFFIX = ".test.yaml";

/** Values of a label that an alert has when it fires; labels that are not named may have any value. */
const firing = z.record(z.string(), z.string());

/**
 * What an alert does with given series. A file `cases/<Alert>.test.yaml` has one or more:
 *
 * - `series`: metrics in promtool's notation: `0x10 1+1x5` is eleven zeros, then 1, 2 … 6, one a minute
 * - `at`: what fires after a time, none as `[]`; every alert that fires then has to be named
 */
const example = z.strictObject({
  name: z.string().min(1),
  /** Stacks that it is about, where a threshold follows a size; default: all that have the alert. */
  stacks: z.array(z.string()).optional(),
  /** Others than those named may fire too. */
  others: z.literal("true").optional(),
  /** Alerts that must not fire at any of the times, beside others that may. */
  never: z.array(firing).default([]),
  /** Time between two values of a series, where an alert looks at days: rules are evaluated twice in it, which takes its time. */
  interval: z.enum(["30s", "1m", "5m"]).default("1m"),
  series: z.record(z.string(), z.string()),
  at: z.record(z.string().regex(/^(?:\d+d)?(?:\d+h)?(?:\d+m)?$/, "expected a duration, e.g. 10m"), z.array(firing)),
});

export interface AlertCases {
  readonly alert: string;
  readonly examples: readonly z.infer<typeof example>[];
}

/** The cases of all alerts, by the names of their files. */
export function alertCases(): AlertCases[] {
  return readdirSync(CASES)
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => parseCases(file.slice(0, -SUFFIX.length), readFileSync(path.join(CASES, file), "utf8")));
}

/** One file of cases. All of it is text (to YAML `0x60` is a number). Each alert is shown once as it fires and once as it does not: a rule that always fires is no rule. */
export function parseCases(alert: string, text: string): AlertCases {
  const result = z
    .array(example)
    .min(1)
    .safeParse(parse(text, { schema: "failsafe" }));
  if (!result.success) throw new Error(`cases of ${alert}: ${z.prettifyError(result.error)}`);
  const expected = result.data.flatMap(({ at }) => Object.values(at));
  if (!expected.some((alerts) => alerts.length > 0)) throw new Error(`cases of ${alert}: in none of them does it fire`);
  if (alert !== "Watchdog" && !expected.some((alerts) => alerts.length === 0)) {
    throw new Error(`cases of ${alert}: in none of them does it not fire`);
  }
  return { alert, examples: result.data };
}

/** A file of promtool that checks the cases of an alert against its rules. */
export function promtoolTest({ alert, examples }: AlertCases, stack: string, rules: string): object {
  return {
    rule_files: [rules],
    evaluation_interval: examples.every(({ interval }) => interval === "5m") ? "150s" : "30s",
    tests: examples
      .filter(({ stacks }) => stacks?.includes(stack) ?? true)
      .map(({ name, interval, series, at, others, never }) => ({
        name: `${alert}: ${name}`,
        interval,
        input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
        promql_expr_test: Object.entries(at).flatMap(([time, alerts]) => [
          ...(others && alerts.length > 0 ? [] : [check(alert, {}, time, alerts.length)]),
          ...alerts.map((labels) => check(alert, labels, time, 1)),
          ...never.map((labels) => check(alert, labels, time, 0)),
        ]),
      })),
  };
}

function check(alert: string, labels: Readonly<Record<string, string>>, time: string, count: number): object {
  const selector = Object.entries({ alertname: alert, alertstate: "firing", ...labels })
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");
  return {
    expr: `count(ALERTS{${selector}}) or vector(0)`,
    eval_time: time,
    exp_samples: [{ labels: "{}", value: count }],
  };
}
