import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { CA_SECRET } from "../certificates/trust";
import type { Endpoint } from "../network/connection";
import type { Environment } from "../platform";
import { objectLabels } from "../objects/labels";
import { selectedLabels } from "./rules";
import type { ScrapeTarget } from "../observability/scrape";

/** Where a target's metrics are, for the network policies of both ends. */
export function metricsEndpoint(target: ScrapeTarget, nodeCidrs: readonly string[]): Endpoint {
  const { job, pods, portNumber } = target;
  return {
    name: `${job}:metrics`,
    host: pods.name,
    port: portNumber,
    target: target.hostNetwork ? { cidrs: nodeCidrs, place: "nodes" } : { pods },
  };
}

/** Two targets that would become one PodMonitor, or one job that means two things; empty if they are fine. */
export function problemsOfTargets(targets: readonly ScrapeTarget[]): string[] {
  const jobs = targets.map((target) => target.job);
  const twice = [...new Set(jobs.filter((job, i) => jobs.indexOf(job) !== i))];
  return twice.map((job) => `two scrape targets are named ${job}: a job is one set of pods and one port`);
}

/** The PodMonitor of a target. It is in Prometheus' own namespace, as the CA certificate that it refers to. */
export function podMonitor(environment: Environment, target: ScrapeTarget): IPodMonitor {
  const namespace = environment.namespaces.observability;
  const { job, pods } = target;
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name: job, namespace, labels: { ...objectLabels(job, "monitoring"), ...selectedLabels(environment) } },
    spec: {
      selector: { matchLabels: { ...pods.labels } },
      namespaceSelector: { matchNames: [pods.namespace] },
      podMetricsEndpoints: [
        {
          port: target.port,
          path: target.path ?? "/metrics",
          interval: target.interval,
          ...(target.params === undefined ? {} : { params: mapValues(target.params, (values) => [...values]) }),
          ...(target.honorLabels ? { honorLabels: true } : {}),
          ...transport(target),
          relabelings: [
            { targetLabel: "job", replacement: job },
            ...(target.nothingOfItself
              ? [{ targetLabel: "instance", replacement: job }]
              : [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }]),
            // A metric about no pod (a node, an idle GPU) must not seem to be about the exporter's own.
            ...(target.honorLabels ? [{ regex: "pod|container", action: "labeldrop" as const }] : []),
          ],
          ...(target.keepDeclared ? { metricRelabelings: [keptOnly(target.metrics)] } : {}),
        },
      ],
    },
  };
}

/** Histograms are declared by their name alone. */
function keptOnly(metrics: readonly string[]) {
  const names = metrics.map((metric) => (metric.endsWith("*") ? `${metric.slice(0, -1)}.*` : `${metric}(_bucket|_sum|_count)?`));
  return { sourceLabels: ["__name__"], regex: names.join("|"), action: "keep" as const };
}

function transport(target: ScrapeTarget): object {
  if (target.scheme !== "https") return { scheme: "http" };
  if (target.verifyCertificate === false) return { scheme: "https", tlsConfig: { insecureSkipVerify: true } };
  const ca = { secret: { name: CA_SECRET, key: "ca.crt" } };
  return { scheme: "https", tlsConfig: { ca, ...(target.serverName === undefined ? {} : { serverName: target.serverName }) } };
}

function mapValues<V, W>(object: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
