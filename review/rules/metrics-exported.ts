import { isExported, OF_EVERY_ALERT, OF_EVERY_TARGET } from "../../components/monitoring/exported";
import { nearest } from "../../components/schema/did-you-mean";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { listAt, recordAt, textAt } from "../kubernetes/value";
import type { Exporter, Plan, Resource } from "../plan/plan";
import { matchesWhole } from "../promql/anchored";
import { noLabel, readPromql, type Labels, type Reading, type Series } from "../promql/labels";
import type { Matcher, Selector } from "../promql/parse";
import { listed, reporter, type Rule } from "./rule";

const name = "metrics-exported";
const { error } = reporter(name);

export const metricsExported: Rule = {
  name,
  title: "Every metric, label and recording that an alert, a panel or an autoscaler reads is exported by something in the plan.",
  why: "An expression over a series that is not there has no result: the alert never fires, the panel is empty, the autoscaler does nothing. No tool says so.",
  check: (plan) => {
    if (plan.facts?.exporters === undefined) return [];
    const known = inventory(plan);
    const series = new PlannedSeries(exportersIn(known, plan.facts.exporters), recordingsIn(known));
    return expressionsIn(plan, known).flatMap(({ resource, path, place, expr, texts }) => {
      const { problems, labels } = readPromql(expr, series);
      const named = labels === undefined ? [] : [...new Set(texts)].filter((label) => !labels.has(label));
      return [...problems, ...named.map((label) => noLabel("the result", label, labels ?? new Set()))].map((problem) =>
        error(resource, path, `${place}: ${problem}`),
      );
    });
  },
};

interface PlacedExpression {
  readonly resource: Resource;
  readonly path: readonly (string | number)[];
  /** As `alert MesOrdersLost`. */
  readonly place: string;
  readonly expr: string;
  /** Labels that its texts ask the result for, without those that it is given. */
  readonly texts: readonly string[];
}

