import type { Inventory } from "../inventory";
import type { KubeObject } from "../objects";
import type { PodGroup } from "../pods";

/** An object that an operator makes, or that Kubernetes itself puts there. */
export interface MadeObject {
  readonly kind: "Secret" | "ConfigMap" | "Service" | "ServiceAccount";
  readonly namespace: string;
  readonly name: string;
  /** The custom resource that it is made of. */
  readonly by: KubeObject;
  /** Keys of a Secret. @default not known */
  readonly keys?: readonly string[];
}

/** What an operator makes of one kind of custom resource, as far as the rules need to know. */
export interface OperatorModel {
  readonly group: string;
  readonly kind: string;
  readonly pods?: (object: KubeObject, inventory: Pick<Inventory, "find">) => PodGroup[];
  readonly makes?: (object: KubeObject) => MadeObject[];
}

/** A Secret, all of whose keys are known. */
export function secretWith(object: KubeObject, name: string, keys: readonly string[]): MadeObject {
  return { kind: "Secret", namespace: object.namespace, name, by: object, keys };
}

/** The same kind of object under several names in the namespace of its custom resource. */
export function made(object: KubeObject, kind: MadeObject["kind"], ...names: readonly string[]): MadeObject[] {
  return names.map((name) => ({ kind, namespace: object.namespace, name, by: object }));
}
