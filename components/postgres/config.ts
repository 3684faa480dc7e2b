import { z } from "zod";
import {
  alternatives,
  bucketName,
  bytes,
  cpu,
  cron,
  dnsLabel,
  duration,
  labels,
  literal,
  objectName,
  parseBytes,
  positiveDuration,
  rule,
  toleration,
} from "../schema";
import { RESERVED_CONNECTIONS, serverConnectionsOf } from "./budget";
import { nameOfDatabase } from "./database";
import { existingPostgresConfig } from "./existing/config";
import { parameterProblem } from "./parameters";

const fixedResources = z.strictObject({
  cpu: cpu.describe("CPU request and limit of one pod"),
  memory: bytes.describe("memory request and limit of one pod"),
});

const volume = z.strictObject({
  size: bytes.describe("size of the volume of each instance; it can grow and never shrink"),
  storageClass: objectName.optional().describe("storage class; default: the cluster's"),
});

const pooler = z.strictObject({
  instances: z.int().min(1).default(1).describe("pods of PgBouncer"),
  poolSize: z.int().min(1).default(10).describe("connections to the database for one user, per pod (default_pool_size)"),
  serverConnections: z
    .int()
    .min(1)
    .default(20)
    .describe("connections to the database for all users together, per pod (max_db_connections)"),
  maxClients: z.int().min(10).default(1000).describe("connections that one pod accepts from programs (max_client_conn)"),
  queryWait: duration.default("30s").describe("how long a program may wait for a connection before it gets an error"),
  resources: fixedResources.prefault({ cpu: "100m", memory: "128Mi" }).describe("resources of one pod"),
});
export type PoolerConfig = z.infer<typeof pooler>;

/** Recovery of the sidecar's own manual: less than this and a backup of a large database is killed. */
const SIDECAR_MEMORY = "512Mi";

const backups = z.strictObject({
  enabled: z.boolean().default(true).describe("archive the WAL and take base backups into the bucket `backups`"),
  schedule: cron.default("0 2 * * *").describe("when a base backup is taken (five fields, UTC)"),
  retentionDays: z.int().min(1).max(3650).default(30).describe("how far back the database can be restored, in days"),
  maxAge: positiveDuration.default("26h").describe("alert when the newest backup is older; longer than the schedule's interval"),
  sidecar: z
    .strictObject({
      cpu: cpu.default("100m").describe("CPU request of the sidecar"),
      memory: bytes.default(SIDECAR_MEMORY).describe("memory request and limit of the sidecar"),
    })
    .prefault({})
    .describe("resources of the container beside every instance that writes to the bucket"),
});

const restore = z.strictObject({
  from: z
    .strictObject({
      serverName: dnsLabel.describe("folder in the bucket: the name of the Cluster that wrote the backups"),
      bucket: bucketName
        .optional()
        .describe("another bucket, which the database's own access can read; default: the bucket `backups`"),
      backupId: literal.optional().describe("base backup to start from; default: the newest before the target"),
    })
    .describe("the backups to start from"),
  targetTime: z.iso
    .datetime({ offset: true, error: "expected a time with its zone, e.g. 2026-11-20T08:15:00Z" })
    .optional()
    .describe("replay the WAL up to this moment; default: to its end"),
});

