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
}

const POD_KINDS = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

/**
 * Orders every object after its namespace, every controller of pods after what pods need, and every custom resource
 * after its operator, so that no component has to remember it.
 */
export function after(prerequisites: Prerequisites): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:")) return undefined;
    const object = props as KubernetesObject;
    const namespace = typeof object.metadata?.namespace === "string" ? object.metadata.namespace : "";
    const kind = type.split(":").at(-1) ?? "";
    const group = /^kubernetes:([^/]+\.[^/]+)\//.exec(type)?.[1] ?? "";
    const needed = [
      prerequisites.namespaces.get(namespace),
      ...(POD_KINDS.includes(kind) ? prerequisites.pods : []),
      prerequisites.apiGroups.get(group),
    ].filter((resource) => resource !== undefined);
    if (needed.length === 0) return undefined;
    return { props, opts: pulumi.mergeOptions(opts, { dependsOn: needed }) };
  };
}
