import type { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import type { IDatabase } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database";
import { imageOf, pullSecretReferences } from "./images";
import type { Environment } from "../platform";
import { acrossZones } from "../workload/spread";
import { BACKUP_STORE, BARMAN_PLUGIN, ORIGIN_STORE } from "./backups";
import { podTolerations } from "../schema";
import type { PostgresConfig } from "./config";
import { DATABASE_LABEL } from "./endpoints";
import { OWNER_SECRET } from "./names";
import { managedRoles, OWNER } from "./roles";
import { tunedParameters } from "./tuning";
import type { DatabaseUser } from "./users";

type ClusterSpec = ICluster["spec"];

/**
 * Queries that come with the operator, which copies them into the namespace of the Cluster.
 * Source: https://github.com/cloudnative-pg/cloudnative-pg/blob/v1.30.1/api/v1/cluster_defaults.go
 */
const DEFAULT_QUERIES = { name: "cnpg-default-monitoring", key: "queries" };

/** Name of the external cluster that a restore starts from. */
const ORIGIN = "origin";

export interface ClusterSpecArgs {
  readonly environment: Environment;
  readonly config: PostgresConfig;
  readonly users: readonly DatabaseUser[];
  /** Whether there is a bucket to archive to. */
  readonly archive: boolean;
  /** Secret with the server's certificate and its CA's. */
  readonly certificateSecret: string;
  readonly queries: { readonly name: string; readonly key: string };
}

/** The Cluster, but for what only a real run knows (the annotations of its service account). */
export function clusterSpec(args: ClusterSpecArgs): ClusterSpec {
  const { environment, config } = args;
  const { cpu, memory } = config.resources;
  const several = config.instances > 1;
  const storageClass = (own: string | undefined) => own ?? environment.storageClass;
  return {
    description: "Database of the MES",
    instances: config.instances,
    ...imageOf(environment, "postgres"),
    imagePullSecrets: pullSecretReferences(environment),
    inheritedMetadata: { labels: { [DATABASE_LABEL]: config.name } },
    priorityClassName: environment.priorityClasses.data,
    affinity: {
      enablePodAntiAffinity: several,
      topologyKey: "kubernetes.io/hostname",
      // Two instances on one node are lost together.
      podAntiAffinityType: several ? "required" : "preferred",
      nodeSelector: { ...config.nodeSelector },
      tolerations: podTolerations(config.tolerations),
    },
    topologySpreadConstraints: zoneSpread(environment, config),
    // Equal requests and limits: the pods are of class Guaranteed, evicted after all others and never throttled by them.
    resources: { requests: { cpu, memory }, limits: { cpu, memory } },
    storage: { size: config.storage.size, storageClass: storageClass(config.storage.storageClass) },
    walStorage: { size: config.walStorage.size, storageClass: storageClass(config.walStorage.storageClass) },
    // One instance: a budget would only block the drain of its node for ever.
    enablePDB: several,
    enableSuperuserAccess: false,
    primaryUpdateStrategy: "unsupervised",
    // The replicas are updated first, then one of them takes over: seconds without a primary instead of its whole restart.
    primaryUpdateMethod: "switchover",
    // How long an old primary may take to hand over: with synchronous replicas nothing is lost when it is cut short, and an
    // hour (the default) would be an hour without orders.
    switchoverDelay: 60,
    // Poolers hold their connections for ever: waiting for them to leave (the default is three minutes) only costs time.
    smartShutdownTimeout: 10,
    stopDelay: 300,
    // Asked every ten seconds (the default), an instance that was started is ready ten to twenty seconds late, one after the other.
    probes: { startup: { periodSeconds: 2 } },
    postgresql: {
      parameters: {
        ...tunedParameters({ memory, maxConnections: config.maxConnections, walSize: config.walStorage.size }),
        ...config.parameters,
      },
      // Read before the operator's own last line, which would take passwords over a connection without TLS.
      pg_hba: ["hostnossl all all all reject"],
      synchronous: synchronous(config),
    },
    certificates: { serverTLSSecret: args.certificateSecret, serverCASecret: args.certificateSecret },
    bootstrap: bootstrap(config),
    externalClusters: config.restore === undefined ? undefined : [origin(config.restore)],
    managed: { roles: managedRoles(args.users) },
    // The operator's own come first: left out, its webhook adds them, and every preview would take them away again.
    monitoring: { customQueriesConfigMap: [DEFAULT_QUERIES, args.queries] },
    plugins: args.archive
      ? [{ name: BARMAN_PLUGIN, isWALArchiver: true, parameters: { barmanObjectName: BACKUP_STORE, serverName: config.name } }]
      : undefined,
  };
}

/**
 * A commit is acknowledged once a quorum of replicas has it, and a replica is promoted only if it must have every
 * acknowledged commit: no order that was confirmed is lost with the primary.
 * Source: https://cloudnative-pg.io/documentation/1.30/failover/#failover-quorum-quorum-based-failover
 */
function synchronous(config: PostgresConfig): NonNullable<ClusterSpec["postgresql"]>["synchronous"] {
  if (config.synchronousReplicas === 0) return undefined;
  return { method: "any", number: config.synchronousReplicas, dataDurability: "required", failoverQuorum: true };
}

function zoneSpread(environment: Environment, config: PostgresConfig): ClusterSpec["topologySpreadConstraints"] {
  if (config.instances < 2 || environment.zones.length < 2) return undefined;
  return [acrossZones({ labels: { "cnpg.io/cluster": config.name, "cnpg.io/podRole": "instance" } })];
}

function bootstrap(config: PostgresConfig): ClusterSpec["bootstrap"] {
  const application = { database: config.database, owner: OWNER, secret: { name: OWNER_SECRET } };
  if (config.restore === undefined) {
    return {
      initdb: {
        ...application,
        dataChecksums: true,
        encoding: "UTF8",
        // Sorts by code point whatever the image's C library says: a new image never silently breaks an index.
        localeProvider: "builtin",
        builtinLocale: "C.UTF-8",
        localeCollate: "C.UTF-8",
        localeCType: "C.UTF-8",
      },
    };
  }
  const { targetTime, from } = config.restore;
  const target = { targetTime: targetTime, backupID: from.backupId };
  const any = Object.values(target).some((value) => value !== undefined);
  return { recovery: { ...application, source: ORIGIN, recoveryTarget: any ? target : undefined } };
}

function origin(restore: NonNullable<PostgresConfig["restore"]>): NonNullable<ClusterSpec["externalClusters"]>[number] {
  const { serverName, bucket } = restore.from;
  const barmanObjectName = bucket === undefined ? BACKUP_STORE : ORIGIN_STORE;
  return { name: ORIGIN, plugin: { name: BARMAN_PLUGIN, parameters: { barmanObjectName, serverName } } };
}

/** The database in the Cluster: it is there after a restore too, whatever the backup held. */
export function databaseSpec(config: PostgresConfig): IDatabase["spec"] {
  return {
    cluster: { name: config.name },
    name: config.database,
    owner: OWNER,
    ensure: "present",
    // Deleting this object never deletes the data.
    databaseReclaimPolicy: "retain",
  };
}
