import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { serviceHost, type Endpoint, type PodSet } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { shortHash } from "../objects/short-hash";
import { ConfigFiles } from "./config-files";
import { oneAtATime } from "./disruption";
import { objectLabels, selectorLabels } from "../objects/labels";
import { excepted, POD_EXCEPTIONS } from "../objects/kube-score";
import { NOT_AWAITED } from "../objects/not-awaited";
import { podSpec, type PodArgs } from "./pod";
import { claimSpec, TEMPLATE_SIZE, volumeClaims } from "./volume-claims";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

export interface WorkloadArgs extends Omit<PodArgs, "serviceAccountName" | "selector" | "spread"> {
  readonly environment: Environment;
  readonly namespace: string;
  /** The part of the platform it belongs to, e.g. `monitoring`. */
  readonly component: string;
  /** @default "Deployment" */
  readonly kind?: "Deployment" | "StatefulSet" | "DaemonSet";
  /** Number of pods. Leave it out where an autoscaler owns it, and for a DaemonSet. */
  readonly replicas?: number;
  /**
   * Pods above and below the wanted number while a Deployment rolls, as numbers or percentages.
   * @default one above, none below: a new pod is ready before an old one goes
   */
  readonly rollout?: Rollout;
  /** Ports of the Service by name, a subset of the containers' ports. @default no Service */
  readonly servicePorts?: Readonly<Record<string, ServicePort>>;
  /** Each pod has its own address behind the Service's name. @default true for a StatefulSet, false for others */
  readonly headless?: boolean;
  /** `Local`: the Service leads to pods of the caller's own node only. @default "Cluster" */
  readonly internalTrafficPolicy?: "Cluster" | "Local";
  /** Configuration files by absolute path, mounted into the first container. */
  readonly files?: Readonly<Record<string, string>>;
  /** Volume claims of a StatefulSet: name, size, and where the first container mounts it. */
  readonly claims?: readonly VolumeClaim[];
  /** Secrets whose change must roll the pods. */
  readonly rollOn?: readonly pulumi.Input<string>[];
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly serviceAccountAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Access to the API server in its own namespace. @default none */
  readonly rules?: readonly PolicyRule[];
  /** Access to the API server in the whole cluster. @default none */
  readonly clusterRules?: readonly PolicyRule[];
}

export interface Rollout {
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
}

interface ServicePort {
  readonly port: number;
  /** Name of the container port. @default the port's own name */
  readonly targetPort?: string;
  readonly appProtocol?: string;
}

interface VolumeClaim {
  readonly name: string;
  readonly size: string;
  readonly mountPath: string;
}

/**
 * A long-running program with all that belongs to it: its controller, service account, configuration, Service,
 * disruption budget and, where it talks to the API server, its role.
 */
export class Workload extends PlatformComponent {
  readonly pods: PodSet;
  readonly controller: pulumi.CustomResource;
  private readonly args: WorkloadArgs;
  private readonly serviceName: string;

  constructor(name: string, args: WorkloadArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:workload:Workload", name, args, opts);
    this.args = args;
    this.serviceName = name;
    const kind = args.kind ?? "Deployment";
    const { namespace } = args;
    const selector = selectorLabels(name);
    const labels = objectLabels(name, args.component);
    this.pods = { name, namespace, labels: selector };
    const child = { parent: this };

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      name,
      {
        metadata: { name, namespace, labels, annotations: { ...args.serviceAccountAnnotations } },
        automountServiceAccountToken: false,
      },
      child,
    );
    const access = this.accessToApiServer(name, namespace, labels);

    const files = args.files && new ConfigFiles(name, { namespace, labels, files: args.files }, child);
    const [first, ...others] = args.containers;
    if (first === undefined)
      throw new pulumi.InputPropertyError({ propertyPath: "containers", reason: "a workload needs a container" });
    const spec = podSpec(
      {
        ...args,
        serviceAccountName: name,
        selector,
        spread: kind === "DaemonSet" ? undefined : kind === "Deployment" ? "deployment" : "statefulset",
        volumes: [...(files?.volumes ?? []), ...(args.volumes ?? [])],
        containers: [
          {
            ...first,
            volumeMounts: [
              ...(first.volumeMounts ?? []),
              ...(files?.volumeMounts ?? []),
              ...(args.claims ?? []).map((claim) => ({ name: claim.name, mountPath: claim.mountPath })),
            ],
          },
          ...others,
        ],
      },
      args.environment,
    );

