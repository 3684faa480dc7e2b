import { cloudnativePg } from "./cloudnative-pg";
import { kubeStateMetrics } from "./kube-state-metrics";
import type { LeftOut } from "./model";
import { gpuExporter, nodeExporter } from "./nodes";
import { rabbitmq } from "./rabbitmq";

const EXPORTERS: readonly LeftOut[] = [kubeStateMetrics, rabbitmq, cloudnativePg, nodeExporter, gpuExporter];

/** Why an exporter's own settings leave a metric out; undefined if they do not. */
export const leftOut: LeftOut = (metric, scrape, known) => {
  for (const exporter of EXPORTERS) {
    const why = exporter(metric, scrape, known);
    if (why !== undefined) return why;
  }
  return undefined;
};
