import * as pulumi from "@pulumi/pulumi";
import type { Binding } from "../../workload/binding";
import type { Volume, VolumeMount } from "../../workload/pod";
import type { RoleConfig } from "../config";
import { usesBroker, usesStorage } from "../users";

/** How the services hand themselves to a role, by the role's name. A service that this stack does not have may be absent. */
export interface MesBindings {
  readonly database?: (role: string) => Binding;
  readonly broker?: (role: string) => Binding;
  readonly storage?: (role: string) => Binding;
  readonly cache?: (role: string) => Binding;
  /** @default no traces are sent */
  readonly tracing?: Binding;
}

/** The bindings of all services that a role says it uses, as one. */
export function bindingOf(name: string, role: RoleConfig, bindings: MesBindings): Required<Binding> {
  const service = (used: boolean, kind: "database" | "broker" | "storage" | "cache"): Binding[] => {
    if (!used) return [];
    const bind = bindings[kind];
    if (bind === undefined)
      throw new pulumi.InputPropertyError({ propertyPath: `bindings.${kind}`, reason: `the role ${name} uses the ${kind}` });
    return [bind(name)];
  };
  return merged([
    ...service(role.database !== undefined, "database"),
    ...service(usesBroker(role), "broker"),
    ...service(usesStorage(role), "storage"),
    ...service(role.cache, "cache"),
    ...(bindings.tracing === undefined ? [] : [bindings.tracing]),
  ]);
}

/** Several services bring the same CA certificate: one volume is enough. */
function merged(bindings: readonly Binding[]): Required<Binding> {
  return {
    endpoints: bindings.flatMap(({ endpoints }) => endpoints),
    env: Object.assign({}, ...bindings.map(({ env }) => env)) as Binding["env"],
    secrets: Object.assign({}, ...bindings.map(({ secrets }) => secrets)) as Required<Binding>["secrets"],
    volumes: uniqueBy(
      bindings.flatMap(({ volumes }) => volumes ?? []),
      ({ name }: Volume) => name,
    ),
    volumeMounts: uniqueBy(
      bindings.flatMap(({ volumeMounts }) => volumeMounts ?? []),
      ({ mountPath }: VolumeMount) => mountPath,
    ),
    rollOn: bindings.flatMap(({ rollOn }) => rollOn ?? []),
    serviceAccountAnnotations: Object.assign(
      {},
      ...bindings.map(({ serviceAccountAnnotations }) => serviceAccountAnnotations),
    ) as Required<Binding>["serviceAccountAnnotations"],
  };
}

function uniqueBy<T>(values: readonly T[], key: (value: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return values.filter((value) => !seen.has(key(value)) && seen.add(key(value)));
}
