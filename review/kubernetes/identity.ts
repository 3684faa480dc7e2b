import { textAt } from "./value";

/**
 * What a resource is in the cluster, whatever its URN: group, kind, namespace and name, e.g. `apps/Deployment mes/order-api`; the version of its
 * API is none of it. Undefined for what is no object of a cluster, and for what has no name of its own.
 * @param type as `kubernetes:apps/v1:Deployment`
 */
export function identityOf(type: string, inputs: unknown): string | undefined {
  const [, group, kind] = /^kubernetes:(?:([^/:]+)\/)?[^:]+:(\w+)$/.exec(type) ?? [];
  if (kind === undefined || kind.endsWith("Patch")) return undefined;
  const isRelease = group === "helm.sh";
  const name = isRelease ? textAt(inputs, "name") : textAt(inputs, "metadata", "name");
  const namespace = isRelease ? textAt(inputs, "namespace") : textAt(inputs, "metadata", "namespace");
  if (name === undefined) return undefined;
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  return `${group === undefined || group === "core" ? "" : `${group}/`}${kind} ${place}`;
}
