import type { ScrapeTarget } from "../observability/scrape";
import { KUBELET_SCRAPES } from "./kubelet";

/** What Prometheus itself adds for every target and every alert. */
const OF_EVERY_TARGET: readonly string[] = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
  "ALERTS",
  "ALERTS_FOR_STATE",
];

/** All metrics that the scrape targets and the kubelets export, as names or prefixes ending in `*`. */
export function exportedMetrics(targets: readonly ScrapeTarget[]): string[] {
  const all = [...OF_EVERY_TARGET, ...KUBELET_SCRAPES.flatMap((s) => s.metrics), ...targets.flatMap((t) => t.metrics)];
  return [...new Set(all)].sort();
}

/** Series of a histogram or a summary, which a target may declare by its name alone. */
const SUFFIXES = /_(?:bucket|count|sum)$/;

/** Whether a metric is among declared names: by its name, by a prefix, or as series of a declared histogram. */
export function isExported(metric: string, exported: readonly string[]): boolean {
  const names = [metric, metric.replace(SUFFIXES, "")];
  return exported.some((pattern) => (pattern.endsWith("*") ? metric.startsWith(pattern.slice(0, -1)) : names.includes(pattern)));
}
