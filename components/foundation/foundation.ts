import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PULL_SECRET } from "../images/resolve";
import { PlatformComponent, type Environment } from "../platform";
import { objectLabels } from "../objects/labels";
import type { NamespacesConfig } from "./config";
import { STACK_ANNOTATION, type Namespaces } from "./namespaces";
import type { PriorityClasses } from "./priorities";

export interface FoundationArgs {
  readonly environment: Environment;
  readonly quotas: NamespacesConfig["quotas"];
  /** Roles keep data in volumes of their own. @default false */
  readonly rolesKeepData?: boolean;
  /** Agents run on the nodes. @default true */
  readonly nodeAgents?: boolean;
}

/** Pod Security level of each namespace. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const POD_SECURITY: Readonly<Record<keyof Namespaces, "restricted" | "privileged">> = {
  apps: "restricted",
  data: "restricted",
  observability: "restricted",
  // Node agents read the host's /proc, /sys and log files.
  nodes: "privileged",
  operators: "restricted",
};

/** Namespaces with volumes: a namespace that is deleted takes them with it, whatever the options of the objects in it. */
const WITH_DATA: readonly (keyof Namespaces)[] = ["data", "observability"];

/** Higher is scheduled first and evicted last. System classes begin at 2,000,000,000. */
const PRIORITIES: Readonly<Record<keyof PriorityClasses, { value: number; description: string }>> = {
  data: { value: 900_000, description: "Database and broker: without them no order is accepted" },
  orders: { value: 800_000, description: "Roles on the path of an order" },
  platform: { value: 700_000, description: "Metrics, alerts and traces: needed most when things go wrong" },
  standard: { value: 500_000, description: "Everything else" },
};

/** Namespaces with Pod Security, quotas, limit ranges, priority classes and the registry's pull secret. */
export class Foundation extends PlatformComponent {
  readonly namespaces = new Map<string, pulumi.Resource>();
  /** What pods need before they can be admitted: priority classes and pull secrets. */
  readonly podPrerequisites: pulumi.Resource[] = [];

  constructor(name: string, args: FoundationArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:foundation:Foundation", name, args, opts);
    const { namespaces, priorityClasses } = args.environment;
    const child = { parent: this };

    for (const [key, className] of Object.entries(priorityClasses) as [keyof PriorityClasses, string][]) {
      const metadata = { name: className, labels: objectLabels(className, "foundation") };
      this.podPrerequisites.push(new k8s.scheduling.v1.PriorityClass(key, { metadata, ...PRIORITIES[key] }, child));
    }

    for (const [key, namespace] of Object.entries(namespaces) as [keyof Namespaces, string][]) {
      const level = key === "nodes" && args.nodeAgents === false ? "restricted" : POD_SECURITY[key];
      const labels = {
        ...objectLabels(namespace, "foundation"),
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/warn": level,
        "pod-security.kubernetes.io/audit": level,
      };
      const withData = WITH_DATA.includes(key) || (key === "apps" && args.rolesKeepData === true);
      const keep = args.environment.protectData && withData;
      const kept = { ...child, protect: keep, retainOnDelete: keep };
      const annotations = { [STACK_ANNOTATION]: args.environment.stack };
      const object = new k8s.core.v1.Namespace(key, { metadata: { name: namespace, labels, annotations } }, kept);
      this.namespaces.set(namespace, object);
      const inNamespace = { parent: this, dependsOn: object };
      this.createLimitRange(key, namespace, inNamespace);
      if (args.environment.images.pullCredentials !== undefined) {
        this.podPrerequisites.push(
          this.createPullSecret(key, namespace, args.environment.images.pullCredentials.reveal(), inNamespace),
        );
      }
    }
    for (const [key, quota] of Object.entries(args.quotas)) {
      const namespace = namespaces[key as keyof Namespaces];
      const hard = { "requests.cpu": quota.cpu, "requests.memory": quota.memory, pods: String(quota.pods) };
      const metadata = { name: "platform", namespace, labels: objectLabels("platform", "foundation") };
      new k8s.core.v1.ResourceQuota(
        key,
        { metadata, spec: { hard } },
        { parent: this, dependsOn: this.namespaces.get(namespace) ?? [] },
      );
    }
    this.registerOutputs({});
  }

  /** For pods that no component of ours declares (an operator's job, a debug pod): they too get requests and a limit. */
  private createLimitRange(key: string, namespace: string, opts: pulumi.CustomResourceOptions): void {
    const metadata = { name: "defaults", namespace, labels: objectLabels("defaults", "foundation") };
    const limits = [{ type: "Container", defaultRequest: { cpu: "50m", memory: "128Mi" }, default: { memory: "256Mi" } }];
    new k8s.core.v1.LimitRange(key, { metadata, spec: { limits } }, opts);
  }

  private createPullSecret(
    key: string,
    namespace: string,
    credentials: string,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    return new k8s.core.v1.Secret(
      `${key}-registry`,
      {
        metadata: { name: PULL_SECRET, namespace, labels: objectLabels(PULL_SECRET, "foundation") },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": pulumi.secret(credentials) },
      },
      opts,
    );
  }
}
