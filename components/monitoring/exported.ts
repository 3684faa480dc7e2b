import type { ScrapeTarget } from "../observability/scrape";
import { KUBELET_SCRAPES } from "./kubelet";

/** What Prometheus itself records of every target. */
export const OF_EVERY_TARGET: readonly string[] = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];
/** What Prometheus itself records of every alert, with the labels of the alert. */
export const OF_EVERY_ALERT: readonly string[] = ["ALERTS", "ALERTS_FOR_STATE"];

/** All metrics that the scrape targets and the kubelets export, as names or prefixes ending in `*`. */
export function exportedMetrics(targets: readonly ScrapeTarget[]): string[] {
  const all = [
    ...OF_EVERY_TARGET,
    ...OF_EVERY_ALERT,
    ...KUBELET_SCRAPES.flatMap((s) => s.metrics),
    ...targets.flatMap((t) => t.metrics),
  ];
  return [...new Set(all)].sort();
}

/** Series of a histogram or a summary, which a target may declare by its name alone. */
const SUFFIXES = /_(?:bucket|count|sum)$/;

/** Whether a metric is among declared names: by its name, by a prefix, or as series of a declared histogram. */
export function isExported(metric: string, exported: readonly string[]): boolean {
  const { names, prefixes } = patterns.get(exported) ?? patternsOf(exported);
  return names.has(metric) || names.has(metric.replace(SUFFIXES, "")) || prefixes.some((prefix) => metric.startsWith(prefix));
}

interface Patterns {
  readonly names: ReadonlySet<string>;
  readonly prefixes: readonly string[];
}

/** By the list that they are of: the same one is asked for hundreds of metrics. */
const patterns = new WeakMap<readonly string[], Patterns>();

function patternsOf(exported: readonly string[]): Patterns {
  const prefixes = exported.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  const all = { names: new Set(exported), prefixes };
  patterns.set(exported, all);
  return all;
}

/** What one job exports. */
export interface Exporter {
  readonly job: string;
  /** Names, or prefixes ending in `*`; a histogram is declared by its name without `_bucket`. */
  readonly metrics: readonly string[];
  /** All labels of its series; absent where they are not known. */
  readonly labels?: readonly string[];
  readonly serves: Served;
  /** A Prometheus that is there reads it, by no monitor of ours. @default false */
  readonly elsewhere?: boolean;
}

/** How a job serves its metrics. */
interface Served {
  readonly scheme: "http" | "https";
  readonly path: string;
  /** What has to be asked for, by query parameter. */
  readonly params: Readonly<Record<string, readonly string[]>>;
  /** Labels of its series that name other pods than the one that is read are to be kept. */
  readonly honorLabels: boolean;
}

/** Labels that Prometheus adds to every series of a pod. Source: pod-monitors.ts, and the operator's own relabelings */
const OF_PODS: readonly string[] = ["job", "instance", "namespace", "pod", "container", "endpoint", "node"];
/** Labels that Prometheus adds to every series of a kubelet. */
const OF_NODES: readonly string[] = ["job", "instance", "node"];

/** What the scrape targets and the kubelets export. @param kubelets whether they are read by a Prometheus that is there */
export function exportersOf(targets: readonly ScrapeTarget[], kubelets: { readonly elsewhere: boolean }): Exporter[] {
  return [
    ...targets.map(({ job, metrics, labels, ...target }): Exporter => {
      const { honorLabels = false, scheme = "http", path = "/metrics", params = {} } = target;
      const serves = { scheme, path, params, honorLabels };
      if (labels === undefined) return { job, metrics, serves };
      // A label of its own that Prometheus would add too is kept under another name.
      const own = honorLabels ? labels : labels.map((label) => (OF_PODS.includes(label) ? `exported_${label}` : label));
      return { job, metrics, labels: [...new Set([...OF_PODS, ...own])], serves };
    }),
    ...KUBELET_SCRAPES.map(({ job, path, metrics, labels }): Exporter => {
      const serves = { scheme: "https", path, params: {}, honorLabels: true } as const;
      return { job, metrics, labels: [...OF_NODES, ...labels], serves, ...(kubelets.elsewhere ? { elsewhere: true } : {}) };
    }),
  ];
}