    const template = { metadata: { labels, annotations: this.podAnnotations() }, spec };
    const metadata = { name, namespace, labels };
    const annotations = excepted(...POD_EXCEPTIONS, ...(this.isHeadless(kind) ? [] : ["statefulset-has-servicename" as const]));
    const dependsOn = [serviceAccount, ...access, ...(files ? [files.configMap] : [])];
    this.controller = this.createController(kind, name, { ...metadata, annotations }, selector, template, {
      ...child,
      dependsOn,
    });
    this.createService(kind, name, metadata, selector);
    if (kind !== "DaemonSet") this.createDisruptionBudget(name, metadata, selector);
    this.registerOutputs({});
  }

  /** The endpoint behind a port of the Service. */
  endpoint(port: string): Endpoint {
    const service = this.args.servicePorts?.[port];
    const podPort = this.args.containers.map((c) => c.ports?.[service?.targetPort ?? port]).find((p) => p !== undefined);
    if (service === undefined || podPort === undefined) {
      throw new pulumi.InputPropertyError({ propertyPath: "servicePorts", reason: `${this.serviceName} serves no port ${port}` });
    }
    return {
      name: `${this.serviceName}:${port}`,
      host: serviceHost(this.serviceName, this.args.namespace),
      port: service.port,
      podPort,
      target: { pods: this.pods },
    };
  }

  private podAnnotations(): pulumi.Input<Record<string, pulumi.Input<string>>> {
    const { podAnnotations, rollOn } = this.args;
    if (rollOn === undefined || rollOn.length === 0) return { ...podAnnotations };
    return { ...podAnnotations, "mes.platform/secrets": secretsChecksum(rollOn) };
  }

  private createController(
    kind: "Deployment" | "StatefulSet" | "DaemonSet",
    name: string,
    metadata: k8s.types.input.meta.v1.ObjectMeta,
    selector: Record<string, string>,
    template: k8s.types.input.core.v1.PodTemplateSpec,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource {
    const common = { selector: { matchLabels: selector }, template, revisionHistoryLimit: 3 };
    const options = { ...opts, customTimeouts: { create: "10m", update: "10m" } };
    if (kind === "DaemonSet") return new k8s.apps.v1.DaemonSet(name, { metadata, spec: common }, options);
    const replicas = this.args.replicas === undefined ? {} : { replicas: this.args.replicas };
    if (kind === "Deployment") {
      const rollingUpdate = { ...(this.args.rollout ?? { maxSurge: 1, maxUnavailable: 0 }) };
      const strategy = { type: "RollingUpdate", rollingUpdate };
      return new k8s.apps.v1.Deployment(name, { metadata, spec: { ...common, ...replicas, strategy } }, options);
    }
    const volumeClaimTemplates = (this.args.claims ?? []).map((claim) => ({
      metadata: { name: claim.name },
      spec: claimSpec(claim.size, this.args.environment.storageClass),
    }));
    const { namespace, component, replicas: count = 1 } = this.args;
    const claims = volumeClaimTemplates.flatMap(({ metadata: { name: template }, spec }) =>
      volumeClaims({ namespace, component, statefulSet: name, replicas: count, template, spec }, { parent: this }),
    );
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata,
        spec: { ...common, ...replicas, serviceName: name, podManagementPolicy: "Parallel", volumeClaimTemplates },
      },
      pulumi.mergeOptions(options, {
        dependsOn: claims,
        ignoreChanges: volumeClaimTemplates.map((_, index) => `spec.volumeClaimTemplates[${index}].${TEMPLATE_SIZE}`),
      }),
    );
  }

  private isHeadless(kind: WorkloadArgs["kind"]): boolean {
    return this.args.headless ?? kind === "StatefulSet";
  }

  private createService(
    kind: "Deployment" | "StatefulSet" | "DaemonSet",
    name: string,
    metadata: k8s.types.input.meta.v1.ObjectMeta,
    selector: Record<string, string>,
  ): void {
    const { servicePorts } = this.args;
    if (servicePorts === undefined) return;
    const ports = Object.entries(servicePorts).map(([portName, p]) => ({
      name: portName,
      port: p.port,
      targetPort: p.targetPort ?? portName,
      appProtocol: p.appProtocol,
    }));
    const headless = this.isHeadless(kind);
    const { internalTrafficPolicy } = this.args;
    const spec = { selector, ports, ...(headless ? { clusterIP: "None" } : {}), internalTrafficPolicy };
    new k8s.core.v1.Service(name, { metadata: { ...metadata, annotations: { ...NOT_AWAITED } }, spec }, { parent: this });
  }

  private createDisruptionBudget(
    name: string,
    metadata: k8s.types.input.meta.v1.ObjectMeta,
    selector: Record<string, string>,
  ): void {
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: oneAtATime(selector),
      },
      { parent: this },
    );
  }

  private accessToApiServer(name: string, namespace: string, labels: Record<string, string>): pulumi.Resource[] {
    const { rules, clusterRules } = this.args;
    const subjects = [{ kind: "ServiceAccount", name, namespace }];
    const apiGroup = "rbac.authorization.k8s.io";
    const child = { parent: this };
    const resources: pulumi.Resource[] = [];
    if (rules !== undefined) {
      const metadata = { name, namespace, labels };
      resources.push(
        new k8s.rbac.v1.Role(name, { metadata, rules: [...rules] }, child),
        new k8s.rbac.v1.RoleBinding(name, { metadata, subjects, roleRef: { apiGroup, kind: "Role", name } }, child),
      );
    }
    if (clusterRules !== undefined) {
      const metadata = { name: `${namespace}-${name}`, labels };
      resources.push(
        new k8s.rbac.v1.ClusterRole(name, { metadata, rules: [...clusterRules] }, child),
        new k8s.rbac.v1.ClusterRoleBinding(
          name,
          { metadata, subjects, roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name } },
          child,
        ),
      );
    }
    return resources;
  }
}

/** Changes when one of the secrets changes, and tells nothing of them. */
function secretsChecksum(secrets: readonly pulumi.Input<string>[]): pulumi.Output<string> {
  return pulumi.all([...secrets]).apply((values) => shortHash(values.join("\0")));
}