/** Everything in a plan that is PromQL. */
function expressionsIn(plan: Plan, known: Inventory): PlacedExpression[] {
  return [
    ...known.ofKind("PrometheusRule").flatMap(({ resource, spec }) =>
      rulesOf(spec).map(({ rule, path }): PlacedExpression => {
        const given = [...Object.keys(recordAt(rule, "labels")), "alertname"];
        const annotations = Object.values(recordAt(rule, "annotations")).join(" ");
        const asked = [...annotations.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
        const place =
          textAt(rule, "alert") === undefined
            ? `recording ${textAt(rule, "record") ?? ""}`
            : `alert ${textAt(rule, "alert") ?? ""}`;
        const texts = asked.filter((label) => !given.includes(label));
        return { resource, path: [...path, "expr"], place, expr: textAt(rule, "expr") ?? "", texts };
      }),
    ),
    ...known.ofKind("ScaledObject").flatMap(({ resource, spec }) =>
      listAt(spec, "triggers").flatMap((trigger, i): PlacedExpression[] => {
        const expr = textAt(trigger, "metadata", "query");
        if (textAt(trigger, "type") !== "prometheus" || expr === undefined) return [];
        const place = `trigger ${textAt(trigger, "name") ?? String(i)}`;
        return [{ resource, path: ["spec", "triggers", i, "metadata", "query"], place, expr, texts: [] }];
      }),
    ),
    ...known.ofKind("ConfigMap").flatMap(({ resource }) =>
      Object.entries(recordAt(resource.inputs, "data")).flatMap(([file, content]) => {
        if (!file.endsWith(".json") || typeof content !== "string") return [];
        return dashboardExpressions(content).map((found) => ({ ...found, resource, path: ["data", file] }));
      }),
    ),
  ];
}

function rulesOf(spec: unknown): { rule: unknown; path: (string | number)[] }[] {
  return listAt(spec, "groups").flatMap((group, i) =>
    listAt(group, "rules").map((rule, j) => ({ rule, path: ["spec", "groups", i, "rules", j] })),
  );
}

type Found = Pick<PlacedExpression, "place" | "expr" | "texts">;

/** Queries and variables of a Grafana dashboard that Prometheus answers; none where the text is something else. */
function dashboardExpressions(content: string): Found[] {
  if (!content.includes('"panels"')) return [];
  let model: unknown;
  try {
    model = JSON.parse(content);
  } catch {
    return [];
  }
  return [...panelExpressions(model), ...variableExpressions(model)];
}

function panelExpressions(model: unknown): Found[] {
  return listAt(model, "panels").flatMap((panel): Found[] => [
    ...panelExpressions(panel),
    ...listAt(panel, "targets").flatMap((target): Found[] => {
      const expr = textAt(target, "expr");
      const source = textAt(target, "datasource", "type") ?? textAt(panel, "datasource", "type");
      if (expr === undefined || source !== "prometheus") return [];
      const legend = [...(textAt(target, "legendFormat") ?? "").matchAll(/\{\{\s*(\w+)\s*\}\}/g)];
      const texts = legend.map(([, label = ""]) => label);
      return [{ place: `panel ${textAt(panel, "title") ?? ""}`, expr, texts }];
    }),
  ]);
}

/** `label_values(metric, label)` */
function variableExpressions(model: unknown): Found[] {
  return listAt(model, "templating", "list").flatMap((variable): Found[] => {
    const query = textAt(variable, "query") ?? textAt(variable, "query", "query") ?? "";
    const [, expr, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(query) ?? [];
    if (expr === undefined || label === undefined) return [];
    return [{ place: `variable ${textAt(variable, "name") ?? ""}`, expr, texts: [label] }];
  });
}

interface RecordingRule {
  readonly expr: string;
  readonly labels: readonly string[];
}

function recordingsIn(known: Inventory): Map<string, RecordingRule[]> {
  const recordings = new Map<string, RecordingRule[]>();
  for (const { rule } of known.ofKind("PrometheusRule").flatMap(({ spec }) => rulesOf(spec))) {
    const record = textAt(rule, "record");
    if (record === undefined) continue;
    const one = { expr: textAt(rule, "expr") ?? "", labels: Object.keys(recordAt(rule, "labels")) };
    recordings.set(record, [...(recordings.get(record) ?? []), one]);
  }
  return recordings;
}

/** The exporters that something in the plan reads, and those of which a ScrapeConfig itself says what it keeps. */
function exportersIn(known: Inventory, exporters: readonly Exporter[]): Exporter[] {
  const monitors = ["PodMonitor", "ServiceMonitor", "ScrapeConfig"].flatMap((kind) => known.ofKind(kind));
  const byJob = new Map(exporters.map((exporter) => [exporter.job, exporter]));
  return monitors.flatMap(({ name: job, spec }) => byJob.get(job) ?? keptBy(job, spec));
}

function keptBy(job: string, spec: unknown): Exporter[] {
  const kept = listAt(spec, "metricRelabelings").find(
    (step) => textAt(step, "action") === "keep" && listAt(step, "sourceLabels").join() === "__name__",
  );
  const names = kept === undefined ? ["*"] : (textAt(kept, "regex") ?? "").split("|");
  return [{ job, metrics: names.map((one) => one.replace(/\.\*$/, "*")) }];
}

/** The series that there would be. */
class PlannedSeries implements Series {
  private readonly labelsOfRecordings = new Map<string, Labels>();
  private readonly exporting = new Map<string, readonly Exporter[]>();
  private readonly known = new Map<string, ReturnType<Series["of"]>>();

  constructor(
    private readonly exporters: readonly Exporter[],
    private readonly recordings: ReadonlyMap<string, readonly RecordingRule[]>,
  ) {}

  of({ matchers }: Selector, metric: string): ReturnType<Series["of"]> {
    const jobs = matchers.filter(({ label }) => label === "job");
    const key = [metric, ...jobs.map(({ operator, value }) => `job${operator}"${value}"`)].join(" ");
    const known = this.known.get(key) ?? this.ofJobs(metric, jobs);
    this.known.set(key, known);
    return known;
  }

  private ofJobs(metric: string, jobs: readonly Matcher[]): ReturnType<Series["of"]> {
    if (OF_EVERY_ALERT.includes(metric)) return { labels: undefined };
    if (this.recordings.has(metric)) return { labels: this.ofRecording(metric) };
    const exporting = this.exportersOf(metric);
    if (exporting.length === 0) return { problem: `nothing exports ${metric}${this.meant(metric)}` };
    const read = exporting.filter(({ job }) => jobs.every((matcher) => mayMatch(matcher, job)));
    if (read.length === 0) {
      const asked = jobs.map(({ operator, value }) => `job${operator}"${value}"`).join(",");
      return { problem: `${asked} means no job that exports ${metric}; it is of ${listed(exporting.map(({ job }) => job))}` };
    }
    // Labels that Prometheus adds are known, whatever else is not.
    const unknown = OF_EVERY_TARGET.includes(metric) ? read.every(isOpen) : read.some(isOpen);
    if (unknown) return { labels: undefined };
    const own = metric.endsWith("_bucket") ? ["le"] : ["quantile"];
    return { labels: new Set([...read.flatMap(({ labels = [] }) => labels), ...own]) };
  }

  private exportersOf(metric: string): readonly Exporter[] {
    if (OF_EVERY_TARGET.includes(metric)) return this.exporters;
    const known = this.exporting.get(metric) ?? this.exporters.filter(({ metrics }) => isExported(metric, metrics));
    this.exporting.set(metric, known);
    return known;
  }

  private ofRecording(record: string): Labels {
    if (this.labelsOfRecordings.has(record)) return this.labelsOfRecordings.get(record);
    // One that reads itself: what it has is not known.
    this.labelsOfRecordings.set(record, undefined);
    const all = (this.recordings.get(record) ?? []).map(({ expr, labels }): Labels => {
      const made: Reading = readPromql(expr, this);
      return made.labels && new Set([...made.labels, ...labels]);
    });
    const labels = all.some((one) => one === undefined) ? undefined : new Set(all.flatMap((one) => [...(one ?? [])]));
    this.labelsOfRecordings.set(record, labels);
    return labels;
  }

  private meant(metric: string): string {
    const near = nearest(metric, [
      ...this.exporters.flatMap(({ metrics }) => metrics),
      ...this.recordings.keys(),
      ...OF_EVERY_TARGET,
    ]);
    return near === undefined ? "" : `; did you mean ${near}?`;
  }
}

/** Whether the labels of what a job exports are not known. */
function isOpen({ labels }: Exporter): boolean {
  return labels === undefined;
}

/** Whether a matcher may select a value; a variable of Grafana may stand for any. */
function mayMatch({ operator, value }: Matcher, actual: string): boolean {
  if (value.includes("$")) return true;
  const equal = operator.endsWith("~") ? (matchesWhole(value, actual) ?? true) : value === actual;
  return operator.startsWith("=") ? equal : !equal;
}
