import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Autoscaler } from "../../autoscaling/autoscaler";
import type { ScalingSources } from "../../autoscaling/sources";
import { connect, type Endpoint } from "../../network/connection";
import { PlatformComponent, type Environment } from "../../platform";
import { objectLabels } from "../../objects/labels";
import { factAnnotations } from "../../workload/facts";
import { Workload } from "../../workload/workload";
import { bindingOf, type MesBindings } from "./bindings";
import { dutiesOf } from "./duties";
import type { RoleConfig } from "../config";
import { CONTAINER, placement, roleContainer } from "./container";
import { MANAGEMENT_PORT_NAME, PATHS, PORTS } from "../contract/contract";
import { LABELS, seriesOf } from "../contract/metrics";
import { egressEndpoints } from "../endpoints";
import { replicasOf, rolloutOf } from "./pods";
import { podFacts, shutdownOf } from "./shutdown";
import { roleVariables, secretName, SERVICE_PORT } from "./variables";

const COMPONENT = "mes";

export interface RoleArgs {
  readonly environment: Environment;
  readonly role: RoleConfig;
  readonly bindings: MesBindings;
  /** Other roles that it sends requests to. */
  readonly calls: readonly Endpoint[];
  /** @default none: then it may be scaled on CPU and memory only */
  readonly scaling?: ScalingSources;
  /** What the triggers of its autoscaler need. @default none */
  readonly scalingAfter?: readonly pulumi.Resource[];
}

/** One role of the MES: the image with its own work, size, scale, account and network access. */
export class Role extends PlatformComponent {
  constructor(name: string, args: RoleArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:mes:Role", name, args, opts);
    const { environment, role } = args;
    const namespace = environment.namespaces.apps;
    const binding = bindingOf(name, role, args.bindings);
    const secrets = this.createSecret(name, namespace, role);

    const workload = new Workload(
      name,
      {
        environment,
        namespace,
        component: COMPONENT,
        replicas: replicasOf(role),
        rollout: rolloutOf(role),
        priorityClassName: environment.priorityClasses[role.priority],
        terminationGracePeriodSeconds: shutdownOf(role).grace,
        containers: [
          {
            ...roleContainer(role),
            env: { ...roleVariables(name, role, environment), ...binding.env },
            volumeMounts: binding.volumeMounts,
          },
        ],
        volumes: binding.volumes,
        servicePorts: role.http === undefined ? undefined : { http: { port: SERVICE_PORT, appProtocol: "http" } },
        rollOn: [...binding.rollOn, ...secrets],
        serviceAccountAnnotations: binding.serviceAccountAnnotations,
        podAnnotations: factAnnotations(podFacts(role)),
        overrides: placement(role),
      },
      { parent: this },
    );
    this.declare({ connections: connect(workload.pods, ...binding.endpoints, ...egressEndpoints(name, role), ...args.calls) });
    this.declare({
      scrapeTargets: [
        {
          job: name,
          pods: workload.pods,
          port: MANAGEMENT_PORT_NAME,
          portNumber: PORTS.management,
          path: PATHS.metrics,
          metrics: seriesOf(dutiesOf(role)),
          labels: LABELS,
        },
      ],
    });
    this.scale(name, args, workload.controller);
    this.registerOutputs({});
  }

  private scale(name: string, { environment, role, scaling, scalingAfter }: RoleArgs, target: pulumi.Resource): void {
    if (role.scale === undefined) return;
    new Autoscaler(
      name,
      {
        environment,
        scale: role.scale,
        role: { name, namespace: environment.namespaces.apps, container: CONTAINER },
        target,
        after: scalingAfter,
        component: COMPONENT,
        sources: scaling,
      },
      { parent: this },
    );
  }

  /** A Secret with the role's secret variables; their values, so that a change rolls the pods. */
  private createSecret(name: string, namespace: string, { secrets }: RoleConfig): pulumi.Output<string>[] {
    const values = Object.entries(secrets).map(([key, value]) => [key, pulumi.secret(value.reveal())] as const);
    if (values.length === 0) return [];
    const objectName = secretName(name);
    new k8s.core.v1.Secret(
      objectName,
      {
        metadata: { name: objectName, namespace, labels: objectLabels(name, COMPONENT) },
        type: "Opaque",
        stringData: Object.fromEntries(values),
      },
      { parent: this },
    );
    return values.map(([, value]) => value);
  }
}
