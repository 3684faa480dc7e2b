import type { AlertGroup } from "../../observability/alert";
import { missingTargets, monitoringAlerts } from "./monitoring";
import { nodeAlerts } from "./nodes";
import { certificates, workloadAlerts } from "./workloads";
import { exportedMetrics, isExported } from "../exported";
import { GPU_USE, serviceRecordings } from "../recordings";
import type { ScrapeTarget } from "../../observability/scrape";

export interface PlatformAlertsArgs {
  /** All scrape targets of the stack. */
  readonly targets: readonly ScrapeTarget[];
  readonly alertmanagers: number;
  /** All namespaces of the platform. */
  readonly namespaces: readonly string[];
  /** Namespace of the MES roles. */
  readonly roles: string;
  /** Prometheus is the platform's own; else one that is there has alerts on itself, nodes, and pods of others. @default true */
  readonly ownPrometheus?: boolean;
}

/** Alerts and recordings on nodes, pods and monitoring itself: on what is scraped, and only on that. */
export function platformAlerts(args: PlatformAlertsArgs): AlertGroup[] {
  const { targets, alertmanagers, namespaces, roles, ownPrometheus = true } = args;
  const exported = exportedMetrics(targets);
  const has = (metric: string) => isExported(metric, exported);
  const certManager = has("certmanager_certificate_ready_status");
  if (!ownPrometheus)
    return [serviceRecordings(exported, false), missingTargets(targets), ...(certManager ? [certificates(namespaces)] : [])];
  return [
    serviceRecordings(exported),
    ...monitoringAlerts({ targets, alertmanagers, operator: has("prometheus_operator_managed_resources") }),
    ...nodeAlerts({ nodeExporter: has("node_load5"), gpuExporter: has(GPU_USE) }),
    ...workloadAlerts({ namespaces, roles, certManager, keda: has("keda_scaler_detail_errors_total") }),
  ];
}
