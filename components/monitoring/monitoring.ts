import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { IScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import * as pulumi from "@pulumi/pulumi";
import { connect, type Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import type { AlertGroup } from "../observability/alert";
import { platformAlerts } from "./alerts/alerts";
import { AlertmanagerServer } from "./alertmanager";
import type { MonitoringConfig } from "./config";
import type { Dashboard } from "../observability/dashboard";
import { problemsOfDashboards } from "./dashboard-maps";
import { platformDashboards } from "./dashboards/dashboards";
import { LOAD_UID } from "./dashboards/load";
import { ALERTMANAGER, GRAFANA, PROMETHEUS, prometheusPods } from "./endpoints";
import { exportedMetrics } from "./exported";
import { GPU_EXPORTER, GpuExporter } from "./gpu-exporter";
import { Grafana } from "./grafana";
import { KUBE_STATE_METRICS, KubeStateMetrics } from "./kube-state-metrics";
import { KUBELET_SCRAPES, kubeletConnections, kubeletScrapeConfig } from "./kubelet";
import { NODE_EXPORTER, NodeExporter } from "./node-exporter";
import { metricsEndpoint, podMonitor, problemsOfTargets } from "./pod-monitors";
import { PrometheusServer } from "./prometheus";
import { problemsOfRules, prometheusRule } from "./rules";
import type { ScrapeTarget } from "../observability/scrape";

export interface MonitoringArgs {
  readonly environment: Environment;
  readonly config: MonitoringConfig;
  /** Scrape targets of all other components. */
  readonly targets: readonly ScrapeTarget[];
  /** Alerts of all other components. */
  readonly alerts: readonly AlertGroup[];
  /** Dashboards of all other components. */
  readonly dashboards: readonly Dashboard[];
  /** Some nodes have GPUs. @default false */
  readonly gpuNodes?: boolean;
  /** Loki, for Grafana. @default none */
  readonly logs?: Endpoint;
  /** Jaeger's query API, for Grafana. @default none */
  readonly traces?: Endpoint;
}

/** Metrics, alerts and dashboards of the whole platform; composed last, of what all other components declare. */
export class Monitoring extends PlatformComponent {
  /** All metrics that something scraped exports, as names or prefixes ending in `*`. */
  readonly exportedMetrics: readonly string[];

  constructor(name: string, args: MonitoringArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:Monitoring", name, {}, opts);
    const { environment, config } = args;
    const child = { parent: this };

    this.adopt(new KubeStateMetrics(KUBE_STATE_METRICS, { environment, resources: config.kubeStateMetrics.resources }, child));
    if (config.nodeExporter.enabled) {
      this.adopt(new NodeExporter(NODE_EXPORTER, { environment, config: config.nodeExporter }, child));
    }
    if (config.gpuExporter.enabled ?? args.gpuNodes ?? false) {
      this.adopt(new GpuExporter(GPU_EXPORTER, { environment, config: config.gpuExporter }, child));
    }
    this.adopt(new AlertmanagerServer(ALERTMANAGER, { environment, config: config.alerting }, child));

    // Prometheus and Grafana are made of what all have declared; what they declare themselves is known before.
    const targetNamespaces = args.targets.map((target) => target.pods.namespace);
    const prometheus = new PrometheusServer(
      PROMETHEUS,
      { environment, config, targetNamespaces: [...targetNamespaces, environment.namespaces.nodes] },
      child,
    );
    this.adopt(prometheus);
    this.dashboards.push(...platformDashboards([...args.targets, ...this.scrapeTargets]));
    const dashboards = [...args.dashboards, ...this.dashboards];
    refuse("dashboards", problemsOfDashboards(dashboards));
    const { logs, traces } = args;
    this.adopt(new Grafana(GRAFANA, { environment, config, dashboards, home: LOAD_UID, logs, traces }, child));

    const targets = [...args.targets, ...this.scrapeTargets];
    this.alerts.push(
      ...platformAlerts({
        targets,
        alertmanagers: config.alerting.replicas,
        namespaces: Object.values(environment.namespaces),
        roles: environment.namespaces.apps,
      }),
    );
    const alerts = [...args.alerts, ...this.alerts];
    this.exportedMetrics = exportedMetrics(targets);
    refuse("scrape targets", problemsOfTargets(targets));
    refuse("alerts", problemsOfRules(alerts));

    this.scrape(targets, args);
    for (const group of alerts) {
      customResource<IPrometheusRule>(group.name, prometheusRule(environment.namespaces.observability, group, config), child);
    }
    this.registerOutputs({});
  }

  /** Tells Prometheus of its targets, and opens the network to them. */
  private scrape(targets: readonly ScrapeTarget[], { environment }: MonitoringArgs): void {
    const child = { parent: this };
    const from = prometheusPods(environment);
    for (const target of targets) {
      customResource<IPodMonitor>(target.job, podMonitor(environment.namespaces.observability, target), child);
      this.connections.push(...connect(from, metricsEndpoint(target, environment.nodes.cidrs)));
    }
    for (const scrape of KUBELET_SCRAPES) {
      customResource<IScrapeConfig>(scrape.job, kubeletScrapeConfig(environment, scrape), child);
    }
    this.connections.push(...kubeletConnections(environment));
  }
}

/** What components declare together has to fit; all that does not is said at once. */
function refuse(propertyPath: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new pulumi.InputPropertyError({ propertyPath, reason: problems.join("; ") });
}
