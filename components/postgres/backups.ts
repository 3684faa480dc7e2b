import type { IScheduledBackup } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup";
import * as pulumi from "@pulumi/pulumi";
import type { BucketAccess } from "../storage/access";
import type { BucketUser } from "../storage/users";
import type { Environment } from "../platform";
import { parseCpu } from "../schema";
import type { PostgresConfig } from "./config";

/** Name of the plugin, and of the ObjectStore that it archives to. */
export const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";
export const BACKUP_STORE = "postgres-backups";
/** The ObjectStore that a restore reads, where it is another bucket. */
export const ORIGIN_STORE = "postgres-origin";

interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** The fields of barman-cloud's custom resource that are used here, plugin-barman-cloud 0.13. */
export interface ObjectStore {
  readonly apiVersion: "barmancloud.cnpg.io/v1";
  readonly kind: "ObjectStore";
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly spec: {
    readonly configuration: {
      readonly destinationPath: string;
      readonly endpointURL?: string;
      readonly endpointCA?: SecretKey;
      readonly s3Credentials:
        { readonly inheritFromIAMRole: true } | { readonly accessKeyId: SecretKey; readonly secretAccessKey: SecretKey };
      readonly data?: { readonly compression?: "gzip"; readonly jobs?: number };
      readonly wal?: { readonly compression?: "gzip"; readonly maxParallel?: number };
    };
    /** Days, e.g. `30d`. */
    readonly retentionPolicy?: string;
    readonly instanceSidecarConfiguration?: {
      readonly env?: { readonly name: string; readonly value: string }[];
      readonly resources?: {
        readonly requests: { readonly cpu: string; readonly memory: string };
        readonly limits: { readonly memory: string };
      };
    };
  };
}

/** The database as a user of the object store: `storage` gives it access to its bucket and to nothing else. */
export function backupBucketUsers(environment: Environment, config: PostgresConfig): BucketUser[] {
  if (!config.backups.enabled) return [];
  const { data } = environment.namespaces;
  // The operator names the service account of the instances after the Cluster.
  return [{ name: "postgres", namespace: data, serviceAccount: config.name, buckets: { backups: "readwrite" } }];
}

/** Six fields, the first of them seconds, as the operator's schedules have: `0 2 * * *` → `0 0 2 * * *`. */
export function scheduleWithSeconds(cron: string): string {
  return cron.startsWith("@") ? cron : `0 ${cron}`;
}

/** When base backups are taken, and from where. */
export function scheduleSpec(config: PostgresConfig): IScheduledBackup["spec"] {
  return {
    cluster: { name: config.name },
    schedule: scheduleWithSeconds(config.backups.schedule),
    // Without a first backup there is nothing that the archived WAL could be replayed on.
    immediate: true,
    method: "plugin",
    pluginConfiguration: { name: BARMAN_PLUGIN },
    // Reading the whole database is work that the primary has no time for.
    target: "prefer-standby",
    backupOwnerReference: "none",
  };
}

/** Where backups go, and how. */
export function backupStoreSpec(access: BucketAccess, { backups, resources }: Pick<PostgresConfig, "backups" | "resources">) {
  const { cpu, memory } = backups.sidecar;
  return {
    configuration: {
      ...bucketConfiguration(access, access.bucket),
      data: { compression: "gzip" as const, jobs: 2 },
      wal: { compression: "gzip" as const, maxParallel: parallelSegments(resources.cpu) },
    },
    retentionPolicy: `${backups.retentionDays}d`,
    instanceSidecarConfiguration: {
      env: sidecarEnvironment(access),
      resources: { requests: { cpu, memory }, limits: { memory } },
    },
  };
}

/**
 * How many segments of the WAL are archived at once, or fetched by a replica. One at a time falls behind as soon as orders come fast;
 * but each is a process that takes a core for about a second, and where there are fewer cores than that, a replica that asks the archive for
 * what is not there yet takes long to follow a new primary.
 */
function parallelSegments(cpu: string): number {
  return Math.min(4, Math.max(1, Math.floor(parseCpu(cpu))));
}

/** Another bucket that a restore reads with the same access. */
export function originStoreSpec(access: BucketAccess, bucket: string) {
  return { configuration: bucketConfiguration(access, bucket) };
}

function bucketConfiguration(access: BucketAccess, bucket: pulumi.Input<string>) {
  const { credentials } = access;
  return {
    destinationPath: pulumi.interpolate`s3://${bucket}/`,
    endpointURL: access.endpointUrl,
    endpointCA: access.caSecretName === undefined ? undefined : { name: access.caSecretName, key: "ca.crt" },
    s3Credentials:
      credentials === undefined
        ? { inheritFromIAMRole: true as const }
        : {
            accessKeyId: { name: credentials.secretName, key: credentials.accessKeyIdKey },
            secretAccessKey: { name: credentials.secretName, key: credentials.secretAccessKeyKey },
          },
  };
}

function sidecarEnvironment(access: BucketAccess): { name: string; value: string }[] {
  const region = [{ name: "AWS_DEFAULT_REGION", value: access.region }];
  if (access.endpointUrl === undefined) return region;
  // Stores other than Amazon's refuse the checksums that newer SDKs add to every request.
  // Source: https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/#s3-compatible-storage-providers
  return [
    ...region,
    { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
    { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
  ];
}
