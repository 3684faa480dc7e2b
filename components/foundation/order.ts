import * as pulumi from "@pulumi/pulumi";

/** What must exist before other objects can: by namespace, for pods, and by API group of a custom resource. */
export interface Prerequisites {
  readonly namespaces: ReadonlyMap<string, pulumi.Resource>;
  /** What an admitted pod needs: priority classes, pull secrets. */
  readonly pods: readonly pulumi.Resource[];
  /**
   * The certificate of the platform's CA, by the namespace whose pods may mount it: a pod that comes before it waits longer than it takes, since
   * the kubelet retries at growing intervals.
   */
  readonly trusted: ReadonlyMap<string, pulumi.Resource>;
  /** The operator that brings the definition of a custom resource, by API group as `postgresql.cnpg.io`. */
  readonly apiGroups: ReadonlyMap<string, pulumi.Resource>;
}

interface KubernetesObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly namespace?: unknown };
  /** Where a Helm release has it. */
  readonly namespace?: unknown;
}

const POD_KINDS = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Release"];

/**
 * Orders every object after its namespace, every controller of pods after what pods need, and every custom resource
 * after its operator, so that no component has to remember it.
 */
export function after(prerequisites: Prerequisites): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:")) return undefined;
    const object = props as KubernetesObject;
    const namespace = object.metadata?.namespace ?? object.namespace;
    const kind = type.split(":").at(-1) ?? "";
    const group = /^kubernetes:([^/]+\.[^/]+)\//.exec(type)?.[1] ?? "";
    const ofNamespace = (resources: ReadonlyMap<string, pulumi.Resource>) =>
      typeof namespace === "string" ? resources.get(namespace) : undefined;
    const needed = [
      ofNamespace(prerequisites.namespaces),
      ...(POD_KINDS.includes(kind) ? [...prerequisites.pods, ofNamespace(prerequisites.trusted)] : []),
      prerequisites.apiGroups.get(group),
    ].filter((resource) => resource !== undefined);
    if (needed.length === 0) return undefined;
    return { props, opts: pulumi.mergeOptions(opts, { dependsOn: needed }) };
  };
}