/** The database of the MES. */
export const postgresConfig = z
  .strictObject({
    name: dnsLabel
      .max(40)
      .default("postgres")
      .describe("name of the Cluster; a restore gets a new name and leaves the old Cluster as it is"),
    database: nameOfDatabase.default("mes").describe("name of the database"),
    instances: z.int().min(1).max(9).default(1).describe("one primary and its replicas"),
    synchronousReplicas: z
      .int()
      .min(0)
      .default(0)
      .describe("replicas that must have a change before it counts as written; 0: a lost primary may lose the last changes"),
    resources: fixedResources.describe("resources of one instance: requests equal limits, so that it is evicted last"),
    storage: volume.describe("volume of the data"),
    walStorage: volume.describe("volume of the write-ahead log, apart so that a full one cannot corrupt the other"),
    maxConnections: z.int().min(20).max(5000).default(100).describe("connections that one instance takes"),
    statementTimeout: duration.default("30s").describe("statements of programs that take longer are cancelled"),
    parameters: z
      .record(z.string().regex(/^[a-z_][a-z0-9_.]*$/, "expected the name of a parameter of Postgres"), z.string())
      .default({})
      .describe("parameters of Postgres in place of those derived from the resources"),
    poolers: z
      .strictObject({
        rw: pooler.prefault({}).describe("to the primary: programs that write"),
        ro: pooler.prefault({}).describe("to the replicas: programs that only read"),
      })
      .prefault({})
      .describe("connection poolers (PgBouncer, transaction mode) between the programs and the database"),
    backups: backups.prefault({}).describe("continuous backup to the object store"),
    restore: restore.optional().describe("start as a copy of a backup; see docs/operations/postgres.md"),
    rotation: z.string().min(1).default("1").describe("change it to give every user a new password"),
    nodeSelector: labels.default({}).describe("labels of the nodes that instances run on"),
    tolerations: z.array(toleration).default([]).describe("taints of nodes that instances tolerate"),
  })
  .check(
    rule((config, context) => {
      const { instances, synchronousReplicas, poolers, backups: backup } = config;
      const issue = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
      if (synchronousReplicas > 0 && instances < synchronousReplicas + 2) {
        issue(
          ["synchronousReplicas"],
          `every restart of a replica would stop all writes: with ${instances} instances at most ${Math.max(0, instances - 2)}, or at least ${synchronousReplicas + 2} instances`,
        );
      }
      for (const [name, { poolSize, serverConnections }] of Object.entries(poolers)) {
        if (poolSize > serverConnections)
          issue(["poolers", name, "poolSize"], `must be at most serverConnections (${serverConnections})`);
      }
      const needed = serverConnectionsOf(poolers) + RESERVED_CONNECTIONS;
      if (needed > config.maxConnections) {
        issue(
          ["maxConnections"],
          `the poolers may open ${needed - RESERVED_CONNECTIONS} connections and ${RESERVED_CONNECTIONS} are kept for replicas, exporter and people: expected at least ${needed}`,
        );
      }
      if (parseBytes(config.resources.memory) < parseBytes("256Mi")) issue(["resources", "memory"], "expected at least 256Mi");
      if (parseBytes(config.walStorage.size) < parseBytes("1Gi")) issue(["walStorage", "size"], "expected at least 1Gi");
      if (backup.enabled && parseBytes(backup.sidecar.memory) < parseBytes(SIDECAR_MEMORY))
        issue(["backups", "sidecar", "memory"], `expected at least ${SIDECAR_MEMORY}`);
      if (config.restore !== undefined) {
        if (!backup.enabled) issue(["restore"], "needs backups.enabled: the backup is read through the same access");
        if (config.restore.from.bucket === undefined && config.restore.from.serverName === config.name)
          issue(
            ["name"],
            "must differ from restore.from.serverName: the copy would write its WAL over the backup it is made from",
          );
      }
      for (const [parameter, value] of Object.entries(config.parameters)) {
        const problem = parameterProblem(parameter, value);
        if (problem !== undefined) issue(["parameters", parameter], problem);
      }
    }),
  )
  .describe("The database: CloudNativePG cluster, poolers, backups");

export type PostgresConfig = z.infer<typeof postgresConfig>;

/** The database of the stack: its own, or one that is there already. */
export const databaseConfig = alternatives("existing", existingPostgresConfig, postgresConfig).describe(
  "The database: CloudNativePG cluster, poolers, backups; or, with `existing`, one that is there already",
);

export type DatabaseConfig = z.infer<typeof databaseConfig>;

/** The database's own settings, where it is the platform's; nothing where there is none, or one that is somebody else's. */
export function ownDatabase(config: DatabaseConfig | undefined): PostgresConfig | undefined {
  return config === undefined || "existing" in config ? undefined : config;
}
