import type { Dashboard } from "./dashboard";
import { healthDashboard } from "./dashboards/health";
import { loadDashboard } from "./dashboards/load";
import { nodesDashboard } from "./dashboards/nodes";
import { exportedMetrics, isExported } from "./exported";
import { GPU_USE, serviceRecordings } from "./recordings";
import type { ScrapeTarget } from "./scrape";

/** Dashboards of the platform as a whole, of what is scraped. */
export function platformDashboards(targets: readonly ScrapeTarget[]): Dashboard[] {
  const exported = exportedMetrics(targets);
  const recorded = (serviceRecordings(exported).recordings ?? []).map(({ record }) => record);
  const gpu = isExported(GPU_USE, exported);
  const dashboards = [loadDashboard({ work: recorded.includes("service:requests:rate5m"), gpu }), healthDashboard()];
  return isExported("node_load5", exported) ? [...dashboards, nodesDashboard({ gpu })] : dashboards;
}
