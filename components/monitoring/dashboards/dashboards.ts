import type { Dashboard } from "../../observability/dashboard";
import { healthDashboard } from "./health";
import { loadDashboard, ORDER_FLOW } from "./load";
import { nodesDashboard } from "./nodes";
import { exportedMetrics, isExported } from "../exported";
import { GPU_USE, serviceRecordings } from "../recordings";
import type { ScrapeTarget } from "../../observability/scrape";

/**
 * Dashboards of the platform as a whole, of what is scraped.
 * @param ownPrometheus else the one that is there has dashboards of itself. @default true
 */
export function platformDashboards(targets: readonly ScrapeTarget[], ownPrometheus = true): Dashboard[] {
  const exported = exportedMetrics(targets);
  const recorded = (serviceRecordings(exported).recordings ?? []).map(({ record }) => record);
  const has = (record: string) => recorded.includes(record);
  const gpu = isExported(GPU_USE, exported);
  const nodes = isExported("node_load5", exported);
  const load = loadDashboard({
    work: has("service:requests:rate5m"),
    pools: has("service:pool_used:max"),
    autoscalers: has("service:pods_of_maximum:ratio"),
    orders: ORDER_FLOW.filter(({ metric }) => isExported(metric, exported)),
    gpu,
    nodes,
  });
  const dashboards = ownPrometheus ? [load, healthDashboard()] : [load];
  return nodes ? [...dashboards, nodesDashboard({ gpu })] : dashboards;
}
