import { rulesIn } from "../alerting/rules";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { entryOf, textAt } from "../kubernetes/value";
import type { Facts, Plan } from "../plan/plan";
import { boundsOf, isComparison, settledIn, type Bounds } from "../promql/bounds";
import { promqlIn, selectorsOf, type Binary, type Expression, type Selector } from "../promql/parse";
import { partOf } from "../promql/parts";
import { alertsOf } from "./alerts-actionable";
import { isWatchdog, type Alert } from "./alerts/alert";
import { unitsOf, windowsOf } from "./alerts/thresholds";
import { reporter, type Finding, type Rule } from "./rule";

const name = "alerts-can-fire";
const { error, warning } = reporter(name);

export const alertsCanFire: Rule = {
  name,
  title: "Every alert can come true and can be over: its threshold lies among the values that its metrics may have.",
  why: "A count below zero, a share above one, a time that no request lasts: such an alert is never told, and looks like health.",
  check: (plan) => {
    const known = inventory(plan);
    const recordings = recordingsIn(known);
    const alerts = known.ofKind("PrometheusRule").flatMap((object) => alertsOf(object).map((one) => ({ object, ...one })));
    return [...alerts.flatMap((alert) => alertFindings(alert, recordings, plan.facts)), ...reconciled(plan, known)];
  },
};

type Recordings = ReadonlyMap<string, readonly Expression[]>;

function alertFindings(alert: Alert, recordings: Recordings, facts: Facts | undefined): Finding[] {
  const expression = promqlIn(textAt(alert.alert, "expr") ?? "");
  if (expression === undefined || isWatchdog(alert.alert)) return [];
  const alertName = textAt(alert.alert, "alert") ?? "";
  const path = [...alert.path, "expr"];
  const of = (selector: Selector, quantile: boolean) => valuesOf(selector, quantile, recordings);
  const says = (message: string) => error(alert.object.resource, path, `${alertName} ${message}`);
  return [
    ...settledIn(expression, of).map(({ comparison, always, left }) => {
      const threshold = thresholdOf(comparison, of);
      const range = `${rounded(left.low)} to ${rounded(left.high)}`;
      const [whose, setting] = ratioOf(comparison, facts);
      return always
        ? says(
            `is always true: what it compares${whose} is ${range}, always ${comparison.operator} ${threshold}; correct the threshold${setting}`,
          )
        : says(
            `is never true: what it compares${whose} is ${range}, never ${comparison.operator} ${threshold}; correct the threshold${setting}`,
          );
    }),
    ...comparisonsIn(expression).flatMap((comparison) => [
      ...beyondTheRequest(comparison, facts, says),
      ...[
        ...unitsOf(comparison, textAt(alert.alert, "labels", "severity") === "page"),
        ...windowsOf(comparison, (name) => recordings.get(name) ?? []),
      ].map(says),
      ...mostFail(comparison, facts, (message) => warning(alert.object.resource, path, `${alertName} ${message}`)),
    ]),
  ];
}

function recordingsIn(known: Inventory): Recordings {
  const recordings = new Map<string, Expression[]>();
  for (const rule of rulesIn(known)) {
    const record = textAt(rule, "record");
    const expression = record === undefined ? undefined : promqlIn(textAt(rule, "expr") ?? "");
    if (record !== undefined && expression !== undefined) recordings.set(record, [...(recordings.get(record) ?? []), expression]);
  }
  return recordings;
}

const ANY: Bounds = { low: -Infinity, high: Infinity };

/** Values of metrics by their names. Sources: the documentation of each exporter, at its pinned version */
const VALUES: readonly (readonly [metric: RegExp, bounds: Bounds])[] = [
  [
    /^(?:up|redis_up|kube_.+_status_condition|kube_pod_status_(?:ready|phase|scheduled)|kube_pod_container_status_\w*reason|certmanager_certificate_ready_status|cnpg_pg_replication_in_recovery|cnpg_collector_last_collection_error|\w+_last_reload_successful|rabbitmq_alarms_\w+)$/,
    { low: 0, high: 1 },
  ],
  [/^DCGM_FI_DEV_(?:GPU|MEM_COPY)_UTIL$/, { low: 0, high: 100 }],
  // -1 stands for what never happened or is not limited.
  [/^(?:cnpg_(?!mes_)|barman_|DCGM_|otelcol_)|temperature|timestamp|_celsius/, { low: -1, high: Infinity }],
  [
    /_(?:total|count|sum|bucket|seconds|bytes|ratio)$|^(?:kube|node|rabbitmq|mes|http|redis|container|kubelet|cnpg_mes)_/,
    { low: 0, high: Infinity },
  ],
];

