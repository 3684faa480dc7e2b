import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Autoscaler } from "../../autoscaling/autoscaler";
import type { ScalingSources } from "../../autoscaling/sources";
import { countedAtGateway } from "../../gateway/metrics";
import { connect, type Endpoint, type PodSet } from "../../network/connection";
import type { ScrapeTarget } from "../../observability/scrape";
import { PlatformComponent, type Environment } from "../../platform";
import { objectLabels } from "../../objects/labels";
import { factAnnotations } from "../../workload/facts";
import { Workload, type WorkloadArgs } from "../../workload/workload";
import { bindingOf, type MesBindings } from "./bindings";
import { dutiesOf } from "./duties";
import type { RoleConfig } from "../config";
import { CONTAINER } from "./container-name";
import { initContainers, placement, roleContainer } from "./container";
import { LABELS, seriesOf } from "../contract/metrics";
import { egressEndpoints, routeNames } from "../endpoints";
import { roleFiles } from "./files";
import { replicasOf, rolloutOf } from "./pods";
import { metricsPath, metricsPort } from "./ports";
import { podFacts, shutdownOf } from "./shutdown";
import type { Signals } from "./signals";
import { inOrder } from "./templates";
import { roleVariables, secretName, SERVICE_PORT } from "./variables";
import { roleClaims, roleVolumes } from "./volumes";

const COMPONENT = "mes";

export interface RoleArgs {
  readonly environment: Environment;
  readonly role: RoleConfig;
  /** Where what is known of it comes from. */
  readonly signals: Signals;
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
    const { values, objects } = this.createSecret(name, namespace, role);
    const env = { ...roleVariables(name, role, environment), ...binding.env, ...inOrder(role.env) };
    const secrets = { ...binding.secrets, ...values };
    const files = roleFiles(name, { namespace, files: role.files, env, secrets }, { parent: this });
    const mounts = roleVolumes(name, role);
    const claims = roleClaims(name, role, environment, { parent: this });
    const shared = { env, volumeMounts: [...binding.volumeMounts, ...files.volumeMounts, ...mounts.volumeMounts] };

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
        user: role.image.user,
        group: role.image.group,
        containers: [{ ...roleContainer(role), ...shared }],
        initContainers: initContainers(role).map((container) => ({ ...container, ...shared })),
        volumes: [...binding.volumes, ...files.volumes, ...mounts.volumes],
        servicePorts: servicePorts(role),
        rollOn: [...binding.rollOn, ...Object.values(values), ...files.rollOn],
        serviceAccountAnnotations: binding.serviceAccountAnnotations,
        podAnnotations: factAnnotations(podFacts(role)),
        overrides: placement(role),
      },
      { parent: this, dependsOn: [...objects, ...files.objects, ...claims] },
    );
    this.declare({ connections: connect(workload.pods, ...binding.endpoints, ...egressEndpoints(name, role), ...args.calls) });
    this.declare({ scrapeTargets: scrapeTargets(name, role, args.signals, workload.pods) });
    this.scale(name, args, workload.controller);
    this.registerOutputs({});
  }

  private scale(name: string, args: RoleArgs, target: pulumi.Resource): void {
    const { environment, role, signals, scaling, scalingAfter } = args;
    if (role.scale === undefined) return;
    new Autoscaler(
      name,
      {
        environment,
        scale: role.scale,
        role: {
          name,
          namespace: environment.namespaces.apps,
          container: CONTAINER,
          ...(signals.requests === "gateway"
            ? { requests: countedAtGateway(environment.namespaces.apps, routeNames(name, role, environment)) }
            : {}),
        },
        target,
        after: scalingAfter,
        component: COMPONENT,
        sources: scaling,
      },
      { parent: this },
    );
  }

  /** A Secret with the role's secret variables; their values, so that a change rolls the pods. */
  private createSecret(name: string, namespace: string, { secrets }: RoleConfig) {
    const entries = Object.entries(secrets).map(([key, value]) => [key, pulumi.secret(value.reveal())] as const);
    const values: Record<string, pulumi.Output<string>> = Object.fromEntries(entries);
    if (entries.length === 0) return { values, objects: [] };
    const objectName = secretName(name);
    const object = new k8s.core.v1.Secret(
      objectName,
      {
        metadata: { name: objectName, namespace, labels: objectLabels(name, COMPONENT) },
        type: "Opaque",
        stringData: values,
      },
      { parent: this },
    );
    return { values, objects: [object] };
  }
}

/** Requests come by the Service's own port, whatever the image listens on; its further ports keep their numbers. */
function servicePorts(role: RoleConfig): WorkloadArgs["servicePorts"] {
  const http = role.http === undefined ? [] : [["http", { port: SERVICE_PORT, appProtocol: "http" }] as const];
  const further = Object.entries(role.ports).map(([port, number]) => [port, { port: number }] as const);
  return http.length + further.length === 0 ? undefined : Object.fromEntries([...http, ...further]);
}

/** Where its metrics are read; empty if the image has none. */
function scrapeTargets(job: string, role: RoleConfig, signals: Signals, pods: PodSet): ScrapeTarget[] {
  const port = metricsPort(role);
  if (port === undefined) return [];
  const metrics = seriesOf(dutiesOf(role), signals);
  return [{ job, pods, port: port.name, portNumber: port.number, path: metricsPath(role), metrics, labels: LABELS }];
}
