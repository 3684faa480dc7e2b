import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../network/connection";
import type { EnvVarSource, Volume, VolumeMount } from "./pod";

/**
 * All that a program needs to use a service of the platform: where it is, as whom, and what to put into its pod. A
 * service hands out bindings; a program takes them. The names of the variables are those of docs/app-contract.md.
 */
export interface Binding {
  readonly endpoints: readonly Endpoint[];
  readonly env: Readonly<Record<string, string | EnvVarSource>>;
  /** Values of the variables that are references to Secrets, for a file that has to hold one. @default none */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly volumes?: readonly Volume[];
  readonly volumeMounts?: readonly VolumeMount[];
  /** Secrets whose change must roll the pods. */
  readonly rollOn?: readonly pulumi.Input<string>[];
  /** For access by the identity of the service account, e.g. IRSA. */
  readonly serviceAccountAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A reference to a key of a Secret. */
export function fromSecret(name: string, key: string): EnvVarSource {
  return { secretKeyRef: { name, key } };
}
