import type * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import type { PodSet } from "../network/connection";
import { PlatformComponent } from "../platform";
import type { ContainerArgs, EnvVarSource, Volume, VolumeMount } from "../workload/pod";
import { Workload, type WorkloadArgs } from "../workload/workload";
import { COLLECTOR_LABELS, COLLECTOR_METRICS } from "./metrics";
import {
  CONFIG_FILE,
  HEALTH_PORT,
  METRICS_PORT,
  TLS_DIRECTORY,
  configFile,
  goMemoryLimit,
  type CollectorConfig,
} from "./settings";

type Inherited = Pick<
  WorkloadArgs,
  | "environment"
  | "namespace"
  | "kind"
  | "replicas"
  | "servicePorts"
  | "internalTrafficPolicy"
  | "claims"
  | "clusterRules"
  | "apiToken"
  | "user"
  | "overrides"
  | "terminationGracePeriodSeconds"
>;

export interface CollectorArgs extends Inherited {
  /** The part of the platform it belongs to, e.g. `tracing`. */
  readonly component: string;
  readonly config: CollectorConfig;
  readonly resources: ContainerArgs["resources"];
  /** Container ports beside those of health and metrics, by name. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Name of the ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  readonly env?: Readonly<Record<string, string | EnvVarSource>>;
  readonly volumes?: readonly Volume[];
  readonly volumeMounts?: readonly VolumeMount[];
  /** Names of its metrics that rules and dashboards use. @default those that every collector has */
  readonly metrics?: readonly string[];
}

/** An OpenTelemetry collector with its certificate, probes and metrics. */
export class Collector extends PlatformComponent {
  readonly pods: PodSet;

  constructor(name: string, args: CollectorArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:collector:Collector", name, args, opts);
    const { environment, namespace, config, issuer, resources, ports, env, volumes, volumeMounts, metrics, ...inherited } = args;
    const secretName = `${name}-tls`;
    const tls = certificate(
      secretName,
      {
        issuer,
        namespace,
        secretName,
        dnsNames: [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`],
        // One certificate for both directions: a collector serves those before it and calls those behind it.
        usages: ["server auth", "client auth"],
      },
      { parent: this },
    );
    const healthy = { httpGet: { path: "/", port: "health" } };
    const workload = new Workload(
      name,
      {
        ...inherited,
        environment,
        namespace,
        priorityClassName: environment.priorityClasses.platform,
        files: { [CONFIG_FILE]: configFile(config) },
        volumes: [{ name: "tls", secret: { secretName } }, ...(volumes ?? [])],
        containers: [
          {
            name: "collector",
            image: "otelCollector",
            args: [`--config=file:${CONFIG_FILE}`],
            env: { GOMEMLIMIT: goMemoryLimit(resources), ...env },
            ports: { ...ports, metrics: METRICS_PORT, health: HEALTH_PORT },
            resources,
            startupProbe: { ...healthy, periodSeconds: 2, failureThreshold: 30 },
            readinessProbe: { ...healthy, periodSeconds: 10 },
            livenessProbe: { ...healthy, periodSeconds: 20, failureThreshold: 3 },
            volumeMounts: [{ name: "tls", mountPath: TLS_DIRECTORY, readOnly: true }, ...(volumeMounts ?? [])],
          },
        ],
      },
      { parent: this, dependsOn: tls },
    );
    this.pods = workload.pods;
    this.declare({
      scrapeTargets: [
        {
          job: name,
          pods: workload.pods,
          port: "metrics",
          portNumber: METRICS_PORT,
          metrics: metrics ?? COLLECTOR_METRICS,
          labels: COLLECTOR_LABELS,
        },
      ],
    });
    this.registerOutputs({});
  }
}
