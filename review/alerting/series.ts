import { isExported, OF_EVERY_ALERT, OF_EVERY_TARGET } from "../../components/monitoring/exported";
import { nearest } from "../../components/schema/did-you-mean";
import type { Inventory } from "../kubernetes/inventory";
import { recordAt, textAt } from "../kubernetes/value";
import type { Exporter } from "../plan/plan";
import { matchesWhole } from "../promql/anchored";
import { readPromql, type Labels, type Reading, type Series } from "../promql/labels";
import type { Matcher, Selector } from "../promql/parse";
import { leftOut } from "./exporters";
import { knownValues } from "./label-values";
import { OTHERS, type LabelValues } from "./relabel";
import { rulesIn } from "./rules";
import { scrapesIn, scrapeTitle, seriesLabels, type Scrape } from "./scrapes";

interface RecordingRule {
  readonly expr: string;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** What one scrape makes of a metric. */
interface Stored {
  readonly scrape: Scrape;
  /** Absent where they are not known. */
  readonly labels?: LabelValues;
}

type Answer = ReturnType<Series["of"]>;

/** The series that there would be: what exporters serve, monitors read and relabeling leaves, and what is recorded. */
export class PlannedSeries implements Series {
  private readonly scrapes: readonly Scrape[];
  private readonly elsewhere: readonly Exporter[];
  private readonly recordings: ReadonlyMap<string, readonly RecordingRule[]>;
  private readonly labelsOfRecordings = new Map<string, Labels>();
  private readonly stored = new Map<string, readonly Stored[] | string>();
  private readonly answers = new Map<string, Answer>();

  constructor(
    private readonly known: Inventory,
    exporters: readonly Exporter[],
  ) {
    this.scrapes = scrapesIn(known, exporters);
    this.elsewhere = exporters.filter(({ elsewhere }) => elsewhere === true);
    this.recordings = recordingsIn(known);
  }

  of({ matchers }: Selector, metric: string, wanted: boolean): Answer {
    const key = [metric, String(wanted), ...matchers.map(({ label, operator, value }) => `${label}${operator}"${value}"`)].join(
      " ",
    );
    const known = this.answers.get(key) ?? this.answer(metric, matchers, wanted);
    this.answers.set(key, known);
    return known;
  }

  private answer(metric: string, matchers: readonly Matcher[], wanted: boolean): Answer {
    if (OF_EVERY_ALERT.includes(metric)) return { labels: undefined };
    if (this.recordings.has(metric)) return this.ofRecording(metric, matchers);
    // What a Prometheus that is there reads has labels of which the plan does not know.
    if (this.elsewhere.some((exporter) => isExported(metric, exporter.metrics))) return { labels: undefined };
    const stored = this.storedOf(metric);
    if (typeof stored === "string") return { problem: stored };
    const jobs = matchers.filter(({ label }) => label === "job");
    const read = stored.filter((one) => jobs.every((matcher) => mayMatchAny(matcher, jobsOf(one))));
    if (read.length === 0) return { problem: notOfJob(metric, jobs, stored) };
    const problem = wanted ? this.unmatched(metric, matchers, read) : undefined;
    if (problem !== undefined) return { problem };
    // Labels that Prometheus adds are known, whatever else is not.
    const isOpen = ({ labels }: Stored) => labels === undefined || labels.has(OTHERS);
    const unknown = OF_EVERY_TARGET.includes(metric) ? read.every(isOpen) : read.some(isOpen);
    if (unknown) return { labels: undefined };
    return { labels: new Set(read.flatMap(({ labels }) => [...(labels?.keys() ?? [])])) };
  }

  /** A value that is asked for, and that no series of the metric has. */
  private unmatched(metric: string, matchers: readonly Matcher[], read: readonly Stored[]): string | undefined {
    const inNamespace = (namespace: string) =>
      matchers.every((matcher) => matcher.label !== "namespace" || mayMatch(matcher, namespace));
    for (const matcher of matchers) {
      if (matcher.label === "job" || matcher.operator.startsWith("!") || matcher.value === "") continue;
      if (read.some(({ labels }) => labels?.has(matcher.label) !== true)) continue;
      const lists = read.map(({ scrape, labels }) =>
        labels === undefined ? undefined : knownValues(matcher.label, metric, scrape, labels, this.known, inNamespace),
      );
      if (lists.includes(undefined)) continue;
      const values = [...new Set(lists.flatMap((list) => list ?? []))];
      const lost = alternativesOf(matcher).find((one) => !mayMatchAny(one, values));
      if (lost === undefined) continue;
      const meant = nearest(lost.value, values);
      const hint =
        meant === undefined ? `; there ${values.length === 1 ? "is" : "are"} ${few(values)}` : `; did you mean ${meant}?`;
      const jobs = few([...new Set(read.map(({ scrape }) => scrape.exporter.job))]);
      return `${metric} (${jobs}) has no ${matcher.label} that matches ${JSON.stringify(lost.value)}${hint}`;
    }
    return undefined;
  }

