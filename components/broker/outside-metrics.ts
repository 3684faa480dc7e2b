import type { IScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import type * as pulumi from "@pulumi/pulumi";
import { authority } from "../certificates/authority";
import { connect, type PodSet } from "../network/connection";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import { PlatformComponent, type Environment } from "../platform";
import { BROKER } from "./endpoints";
import type { ExistingBroker } from "./existing-config";
import { NODE_METRICS, queueMetrics, type BrokerMetrics } from "./metrics";
import { metricsEndpoint } from "./place";

/** Secret with the user that measures queues, for Prometheus. */
export const METRICS_SECRET = `${BROKER}-metrics`;

/** The Prometheus that reads what the stack makes. */
export interface PrometheusOfStack {
  readonly pods: PodSet;
  /** Labels by which it finds what it is to read. */
  readonly selectedBy: Readonly<Record<string, string>>;
}

export interface OutsideMetricsArgs {
  readonly environment: Environment;
  readonly existing: ExistingBroker;
  readonly metrics: NonNullable<ExistingBroker["metrics"]>;
  readonly vhost: string;
  readonly prometheus: PrometheusOfStack;
}

/** Reads the metrics of each node of a broker that is not the platform's: the same ones, under the same jobs, as of one that is. */
export class OutsideMetrics extends PlatformComponent {
  constructor(name: string, args: OutsideMetricsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:broker:OutsideMetrics", name, args, opts);
    const { existing, metrics, vhost, prometheus } = args;
    for (const of of [NODE_METRICS, queueMetrics(vhost)])
      customResource<IScrapeConfig>(of.job, scrapeConfig(of, args), { parent: this });
    this.declare({
      connections: connect(prometheus.pods, ...metrics.hosts.map((host) => metricsEndpoint(host, metrics.port, existing))),
    });
    this.registerOutputs({});
  }
}

function scrapeConfig({ job, path, params, metrics: names }: BrokerMetrics, args: OutsideMetricsArgs): IScrapeConfig {
  const { environment, existing, metrics, prometheus } = args;
  const namespace = environment.namespaces.observability;
  const trusted = existing.ca === undefined ? undefined : authority(BROKER, existing.ca);
  const login = (key: string) => ({ name: METRICS_SECRET, key });
  return {
    apiVersion: "monitoring.coreos.com/v1alpha1",
    kind: "ScrapeConfig",
    metadata: { name: job, namespace, labels: { ...objectLabels(job, "broker"), ...prometheus.selectedBy } },
    spec: {
      jobName: job,
      scheme: metrics.scheme === "https" ? "HTTPS" : "HTTP",
      metricsPath: path ?? "/metrics",
      ...(params === undefined
        ? {}
        : { params: Object.fromEntries(Object.entries(params).map(([key, values]) => [key, [...values]])) }),
      staticConfigs: [{ targets: metrics.hosts.map((host) => `${host}:${metrics.port}`) }],
      ...(metrics.login ? { basicAuth: { username: login("username"), password: login("password") } } : {}),
      ...(trusted === undefined || metrics.scheme === "http"
        ? {}
        : { tlsConfig: { ca: { configMap: { name: trusted.name, key: trusted.key } } } }),
      // Rules and dashboards tell nodes apart by their pods.
      relabelings: [{ sourceLabels: ["__address__"], regex: "([^:]+):.*", targetLabel: "pod", replacement: "$1" }],
      metricRelabelings: [{ sourceLabels: ["__name__"], regex: names.join("|"), action: "keep" }],
    },
  };
}
