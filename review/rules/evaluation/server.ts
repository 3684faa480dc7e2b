import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { at, listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { metricsBytes } from "../../promql/bytes";
import { seconds } from "../../promql/duration";
import { reporter, type Finding } from "../rule";
import { LOOKBACK_SECONDS } from "./groups";

const { error } = reporter("alerts-evaluated");

/** A stack of this size writes as much in a few hours. */
const LEAST_KEPT = 256 * 2 ** 20;

/** A setting of Prometheus with which alerts do not work, and why. */
type Check = (prometheus: KubeObject, known: Inventory) => readonly [path: string, message: string] | undefined;

/** Where what the operator writes as a text is a duration: too short, or too long. */
function time(path: readonly string[], { least = 0, most = Infinity }, harm: string): Check {
  return ({ spec }) => {
    const text = textAt(spec, ...path);
    const is = text === undefined ? undefined : seconds(text);
    if (text === undefined || (is !== undefined && is >= least && is <= most)) return undefined;
    const what = `${path.join(".")} is ${text}`;
    return [`spec.${path.join(".")}`, is === undefined ? `${what}, which is no duration; write 1m` : `${what}: ${harm}`];
  };
}

function atLeast(path: readonly string[], least: number, harm: string): Check {
  return ({ spec }) => {
    const is = numberAt(spec, ...path);
    if (is === undefined || is >= least) return undefined;
    return [`spec.${path.join(".")}`, `${path.join(".")} is ${is}: ${harm}; take ${least} or more, or leave it out`];
  };
}

function flag(field: string, harm: string): Check {
  return ({ spec }) => (spec[field] === true ? [`spec.${field}`, `${field} is set: ${harm}; leave it out`] : undefined);
}

/** Source: https://prometheus-operator.dev/docs/api-reference/api/ and the flags of Prometheus */
const CHECKS: readonly Check[] = [
  flag("paused", "the operator leaves it alone, and no change of a rule, a target or a receiver gets to it"),
  flag("listenLocal", "nobody but its own pod can ask it: no autoscaler, no dashboard, no reloader"),
  flag("ignoreNamespaceSelectors", "monitors find pods of their own namespace only, and those of programs are elsewhere"),
  ({ spec }) => (numberAt(spec, "replicas") === 0 ? ["spec.replicas", "has no pod, so that no alert fires; take 2"] : undefined),
  ({ spec }) => {
    const shards = numberAt(spec, "shards") ?? 1;
    if (shards === 1) return undefined;
    return [
      "spec.shards",
      shards < 1
        ? "has no shard, so that no alert fires; leave it out"
        : `its ${shards} shards read a part of the targets each, and evaluate all alerts on that part alone; leave it out`,
    ];
  },
  ({ spec }, known) =>
    spec.overrideHonorLabels === true && keepLabels(known)
      ? [
          "spec.overrideHonorLabels",
          "labels of what exporters tell of other pods are renamed to exported_…, and no alert on them fires; leave it out",
        ]
      : undefined,
  ({ spec, namespace }) =>
    (textAt(spec, "enforcedNamespaceLabel") ?? "") === ""
      ? undefined
      : [
          "spec.enforcedNamespaceLabel",
          `every alert sees series of the namespace ${namespace} only, and those of programs never fire; leave it out`,
        ],
  time(
    ["evaluationInterval"],
    { least: 1, most: LOOKBACK_SECONDS },
    "alerts are looked at so rarely that people hear too late; take 30s",
  ),
  time(["scrapeInterval"], { least: 1, most: LOOKBACK_SECONDS - 1 }, "values are gone before the next ones come (5m); take 30s"),
  time(["scrapeTimeout"], { least: 1 }, "no exporter answers in that time; take 10s"),
  ({ spec }) => {
    const [interval, timeout] = ["scrapeInterval", "scrapeTimeout"].map((field) => seconds(textAt(spec, field) ?? ""));
    if (timeout === undefined || timeout <= (interval ?? 30)) return undefined;
    return [
      "spec.scrapeTimeout",
      `scrapeTimeout is ${textAt(spec, "scrapeTimeout") ?? ""}, longer than scrapeInterval: the operator refuses it; take less`,
    ];
  },
  time(["query", "timeout"], { least: 5 }, "queries over days are given up, and with them dashboards and alerts; take 1m"),
  ({ spec }) => {
    const text = textAt(spec, "query", "lookbackDelta");
    const least = 2 * (seconds(textAt(spec, "scrapeInterval") ?? "30s") ?? 30);
    if (text === undefined || (seconds(text) ?? 0) >= least) return undefined;
    return ["spec.query.lookbackDelta", `values are gone after ${text}, before the next ones come; take 5m`];
  },
  atLeast(["query", "maxSamples"], 1_000_000, "the alerts that compare a day read more, and fail"),
  atLeast(["query", "maxConcurrency"], 2, "each query waits for all others, those of autoscalers too"),
  time(
    ["rules", "alert", "resendDelay"],
    { most: 600 },
    "an Alertmanager that was restarted hears of alerts that much later; take 1m",
  ),
  time(["ruleQueryOffset"], { most: 600 }, "alerts look at what was that long ago; leave it out"),
  ({ spec }) => {
    const text = textAt(spec, "retentionSize") ?? "";
    return (metricsBytes(text) ?? Infinity) < LEAST_KEPT && text !== "0"
      ? [
          "spec.retentionSize",
          `keeps ${text} of metrics, which is hours: alerts that compare days have nothing to compare; take 10GB`,
        ]
      : undefined;
  },
  ({ spec }) => {
    // Source: https://prometheus.io/docs/prometheus/latest/migration/#alertmanager-v1-api
    const all = listAt(spec, "alerting", "alertmanagers");
    const old = all.findIndex((one) => textAt(one, "apiVersion")?.toLowerCase() === "v1");
    const version = /^v?(\d+)\./.exec(textAt(spec, "version") ?? "")?.[1];
    if (old < 0 || (version !== undefined && Number(version) < 3)) return undefined;
    const path = `spec.alerting.alertmanagers[${old}].apiVersion`;
    return [path, "is v1, which Prometheus 3 does not speak: its configuration is refused, and no alert gets out; use v2"];
  },
  ({ spec }) => {
    const agent = listAt(spec, "additionalArgs").some((one) => textAt(one, "name") === "agent");
    return agent || textAt(spec, "mode") === "agent"
      ? ["spec.additionalArgs", "as an agent it evaluates no rule; leave that out"]
      : undefined;
  },
];

/** Settings of a Prometheus with which alerts are evaluated late, in part or not at all. */
export function serverFindings(prometheus: KubeObject, known: Inventory): Finding[] {
  const found = CHECKS.map((check) => check(prometheus, known)).filter((one) => one !== undefined);
  return found.map(([path, message]) => error(prometheus.resource, path, message));
}

function keepLabels(known: Inventory): boolean {
  const endpoints = ["PodMonitor", "ServiceMonitor"].flatMap((kind) =>
    known.ofKind(kind).flatMap(({ spec }) => [...listAt(spec, "podMetricsEndpoints"), ...listAt(spec, "endpoints")]),
  );
  return [...endpoints, ...known.ofKind("ScrapeConfig").map(({ spec }) => spec)].some(
    (one) => at(recordAt(one), "honorLabels") === true,
  );
}