  /** What the scrapes store of a metric, or why there is none of it. */
  private storedOf(metric: string): readonly Stored[] | string {
    const known = this.stored.get(metric) ?? this.findStored(metric);
    this.stored.set(metric, known);
    return known;
  }

  private findStored(metric: string): readonly Stored[] | string {
    const everywhere = OF_EVERY_TARGET.includes(metric);
    const exporting = this.scrapes.filter(({ exporter }) => everywhere || isExported(metric, exporter.metrics));
    const reasons: string[] = [];
    const stored = exporting.flatMap((scrape): Stored[] => {
      const why = leftOut(metric, scrape, this.known);
      if (why !== undefined) {
        reasons.push(why);
        return [];
      }
      const labels = everywhere ? targetLabels(scrape) : seriesLabels(scrape, metric);
      if (labels === undefined) {
        reasons.push(
          `${scrapeTitle(scrape)} drops it by its ${scrape.target === undefined ? "relabelings" : "metricRelabelings"}`,
        );
        return [];
      }
      return [labels === "open" ? { scrape } : { scrape, labels }];
    });
    if (stored.length > 0) return stored;
    const why = reasons.length === 0 ? this.meant(metric) : `: ${reasons.join("; ")}`;
    return `nothing exports ${metric}${why}`;
  }

  private ofRecording(record: string, matchers: readonly Matcher[]): Answer {
    const rules = this.recordings.get(record) ?? [];
    for (const matcher of matchers) {
      const given = rules.map(({ labels }) => labels[matcher.label]);
      if (given.some((value) => typeof value !== "string")) continue;
      if (!mayMatchAny(matcher, given.map(String)))
        return { problem: `${record} has no ${matcher.label} that matches ${JSON.stringify(matcher.value)}` };
    }
    return { labels: this.labelsOfRecording(record) };
  }

  private labelsOfRecording(record: string): Labels {
    if (this.labelsOfRecordings.has(record)) return this.labelsOfRecordings.get(record);
    // One that reads itself: what it has is not known.
    this.labelsOfRecordings.set(record, undefined);
    const all = (this.recordings.get(record) ?? []).map(({ expr, labels }): Labels => {
      const made: Reading = readPromql(expr, this);
      return made.labels && new Set([...made.labels, ...Object.keys(labels)]);
    });
    const labels = all.some((one) => one === undefined) ? undefined : new Set(all.flatMap((one) => [...(one ?? [])]));
    this.labelsOfRecordings.set(record, labels);
    return labels;
  }

  private meant(metric: string): string {
    const near = nearest(metric, [
      ...this.scrapes.flatMap(({ exporter }) => exporter.metrics),
      ...this.recordings.keys(),
      ...OF_EVERY_TARGET,
    ]);
    return near === undefined ? "" : `; did you mean ${near}?`;
  }
}

function recordingsIn(known: Inventory): Map<string, RecordingRule[]> {
  const recordings = new Map<string, RecordingRule[]>();
  for (const rule of rulesIn(known)) {
    const record = textAt(rule, "record");
    if (record === undefined) continue;
    const one = { expr: textAt(rule, "expr") ?? "", labels: recordAt(rule, "labels") };
    recordings.set(record, [...(recordings.get(record) ?? []), one]);
  }
  return recordings;
}

/** What Prometheus makes of every target has the target's labels alone. */
function targetLabels({ target, exporter }: Scrape): LabelValues | undefined | "open" {
  if (target === undefined) return undefined;
  return exporter.labels === undefined ? "open" : target;
}

function jobsOf({ scrape: { target, exporter }, labels }: Stored): readonly string[] {
  const job = (labels ?? target)?.get("job");
  return job === undefined || job === "any" ? [exporter.job] : job;
}

function notOfJob(metric: string, jobs: readonly Matcher[], stored: readonly Stored[]): string {
  const asked = jobs.map(({ operator, value }) => `job${operator}"${value}"`).join(",");
  return `${asked} means no job that exports ${metric}; it is of ${few([...new Set(stored.flatMap(jobsOf))])}`;
}

/** The plain names that a matcher lists, each by itself, or the matcher as a whole. */
function alternativesOf(matcher: Matcher): Matcher[] {
  if (matcher.operator !== "=~" || !/^[\w-]+(?:\|[\w-]+)*$/.test(matcher.value)) return [matcher];
  // Of namespaces and states some may be meant for other clusters or versions.
  if (!["deployment", "horizontalpodautoscaler", "queue"].includes(matcher.label)) return [matcher];
  return matcher.value.split("|").map((value) => ({ ...matcher, value }));
}

function mayMatchAny(matcher: Matcher, values: readonly string[]): boolean {
  return values.some((value) => mayMatch(matcher, value));
}

/** Whether a matcher may select a value; a variable of Grafana may stand for any. */
function mayMatch({ operator, value }: Matcher, actual: string): boolean {
  if (value.includes("$")) return true;
  const equal = operator.endsWith("~") ? (matchesWhole(value, actual) ?? true) : value === actual;
  return operator.startsWith("=") ? equal : !equal;
}

/** `a, b and c`, the first few. */
function few(names: readonly string[]): string {
  const shown = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}
