import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../../objects/labels";
import { shortHash } from "../../objects/short-hash";
import type { Environment } from "../../platform";
import type { Volume, VolumeMount } from "../../workload/pod";
import type { RoleConfig } from "../config";
import type { RoleVolume } from "./image-config";

const COMPONENT = "mes";

/** Name of the volume at a path: `/var/lib/mes` → `at-var-lib-mes`. */
function volumeName(path: string): string {
  const words = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const plain = /^(?:\/[a-z0-9]+)+$/.test(path) && words.length <= 50;
  return plain ? `at-${words}` : `at-${words.slice(0, 40).replace(/-$/, "")}-${shortHash(path)}`;
}

/** Name of the claim of a volume that is made with the role. */
function claimName(role: string, path: string): string {
  return `${role}-${volumeName(path)}`;
}

/** What a role mounts at the paths that it names. */
export function roleVolumes(name: string, { volumes }: RoleConfig): { volumes: Volume[]; volumeMounts: VolumeMount[] } {
  const entries = Object.entries(volumes);
  return {
    volumes: entries.map(([path, volume]) => ({ name: volumeName(path), ...sourceOf(volume, claimName(name, path)) })),
    volumeMounts: entries.map(([path, { key, secret, configMap, readOnly }]) => ({
      name: volumeName(path),
      mountPath: path,
      ...(key === undefined ? {} : { subPath: key }),
      ...(readOnly || secret !== undefined || configMap !== undefined ? { readOnly: true } : {}),
    })),
  };
}

function sourceOf({ secret, configMap, claim, key, readOnly }: RoleVolume, made: string): Omit<Volume, "name"> {
  const items = key === undefined ? {} : { items: [{ key, path: key }] };
  if (secret !== undefined) return { secret: { secretName: secret, ...items } };
  if (configMap !== undefined) return { configMap: { name: configMap, ...items } };
  return { persistentVolumeClaim: { claimName: claim ?? made, ...(readOnly ? { readOnly: true } : {}) } };
}

/** Claims of the volumes that are made with a role. They hold data, and outlive the stack where it protects its data. */
export function roleClaims(
  name: string,
  { volumes }: RoleConfig,
  { namespaces, storageClass, protectData }: Environment,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(volumes).flatMap(([path, volume]) => {
    if (volume.size === undefined) return [];
    const claim = claimName(name, path);
    const metadata = {
      name: claim,
      namespace: namespaces.apps,
      labels: objectLabels(name, COMPONENT),
      // Many classes make a volume only for a pod that wants it.
      annotations: { "pulumi.com/skipAwait": "true" },
    };
    const spec = {
      accessModes: [volume.shared ? "ReadWriteMany" : "ReadWriteOnce"],
      storageClassName: volume.storageClass ?? storageClass,
      resources: { requests: { storage: volume.size } },
    };
    const kept = { ...opts, protect: protectData, retainOnDelete: protectData };
    return [new k8s.core.v1.PersistentVolumeClaim(claim, { metadata, spec }, kept)];
  });
}

/** Whether any role keeps data in volumes that are made with it. */
export function keepsData(roles: Readonly<Record<string, RoleConfig>>): boolean {
  return Object.values(roles).some((role) => role.enabled && Object.values(role.volumes).some(({ size }) => size !== undefined));
}
