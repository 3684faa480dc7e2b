import { watches } from "../scrape-targets";
import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { listAt, numberAt, textAt } from "../../kubernetes/value";
import { seconds } from "../../promql/duration";
import { reporter, type Finding } from "../rule";

const { error } = reporter("alerts-evaluated");

/** A recorded value is not seen any more after this time. Source: `query.lookback-delta`, Prometheus' documentation */
export const LOOKBACK_SECONDS = 300;
/** An alert that waits for the morning may be an hour late. */
const TICKET_SECONDS = 3600;
/** Data that comes later than this is not waited for. */
const OFFSET_SECONDS = 600;

/** Groups that are looked at too rarely, too late, or not at all. */
export function groupFindings(prometheus: KubeObject, known: Inventory): Finding[] {
  const usual = textAt(prometheus.spec, "evaluationInterval") ?? "30s";
  return known
    .ofKind("PrometheusRule")
    .filter((object) => watches(prometheus, "rule", object, known))
    .flatMap((object) =>
      listAt(object.spec, "groups").flatMap((group, i) => {
        const path = ["spec", "groups", i];
        const says = (field: string, message: string) =>
          error(object.resource, [...path, field], `group ${textAt(group, "name") ?? ""} ${message}`);
        return [...intervalFindings(group, usual, says), ...limitFindings(group, says), ...shapeFindings(object, group, path)];
      }),
    );
}

type Says = (field: string, message: string) => Finding;

function intervalFindings(group: unknown, usual: string, says: Says): Finding[] {
  const interval = textAt(group, "interval");
  const offset = textAt(group, "query_offset");
  const of = seconds(interval ?? usual);
  const back = seconds(offset ?? "0");
  const rules = listAt(group, "rules");
  const recordings = rules.some((rule) => textAt(rule, "record") !== undefined);
  const pages = rules.some((rule) => textAt(rule, "labels", "severity") === "page");
  const most = recordings || pages ? LOOKBACK_SECONDS : TICKET_SECONDS;
  const late =
    of !== undefined && of > most && interval !== undefined
      ? [
          says(
            "interval",
            recordings
              ? `is evaluated every ${interval}: what it records is gone after 5m, and nothing that reads it fires; take 1m`
              : `is evaluated every ${interval}: people are told that much later; take 1m`,
          ),
        ]
      : [];
  return [
    ...late,
    ...(interval !== undefined && of === undefined
      ? [says("interval", `is evaluated every ${interval}, which is no duration; write 1m`)]
      : []),
    ...(back === undefined || back > OFFSET_SECONDS
      ? [says("query_offset", `looks at what was ${offset ?? ""} ago, so people are told that much later; leave it out`)]
      : []),
  ];
}

function limitFindings(group: unknown, says: Says): Finding[] {
  const limit = numberAt(group, "limit") ?? 0;
  if (limit <= 0) return [];
  return [
    says("limit", `may have ${limit} alerts at a time: with more of them the rule fails, and none fires; leave the limit out`),
  ];
}

const FIELDS_OF_ALERTS = ["for", "keep_firing_for", "annotations"];
/** Longer than this an alert that is over is told as if it were not. */
const KEEP_SECONDS = 86_400;

/** What Prometheus refuses, with the whole group. Source: `Rule.Validate` in model/rulefmt/rulefmt.go of Prometheus */
function shapeFindings(object: KubeObject, group: unknown, path: readonly (string | number)[]): Finding[] {
  return listAt(group, "rules").flatMap((rule, j) => {
    const record = textAt(rule, "record");
    const alert = textAt(rule, "alert");
    const says = (field: string, message: string) => error(object.resource, [...path, "rules", j, field], message);
    const name = alert ?? record ?? `rule ${j + 1}`;
    if (record !== undefined && alert !== undefined)
      return [says("record", `${alert} is an alert and a recording, which Prometheus refuses with the whole group`)];
    if (record === undefined && alert === undefined)
      return [says("", `${name} is neither an alert nor a recording, which Prometheus refuses with the whole group`)];
    const given = (field: string) => (rule as Record<string, unknown>)[field];
    const foreign = record === undefined ? [] : FIELDS_OF_ALERTS.filter((field) => given(field) !== undefined);
    const keep = textAt(rule, "keep_firing_for");
    const labels = Object.entries((given("labels") as object | undefined) ?? {});
    return [
      ...((textAt(rule, "expr") ?? String(numberAt(rule, "expr") ?? "")).trim() === ""
        ? [says("expr", `${name} has no expression, so Prometheus refuses the whole group`)]
        : []),
      ...foreign.map((field) => says(field, `the recording ${name} has ${field}, which is for alerts: the group is refused`)),
      ...(record !== undefined && !/^[a-zA-Z_:][\w:]*$/.test(record)
        ? [says("record", `${record} is no name of a metric, so Prometheus refuses the whole group`)]
        : []),
      ...labels
        .filter(([label, value]) => !/^[a-zA-Z_]\w*$/.test(label) || label === "__name__" || typeof value !== "string")
        .map(([label]) =>
          says("labels", `${name} has the label ${label}, which is no name of one, or has no text: it is refused`),
        ),
      ...(keep !== undefined && (seconds(keep) ?? Infinity) > KEEP_SECONDS
        ? [says("keep_firing_for", `${name} goes on for ${keep} after it is over, so nobody sees when it happens again; take 1h`)]
        : []),
    ];
  });
}
