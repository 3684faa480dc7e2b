import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { apiServerEndpoint, fromApiServer } from "../network/api-server";
import { connect } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { OPERATORS } from "./catalogue/catalogue";
import type { OperatorsConfig } from "./config";
import { DEFINITIONS_CHART_VALUES } from "./definitions";
import { operatorNamespace, podsInUse, podsNamed } from "./endpoints";
import type { OperatorName } from "./names";
import { chartValues } from "./values";

export interface OperatorsArgs {
  readonly environment: Environment;
  readonly config: OperatorsConfig;
  /** Those to take care of here, each after those it needs. */
  readonly names: readonly OperatorName[];
}

const HELM = { atomic: true, cleanupOnFail: true, maxHistory: 3, timeout: 600 };
const TIMEOUTS: pulumi.CustomResourceOptions = { customTimeouts: { create: "15m", update: "15m" } };

/** The operators, each a pinned Helm release, or already there. */
export class Operators extends PlatformComponent {
  /** The release that defines an API group: what its custom resources come after. */
  readonly apiGroups = new Map<string, pulumi.Resource>();

  constructor(name: string, args: OperatorsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:operators:Operators", name, args, opts);
    const { config } = args;
    const releases = new Map<OperatorName, pulumi.Resource>();
    for (const operator of args.names) {
      const { install } = config[operator];
      if (install) {
        const dependsOn = OPERATORS[operator].after
          .map((other) => releases.get(other))
          .filter((release) => release !== undefined);
        const definitions = this.definitions(operator, args, { parent: this, dependsOn });
        const release = this.release(operator, args, { parent: this, dependsOn: [...dependsOn, ...definitions] });
        releases.set(operator, release);
        for (const group of OPERATORS[operator].apiGroups) this.apiGroups.set(group, release);
        this.declarePods(operator, args);
      }
    }
    this.registerOutputs({});
  }

  private release(operator: OperatorName, { environment, config }: OperatorsArgs, opts: pulumi.CustomResourceOptions) {
    const { version, definitions } = OPERATORS[operator];
    const own = config[operator];
    return new k8s.helm.v3.Release(
      operator,
      {
        name: operator,
        namespace: operatorNamespace(environment, operator),
        ...chartSource(operator, own.repository),
        version: own.version ?? version,
        values: chartValues(operator, {
          images: environment.images,
          replicas: own.replicas,
          resources: own.resources,
          priorityClassName: environment.priorityClasses.platform,
          signedKubelets: environment.nodes.signedKubelets,
          brokerElsewhere: environment.brokerElsewhere,
        }),
        ...(definitions.in === "crds-folder" ? { skipCrds: true, takeOwnership: true } : {}),
        ...HELM,
      },
      { ...opts, ...TIMEOUTS },
    );
  }

  /** The release of its definitions, where they have one of their own. */
  private definitions(operator: OperatorName, { environment, config }: OperatorsArgs, opts: pulumi.CustomResourceOptions) {
    const { definitions } = OPERATORS[operator];
    if (definitions.in !== "chart") return [];
    const { repository, definitionsVersion } = config[operator];
    const release = new k8s.helm.v3.Release(
      definitions.chart,
      {
        name: definitions.chart,
        namespace: operatorNamespace(environment, operator),
        ...chartSource(operator, repository, definitions.chart),
        version: definitionsVersion ?? definitions.version,
        values: DEFINITIONS_CHART_VALUES,
        // Helm has made them from the operator's own chart before, as nobody's.
        takeOwnership: true,
        ...HELM,
      },
      { ...opts, ...TIMEOUTS },
    );
    return [release];
  }

  private declarePods(operator: OperatorName, { environment }: OperatorsArgs): void {
    const { apiServer, nodes } = environment;
    for (const pods of podsInUse(operator, environment)) {
      const set = { name: pods.name, namespace: operatorNamespace(environment, operator), labels: pods.labels };
      this.declare({ connections: connect(set, apiServerEndpoint(apiServer)) });
      if (pods.webhookPort !== undefined) {
        const webhook = { name: `${pods.name}:webhook`, host: pods.name, port: pods.webhookPort, target: { pods: set } };
        this.declare({ connections: fromApiServer(apiServer, webhook) });
      }
      for (const { to, port } of pods.connects ?? []) {
        const peer = { name: `${to}:${port}`, host: to, port, target: { pods: podsNamed(environment, to) } };
        this.declare({ connections: connect(set, peer) });
      }
      if (pods.nodePort !== undefined) {
        const target = { cidrs: nodes.cidrs, place: "nodes" } as const;
        this.declare({ connections: connect(set, { name: "nodes", host: "nodes", port: pods.nodePort, target }) });
      }
      if (pods.metrics !== undefined) {
        this.declare({
          scrapeTargets: [
            {
              job: pods.name,
              pods: set,
              ...pods.metrics,
              // Charts that serve metrics over TLS sign the certificate themselves.
              ...(pods.metrics.port === "https" ? { scheme: "https", verifyCertificate: false } : { scheme: "http" }),
            },
          ],
        });
      }
    }
  }
}

/**
 * Where a chart comes from: a repository, or a reference to the chart itself.
 * @param own repository of the stack's, @default the operator's
 * @param chart another one beside the operator's, @default the operator's
 */
function chartSource(operator: OperatorName, own: string | undefined, chart?: string) {
  const pinned = OPERATORS[operator];
  const source = own ?? (pinned.repository === "" ? pinned.chart : pinned.repository);
  if (!source.startsWith("oci://")) return { chart: chart ?? pinned.chart, repositoryOpts: { repo: source } };
  return { chart: chart === undefined ? source : source.replace(/[^/]+$/, chart) };
}
