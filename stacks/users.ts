import { lokiBucketUser } from "../components/logging/endpoints";
import { bucketUsers } from "../components/mes/users";
import type { Environment } from "../components/platform";
import { backupBucketUsers } from "../components/postgres/backups";
import { ownDatabase } from "../components/postgres/config";
import type { BucketUser } from "../components/storage/users";
import type { StackConfig } from "./config/schema";

/** Everybody who uses the object store: roles of the MES, the database's backups, Loki. */
export function objectStoreUsers(config: StackConfig, environment: Environment): BucketUser[] {
  const postgres = ownDatabase(config.postgres);
  return [
    ...bucketUsers(config.roles, environment),
    ...(postgres === undefined ? [] : backupBucketUsers(environment, postgres)),
    ...(keepsLogsInBucket(config) ? [lokiBucketUser(environment)] : []),
  ];
}

export function keepsLogsInBucket({ logging }: StackConfig): boolean {
  return logging.enabled && logging.storage.kind === "bucket";
}
