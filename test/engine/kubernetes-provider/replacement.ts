import type { KubernetesObject } from "../../cluster/resources";

/**
 * Fields that the plug-in `kubernetes` makes a new object for, because an API server refuses to change them.
 * Source: forceNewProperties of pulumi-kubernetes v4.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "apps/v1 Deployment": ["spec.selector"],
  "apps/v1 DaemonSet": ["spec.selector"],
  "apps/v1 StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1 Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1 RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/v1 StorageClass": ["parameters", "provisioner"],
  "v1 PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "v1 ResourceQuota": ["spec.scopes"],
  "v1 Service": ["spec.clusterIP"],
};

const IDENTITY = ["metadata.name", "metadata.namespace"];

export interface Mutability {
  /** The provider's `enableConfigMapMutable` and `enableSecretMutable`. */
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/** Those of the changed paths that need a new object. */
export function replacing(wanted: KubernetesObject, changes: readonly string[], mutable: Mutability): string[] {
  const fields = [...IDENTITY, ...(FIELDS[`${wanted.apiVersion} ${wanted.kind}`] ?? []), ...contentFields(wanted, mutable)];
  return changes.filter((path) =>
    fields.some((field) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)),
  );
}

function contentFields(wanted: KubernetesObject, mutable: Mutability): string[] {
  if (wanted.apiVersion !== "v1") return [];
  if (wanted.kind === "ConfigMap") return mutable.configMaps && wanted.immutable !== true ? [] : ["data", "binaryData"];
  if (wanted.kind === "Secret") return mutable.secrets && wanted.immutable !== true ? ["type"] : ["data", "stringData", "type"];
  return [];
}
