import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../cluster/resources";

/** Kinds whose pods are told to be none by this field of theirs. */
const REPLICATED = ["Deployment", "StatefulSet", "Prometheus", "Alertmanager"];

/**
 * Leaves out the pods of a namespace for which there are no images: their controllers want none, and nobody waits for a pod behind
 * their Services. To be called by a program before it declares anything.
 */
export function parkPodsOf(namespace: string): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const { kind, metadata, spec } = props as Partial<KubernetesObject> & { spec?: object };
    if (!type.startsWith("kubernetes:") || metadata?.namespace !== namespace) return undefined;
    if (REPLICATED.includes(kind ?? "")) {
      return { props: { ...props, spec: pulumi.output(spec).apply((declared) => ({ ...declared, replicas: 0 })) }, opts };
    }
    if (kind !== "Service") return undefined;
    const annotations = { ...metadata.annotations, "pulumi.com/skipAwait": "true" };
    return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
  });
}
