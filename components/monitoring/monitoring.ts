import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { IScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import * as pulumi from "@pulumi/pulumi";
import { connect, type Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { platformAlerts } from "./alerts/alerts";
import { AlertmanagerServer } from "./alertmanager";
import type { MonitoringConfig } from "./config";
import { dashboardMaps, problemsOfDashboards } from "./dashboard-maps";
import { platformDashboards } from "./dashboards/dashboards";
import { LOAD_UID } from "./dashboards/load";
import { ALERTMANAGER, GRAFANA, PROMETHEUS, prometheusPods } from "./endpoints";
import { exportersOf, type Exporter } from "./exported";
import { GPU_EXPORTER, GpuExporter } from "./gpu-exporter";
import { Grafana } from "./grafana";
import { KUBE_STATE_METRICS, KubeStateMetrics, kubeStateMetricsExporter } from "./kube-state-metrics";
import { KUBELET_SCRAPES, kubeletConnections, kubeletScrapeConfig } from "./kubelet";
import { NODE_EXPORTER, NodeExporter } from "./node-exporter";
import { metricsEndpoint, podMonitor, problemsOfTargets } from "./pod-monitors";
import { PrometheusServer } from "./prometheus";
import { problemsOfRules, prometheusRule, ruleNames, type RuleNames } from "./rules";
import type { AlertGroup } from "../observability/alert";
import type { Dashboard } from "../observability/dashboard";
import type { ScrapeTarget } from "../observability/scrape";

export interface MonitoringArgs {
  readonly environment: Environment;
  readonly config: MonitoringConfig;
  /** Some nodes have GPUs. @default false */
  readonly gpuNodes?: boolean;
  /** Loki, for Grafana. @default none */
  readonly logs?: Endpoint;
  /** Jaeger's query API, for Grafana. @default none */
  readonly traces?: Endpoint;
}

export interface Published {
  /** What all that is scraped exports. */
  readonly exporters: readonly Exporter[];
  /** Names of all alerts and recordings, by group. */
  readonly rules: readonly RuleNames[];
  /** Uids of all dashboards. */
  readonly dashboards: readonly string[];
}

/** Metrics, alerts and dashboards of the whole platform; made last, of what all components declare. */
export class Monitoring extends PlatformComponent {
  /** What all components publish for monitoring. */
  readonly published: Published;

  constructor(name: string, args: MonitoringArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:Monitoring", name, args, opts);
    const { environment, config } = args;
    const { declarations } = environment;
    this.createSources(args);
    // What Grafana and Prometheus declare of themselves is known before; what they are made of is what all have declared.
    const targetNamespaces = [...declarations.scrapeTargets.map(({ pods }) => pods.namespace), environment.namespaces.nodes];
    if (config.existing.prometheus === undefined)
      new PrometheusServer(PROMETHEUS, { environment, config, targetNamespaces }, { parent: this });
    const dashboards = this.createGrafana(args);
    const targets = declarations.take("scrapeTargets", "monitoring");
    refuse("scrape targets", problemsOfTargets(targets));
    const rules = this.createRules(args, targets);
    this.published = {
      exporters: [
        ...exportersOf(targets, { elsewhere: config.existing.prometheus !== undefined }),
        ...(config.existing.kubeStateMetrics ? [kubeStateMetricsExporter()] : []),
      ],
      rules: rules.map(ruleNames),
      dashboards: dashboards.map(({ uid }) => uid),
    };
    this.scrape(targets, args);
    this.registerOutputs({});
  }

  /** What measures nodes and objects, and what sends alerts. */
  private createSources(args: MonitoringArgs): void {
    const { environment, config, gpuNodes = false } = args;
    const child = { parent: this };
    const { kubeStateMetrics, nodeExporter, gpuExporter, alerting, existing } = config;
    if (!existing.kubeStateMetrics)
      new KubeStateMetrics(KUBE_STATE_METRICS, { environment, resources: kubeStateMetrics.resources }, child);
    if (nodeExporter.enabled) new NodeExporter(NODE_EXPORTER, { environment, config: nodeExporter }, child);
    if (gpuExporter.enabled ?? gpuNodes) new GpuExporter(GPU_EXPORTER, { environment, config: gpuExporter }, child);
    // What it explains of what is known by now; later come targets that are missed under the same names.
    if (existing.prometheus !== undefined) return;
    const groups = [...environment.declarations.alerts, ...this.ownAlerts(args, environment.declarations.scrapeTargets)];
    const alerts = groups.flatMap((group) => group.alerts);
    new AlertmanagerServer(ALERTMANAGER, { environment, config: alerting, alerts }, child);
  }

  private ownAlerts({ environment, config }: MonitoringArgs, targets: readonly ScrapeTarget[]): readonly AlertGroup[] {
    const { namespaces } = environment;
    return platformAlerts({
      targets,
      alertmanagers: config.alerting.replicas,
      namespaces: Object.values(namespaces),
      roles: namespaces.apps,
      ownPrometheus: config.existing.prometheus === undefined,
    });
  }

  private createGrafana({ environment, config, logs, traces }: MonitoringArgs): readonly Dashboard[] {
    const { declarations } = environment;
    this.declare({ dashboards: platformDashboards(declarations.scrapeTargets, config.existing.prometheus === undefined) });
    const dashboards = declarations.take("dashboards", "monitoring");
    refuse("dashboards", problemsOfDashboards(dashboards));
    const { grafana } = config.existing;
    if (grafana === undefined)
      new Grafana(GRAFANA, { environment, config, dashboards, home: LOAD_UID, logs, traces }, { parent: this });
    else dashboardMaps(dashboards, { namespace: environment.namespaces.observability, ...grafana }, { parent: this });
    return dashboards;
  }

  private createRules(args: MonitoringArgs, targets: readonly ScrapeTarget[]): readonly AlertGroup[] {
    const { environment, config } = args;
    const { declarations } = environment;
    this.declare({ alerts: this.ownAlerts(args, targets) });
    const alerts = declarations.take("alerts", "monitoring");
    refuse("alerts", problemsOfRules(alerts));
    for (const group of alerts) {
      customResource<IPrometheusRule>(group.name, prometheusRule(environment, group, config), { parent: this });
    }
    return alerts;
  }

  /** Tells Prometheus of its targets, and opens the network to them. */
  private scrape(targets: readonly ScrapeTarget[], { environment }: MonitoringArgs): void {
    const child = { parent: this };
    const from = prometheusPods(environment);
    for (const target of targets) {
      customResource<IPodMonitor>(target.job, podMonitor(environment, target), child);
      this.declare({ connections: connect(from, metricsEndpoint(target, environment.nodes.cidrs)) });
    }
    // A Prometheus that is there reads the kubelets already.
    if (environment.prometheus !== undefined) return;
    for (const scrape of KUBELET_SCRAPES) {
      customResource<IScrapeConfig>(scrape.job, kubeletScrapeConfig(environment, scrape), child);
    }
    this.declare({ connections: kubeletConnections(environment) });
  }
}

/** What components declare together has to fit; all that does not is said at once. */
function refuse(propertyPath: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new pulumi.InputPropertyError({ propertyPath, reason: problems.join("; ") });
}
