import type { Plan, Resource } from "../plan/plan";
import { recordAt, textAt, textsAt, type Json } from "./value";

/** A Kubernetes object among the resources of a plan. */
export interface KubeObject {
  readonly resource: Resource;
  /** API group, e.g. `apps`; empty for the core group. */
  readonly group: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Json;
}

/** The object that a resource stands for; undefined for components, providers, Helm releases, patches and other clouds' resources. */
export function kubeObject(resource: Resource): KubeObject | undefined {
  return resource.type.endsWith("Patch") ? undefined : appliedObject(resource);
}

/** The object that a resource applies, which a patch shares with whoever else makes it. */
export function appliedObject(resource: Resource): KubeObject | undefined {
  if (!resource.custom || !resource.type.startsWith("kubernetes:")) return undefined;
  const apiVersion = textAt(resource.inputs, "apiVersion");
  const kind = textAt(resource.inputs, "kind");
  if (apiVersion === undefined || kind === undefined) return undefined;
  return {
    resource,
    group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    apiVersion,
    kind,
    name: textAt(resource.inputs, "metadata", "name") ?? resource.name,
    namespace: textAt(resource.inputs, "metadata", "namespace") ?? "",
    labels: textsAt(resource.inputs, "metadata", "labels"),
    annotations: textsAt(resource.inputs, "metadata", "annotations"),
    spec: recordAt(resource.inputs, "spec"),
  };
}

export function kubeObjects(plan: Plan): KubeObject[] {
  return plan.resources.map(kubeObject).filter((object) => object !== undefined);
}

/** `Deployment mes/order-api`, as people name it. */
export function title(object: Pick<KubeObject, "kind" | "namespace" | "name">): string {
  return object.namespace === "" ? `${object.kind} ${object.name}` : `${object.kind} ${object.namespace}/${object.name}`;
}
