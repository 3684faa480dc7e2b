import type { IAlertmanager } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretText } from "../credentials/secret-text";
import { connect, type Endpoint } from "../network/connection";
import type { Alert } from "../observability/alert";
import { PlatformComponent, type Environment } from "../platform";
import { parseDuration } from "../schema";
import { goYaml } from "../schema/yaml";
import { customResource } from "../objects/custom-resource";
import { oneAtATime } from "../workload/disruption";
import { objectLabels } from "../objects/labels";
import { excepted } from "../objects/kube-score";
import { NOT_AWAITED } from "../objects/not-awaited";
import type { AlertingConfig } from "./alerting-config";
import { RECEIVER_SECRETS, alertmanagerConfig, receiverPorts, receiverSecrets } from "./alertmanager-config";
import { ALERTMANAGER, alertmanagerEndpoint, alertmanagerPods } from "./endpoints";
import { operatedClaims, operatedPods, reloaderTarget } from "./operated";

/** Secret with Alertmanager's configuration. */
const CONFIG_SECRET = "alertmanager-config";
/** Port on which the pods tell each other what they have sent. */
const GOSSIP_PORT = 9094;

/** Its metrics that rules and dashboards use. */
const ALERTMANAGER_METRICS: readonly string[] = [
  "alertmanager_cluster_members",
  "alertmanager_config_last_reload_successful",
  "alertmanager_notifications_failed_total",
  "alertmanager_notifications_total",
];

export interface AlertmanagerServerArgs {
  readonly environment: Environment;
  readonly config: AlertingConfig;
  /** All alerts of the stack, for what explains what. */
  readonly alerts: readonly Alert[];
}

/** Alertmanager, run by its operator: cluster, configuration, the receivers' secrets, Service, disruption budget. */
export class AlertmanagerServer extends PlatformComponent {
  constructor(name: string, args: AlertmanagerServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:AlertmanagerServer", name, args, opts);
    const { environment, config } = args;
    const namespace = environment.namespaces.observability;
    const pods = alertmanagerPods(environment);
    const labels = objectLabels(ALERTMANAGER, "monitoring");
    const metadata = { name: ALERTMANAGER, namespace, labels };
    const child = { parent: this };

    const secrets = receiverSecrets(config);
    const configuration = new k8s.core.v1.Secret(
      CONFIG_SECRET,
      {
        metadata: { name: CONFIG_SECRET, namespace, labels },
        stringData: { "alertmanager.yaml": secretText(() => goYaml(alertmanagerConfig(config, args.alerts))) },
      },
      child,
    );
    const receivers = new k8s.core.v1.Secret(
      RECEIVER_SECRETS,
      {
        metadata: { name: RECEIVER_SECRETS, namespace, labels },
        // Empty, it would be a difference in every preview.
        ...(Object.keys(secrets).length === 0
          ? {}
          : { stringData: Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, pulumi.secret(value)])) }),
      },
      child,
    );
    const account = new k8s.core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, child);
    const { replicas, storage } = config;
    const claims = operatedClaims({ environment, kind: "alertmanager", name: ALERTMANAGER, replicas, storage }, child);
    customResource<IAlertmanager>(
      name,
      { apiVersion: "monitoring.coreos.com/v1", kind: "Alertmanager", metadata, spec: alertmanagerSpec(args) },
      pulumi.mergeOptions({ ...child, dependsOn: [configuration, receivers, account] }, claims),
    );
    new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata, annotations: { ...NOT_AWAITED, ...excepted("service-targets-pod") } },
        spec: { selector: { ...pods.labels }, ports: [{ name: "web", port: 9093, targetPort: "web" }] },
      },
      child,
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: oneAtATime(pods.labels),
      },
      child,
    );
    this.declareServers(args);
    this.registerOutputs({});
  }

  private declareServers({ environment, config }: AlertmanagerServerArgs): void {
    const pods = alertmanagerPods(environment);
    const { port: portNumber } = alertmanagerEndpoint(environment);
    const exported = { metrics: ALERTMANAGER_METRICS, labels: ["integration", "reason"] };
    const target = { job: ALERTMANAGER, pods, port: "web", portNumber, ...exported };
    this.declare({ scrapeTargets: [target, reloaderTarget(ALERTMANAGER, pods)] });
    const gossip: Endpoint = { name: "alertmanager:gossip", host: ALERTMANAGER, port: GOSSIP_PORT, target: { pods } };
    if (config.replicas > 1) this.declare({ connections: connect(pods, gossip, { ...gossip, protocol: "UDP" }) });
    const outside = receiverPorts(config).map((port): Endpoint => ({
      name: "alert-receivers",
      host: "outside",
      port,
      target: { cidrs: config.egressCidrs },
    }));
    this.declare({ connections: connect(pods, ...outside) });
  }
}

/** The custom resource's specification. */
function alertmanagerSpec({ environment, config }: AlertmanagerServerArgs): IAlertmanager["spec"] {
  return {
    ...operatedPods({
      environment,
      image: "alertmanager",
      resources: config.resources,
      replicas: config.replicas,
      podLabels: alertmanagerPods(environment).labels,
      storage: config.storage,
    }),
    serviceAccountName: ALERTMANAGER,
    automountServiceAccountToken: false,
    externalUrl: config.externalUrl,
    retention: `${parseDuration(config.retention)}s`,
    configSecret: CONFIG_SECRET,
    secrets: [RECEIVER_SECRETS],
  };
}
