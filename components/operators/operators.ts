import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { apiServerEndpoint, fromApiServer } from "../network/api-server";
import { connect } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { OPERATORS } from "./catalogue";
import type { OperatorsConfig } from "./config";
import { operatorNamespace, operatorPods } from "./endpoints";
import type { OperatorName } from "./names";
import { chartValues } from "./values";

export interface OperatorsArgs {
  readonly environment: Environment;
  readonly config: OperatorsConfig;
  /** Those to take care of here, each after those it needs. */
  readonly names: readonly OperatorName[];
}

/** The operators, each a pinned Helm release, or already there. */
export class Operators extends PlatformComponent {
  /** The release that defines an API group: what its custom resources come after. */
  readonly apiGroups = new Map<string, pulumi.Resource>();

  constructor(name: string, args: OperatorsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:operators:Operators", name, {}, opts);
    const { config } = args;
    const releases = new Map<OperatorName, pulumi.Resource>();
    for (const operator of args.names) {
      const { install } = config[operator];
      if (install) {
        const dependsOn = OPERATORS[operator].after
          .map((other) => releases.get(other))
          .filter((release) => release !== undefined);
        const release = this.release(operator, args, { parent: this, dependsOn });
        releases.set(operator, release);
        for (const group of OPERATORS[operator].apiGroups) this.apiGroups.set(group, release);
        this.declare(operator, args);
      }
    }
    this.registerOutputs({});
  }

  private release(operator: OperatorName, { environment, config }: OperatorsArgs, opts: pulumi.CustomResourceOptions) {
    const { chart, repository, version, resources } = OPERATORS[operator];
    const own = config[operator];
    const source = own.repository ?? (repository === "" ? chart : repository);
    const isOci = source.startsWith("oci://");
    return new k8s.helm.v3.Release(
      operator,
      {
        name: operator,
        namespace: operatorNamespace(environment, operator),
        chart: isOci ? source : chart,
        repositoryOpts: isOci ? undefined : { repo: source },
        version: own.version ?? version,
        values: chartValues(operator, {
          images: environment.images,
          replicas: own.replicas,
          resources: own.resources ?? resources,
          priorityClassName: environment.priorityClasses.platform,
          signedKubelets: environment.nodes.signedKubelets,
        }),
        atomic: true,
        cleanupOnFail: true,
        maxHistory: 3,
        timeout: 600,
      },
      { ...opts, customTimeouts: { create: "15m", update: "15m" } },
    );
  }

  private declare(operator: OperatorName, { environment }: OperatorsArgs): void {
    const { apiServer, nodes } = environment;
    for (const pods of OPERATORS[operator].pods) {
      const set = { name: pods.name, namespace: operatorNamespace(environment, operator), labels: pods.labels };
      this.connections.push(...connect(set, apiServerEndpoint(apiServer)));
      if (pods.webhookPort !== undefined) {
        const webhook = { name: `${pods.name}:webhook`, host: pods.name, port: pods.webhookPort, target: { pods: set } };
        this.connections.push(...fromApiServer(apiServer, webhook));
      }
      for (const { to, port } of pods.connects ?? []) {
        const peer = { name: `${to}:${port}`, host: to, port, target: { pods: operatorPods(environment, to) } };
        this.connections.push(...connect(set, peer));
      }
      if (pods.nodePort !== undefined) {
        const target = { cidrs: nodes.cidrs, place: "nodes" } as const;
        this.connections.push(...connect(set, { name: "nodes", host: "nodes", port: pods.nodePort, target }));
      }
      if (pods.metrics !== undefined) {
        this.scrapeTargets.push({
          job: pods.name,
          pods: set,
          ...pods.metrics,
          // Charts that serve metrics over TLS sign the certificate themselves.
          ...(pods.metrics.port === "https" ? { scheme: "https", verifyCertificate: false } : { scheme: "http" }),
        });
      }
    }
  }
}
