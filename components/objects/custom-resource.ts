import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A typed custom resource, as the packages `@kubernetes-models/*` describe them. */
interface CustomObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: object;
}

/** `T` in which every value may also be an Output. */
type DeepInput<T> = pulumi.Input<
  T extends (infer E)[] ? DeepInput<E>[] : T extends object ? { [K in keyof T]: DeepInput<T[K]> } : T
>;

type Typed<T> = { [K in keyof T]: K extends "apiVersion" | "kind" ? T[K] : DeepInput<T[K]> };

/**
 * A custom resource with its type checked: `customResource<ICluster>("postgres", {apiVersion, kind, metadata, spec}, opts)`.
 * Wherever its operator must be there first, name the operator in `dependsOn`.
 */
export function customResource<T extends CustomObject>(
  name: string,
  object: Typed<T>,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(name, object as unknown as k8s.apiextensions.CustomResourceArgs, opts);
}
