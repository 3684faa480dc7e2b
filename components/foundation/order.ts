import * as pulumi from "@pulumi/pulumi";

/** What must exist before other objects can: by namespace, for pods, and by API group of a custom resource. */
export interface Prerequisites {
  readonly namespaces: ReadonlyMap<string, pulumi.Resource>;
  /** What an admitted pod needs: priority classes, pull secrets. */
  readonly pods: readonly pulumi.Resource[];
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
    const needed = [
      typeof namespace === "string" ? prerequisites.namespaces.get(namespace) : undefined,
      ...(POD_KINDS.includes(kind) ? prerequisites.pods : []),
      prerequisites.apiGroups.get(group),
    ].filter((resource) => resource !== undefined);
    if (needed.length === 0) return undefined;
    return { props, opts: pulumi.mergeOptions(opts, { dependsOn: needed }) };
  };
}
