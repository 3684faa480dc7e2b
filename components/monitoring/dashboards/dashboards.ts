import type { Dashboard } from "../../observability/dashboard";
import { healthDashboard } from "./health";
import { loadDashboard } from "./load";
import { nodesDashboard } from "./nodes";
import { exportedMetrics, isExported } from "../exported";
import { GPU_USE, serviceRecordings } from "../recordings";
import type { ScrapeTarget } from "../../observability/scrape";

/** Dashboards of the platform as a whole, of what is scraped. */
export function platformDashboards(targets: readonly ScrapeTarget[]): Dashboard[] {
  const exported = exportedMetrics(targets);
  const recorded = (serviceRecordings(exported).recordings ?? []).map(({ record }) => record);
  const gpu = isExported(GPU_USE, exported);
  const nodes = isExported("node_load5", exported);
  const dashboards = [loadDashboard({ work: recorded.includes("service:requests:rate5m"), gpu, nodes }), healthDashboard()];
  return nodes ? [...dashboards, nodesDashboard({ gpu })] : dashboards;
}