/** The largest buckets of histograms of the contract, in seconds. */
const LARGEST_BUCKETS: Readonly<Record<string, number>> = {
  http_server_request_duration_seconds_bucket: 60,
  mes_order_handling_seconds_bucket: 60,
};

function valuesOf({ metric = "" }: Selector, quantile: boolean, recordings: Recordings): Bounds {
  if (quantile) return { low: 0, high: entryOf(LARGEST_BUCKETS, metric) ?? Infinity };
  const recorded = recordings.get(metric);
  if (recorded === undefined) return VALUES.find(([pattern]) => pattern.test(metric))?.[1] ?? ANY;
  // One that reads recordings itself: those are not followed.
  const all = recorded.map((one) =>
    boundsOf(one, (inner, isQuantile) => (inner.metric?.includes(":") === true ? ANY : valuesOf(inner, isQuantile, new Map()))),
  );
  return { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) };
}

/** Comparisons that decide on an alert. */
function comparisonsIn(expression: Expression): Binary[] {
  if (expression.kind !== "binary") return [];
  if (isComparison(expression)) return [expression];
  return ["and", "or", "unless"].includes(expression.operator)
    ? [...comparisonsIn(expression.left), ...(expression.operator === "unless" ? [] : comparisonsIn(expression.right))]
    : [];
}

function thresholdOf({ right }: Binary, of: Parameters<typeof boundsOf>[1]): string {
  const { low, high } = boundsOf(right, of);
  return low === high ? String(low) : `${rounded(low)} to ${rounded(high)}`;
}

function rounded(value: number): string {
  if (Math.abs(value) === Infinity) return value > 0 ? "any" : "any below";
  return String(Number(value.toPrecision(6)));
}

/** Nobody waits longer for an answer than the request may take. */
function beyondTheRequest(
  { left, right, operator }: Binary,
  facts: Facts | undefined,
  says: (message: string) => Finding,
): Finding[] {
  if (left.kind !== "call" || left.name !== "histogram_quantile" || right.kind !== "number" || !operator.startsWith(">"))
    return [];
  return selectorsOf(left).flatMap(({ metric, matchers }) => {
    if (metric !== "http_server_request_duration_seconds_bucket") return [];
    const job = matchers.find(({ label, operator: own }) => label === "job" && own === "=")?.value;
    const program = facts?.orders?.programs.find((one) => one.name === job);
    const most = program?.http?.requestSeconds;
    if (program === undefined || most === undefined || right.value < most) return [];
    return [
      says(
        `waits for requests of ${program.name} that last ${right.value} s, and they are given up after ${most} s (timeout): nobody is told before all fail; take less (${program.key}.http.objectives.latency)`,
      ),
    ];
  });
}

/** Whose share of failed messages a comparison is about, and the setting of its threshold; empty where it is none. */
function ratioOf({ left, right }: Binary, facts: Facts | undefined): readonly [whose: string, setting: string] {
  if (right.kind !== "number" || left.kind !== "binary" || left.operator !== "/") return ["", ""];
  const [selector] = selectorsOf(left);
  const job = selector?.matchers.find(({ label, operator }) => label === "job" && operator === "=")?.value;
  const program = facts?.orders?.programs.find(({ name: own, outside }) => own === job && !outside);
  if (program === undefined || selector?.metric !== "mes_messages_handled_total") return ["", ""];
  return [` of ${program.name}`, ` (${program.key}.maxFailureRatio)`];
}

/** Half of all fails before anybody is told. */
function mostFail(comparison: Binary, facts: Facts | undefined, says: (message: string) => Finding): Finding[] {
  const { left, right, operator } = comparison;
  if (right.kind !== "number" || !operator.startsWith(">") || right.value < 0.5 || right.value >= 1) return [];
  if (left.kind !== "binary" || left.operator !== "/" || partOf(left.left, left.right) !== "share") return [];
  const [whose, setting] = ratioOf(comparison, facts);
  return [says(`tells only when ${Math.round(right.value * 100)} % of them fail (its ratio)${whose}; take less${setting}`)];
}

/** A lost order is only noticed where both sides are counted. */
function reconciled({ facts }: Plan, known: Inventory): Finding[] {
  const orders = facts?.orders;
  const [place] = known.ofKind("Prometheus");
  if (orders?.reconciled !== false || facts?.protectData !== true || place === undefined) return [];
  const sender = orders.programs.find(({ outside, publishes }) => outside && publishes.length > 0);
  const taker = orders.programs.find(({ outside, enabled, consumes }) => !outside && enabled && consumes.length > 0);
  if (sender === undefined || taker === undefined) return [];
  const message = `nobody notices an order that ${sender.name} has sent and ${taker.name} never got: its counts of orders are not read, and nothing is compared; set mes:reconciliation.crm`;
  return [warning(place.resource, "", message)];
}
