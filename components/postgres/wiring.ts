import type { ScrapeTarget } from "../observability/scrape";
import { apiServerEndpoint } from "../network/api-server";
import { connect, type Connection } from "../network/connection";
import { operatorPods } from "../operators/endpoints";
import type { Environment } from "../platform";
import type { BucketAccess } from "../storage/access";
import { POSTGRES_JOB } from "./alerts";
import * as at from "./endpoints";
import { labelNames, metricNames, type MonitoringQueries } from "./queries";

/** Metrics of the exporter itself and of its default queries that rules and dashboards may use. */
const EXPORTER_METRICS = [
  "cnpg_backends_max_tx_duration_seconds",
  "cnpg_backends_total",
  "cnpg_backends_waiting_total",
  "cnpg_collector_last_collection_error",
  "cnpg_collector_pg_wal",
  "cnpg_collector_pg_wal_archive_status",
  "cnpg_last_error",
  "cnpg_pg_database_size_bytes",
  "cnpg_pg_database_xid_age",
  "cnpg_pg_replication_in_recovery",
  "cnpg_pg_replication_lag",
  "cnpg_pg_replication_slots_pg_wal_lsn_diff",
  "cnpg_pg_replication_streaming_replicas",
  "cnpg_pg_settings_setting",
  "cnpg_pg_stat_archiver_last_archived_time",
  "cnpg_pg_stat_archiver_last_failed_time",
  "cnpg_pg_stat_database_blks_hit",
  "cnpg_pg_stat_database_blks_read",
  "cnpg_pg_stat_database_deadlocks",
  "cnpg_pg_stat_database_tup_deleted",
  "cnpg_pg_stat_database_tup_inserted",
  "cnpg_pg_stat_database_tup_updated",
  "cnpg_pg_stat_database_xact_commit",
  "cnpg_pg_stat_database_xact_rollback",
  "cnpg_pg_stat_replication_flush_lag_seconds",
];
/** Labels of those metrics. */
const EXPORTER_LABELS = [
  ...["datname", "usename", "application_name", "state", "value", "name"],
  ...["slot_name", "slot_type", "database", "client_addr", "role"],
];
/** Metrics of the poolers that rules and dashboards use. */
const POOLER_METRICS = [
  "cnpg_pgbouncer_pools_cl_active",
  "cnpg_pgbouncer_pools_cl_waiting",
  "cnpg_pgbouncer_pools_maxwait",
  "cnpg_pgbouncer_pools_sv_active",
  "cnpg_pgbouncer_pools_sv_idle",
];
/** Metrics that the backup plugin adds. */
const BACKUP_METRICS = ["barman_cloud_cloudnative_pg_io_*"];
const POOLERS = ["rw", "ro"] as const;

/** What instances, poolers and the operator need of each other. Programs declare their own way to the poolers. */
export function postgresConnections(environment: Environment, cluster: string, backups?: BucketAccess): Connection[] {
  const instances = at.instancePods(environment, cluster);
  const apiServer = apiServerEndpoint(environment.apiServer);
  const database = at.primaryEndpoint(environment, cluster);
  const status = at.statusEndpoint(environment, cluster);
  return [
    // Replicas copy and stream from the primary, and every instance asks the others whether it is cut off from them.
    ...connect(instances, database, status, apiServer),
    ...connect(operatorPods(environment, "cloudnative-pg"), database, status),
    ...POOLERS.flatMap((type) => connect(at.poolerPods(environment, type), database, apiServer)),
    // From the sidecar, which shares the instance's network.
    ...(backups === undefined ? [] : connect(instances, backups.endpoint, ...(backups.identityEndpoints ?? []))),
  ];
}

export function postgresScrapeTargets(
  environment: Environment,
  cluster: string,
  queries: MonitoringQueries,
  archive: boolean,
): ScrapeTarget[] {
  return [
    {
      job: POSTGRES_JOB,
      pods: at.instancePods(environment, cluster),
      port: "metrics",
      portNumber: at.METRICS_PORT,
      metrics: [...EXPORTER_METRICS, ...metricNames(queries), ...(archive ? BACKUP_METRICS : [])],
      labels: [...EXPORTER_LABELS, ...labelNames(queries)],
    },
    ...POOLERS.map((type) => ({
      job: at.poolerName(type),
      pods: at.poolerPods(environment, type),
      port: "metrics",
      portNumber: at.POOLER_METRICS_PORT,
      metrics: POOLER_METRICS,
      labels: ["database", "user"],
    })),
  ];
}
