import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, timeseries, type Panel, type Row } from "../observability/panels";
import { parseDuration } from "../schema/duration";
import { POSTGRES_JOB } from "./alerts";
import type { PostgresConfig } from "./config";

const JOB = `job="${POSTGRES_JOB}"`;
const POOLERS = `job=~"postgres-pooler-.*"`;
/** Databases of programs. */
const PROGRAMS = `datname!~"postgres|template.*"`;
const DATABASES = `${JOB},${PROGRAMS}`;

/**
 * Is the database there, does it keep up, and where does it end?
 * @param archived backups and WAL go to a bucket: without them there is no age of a backup to show
 */
export function postgresDashboard(config: PostgresConfig, archived: boolean): Dashboard {
  return dashboard("mes-postgres", "Database", [writes(config, archived), connections(), replication(), room()], {
    description: "Is the database there, does it keep up, and where does it end?",
    tags: ["data"],
  });
}

function writes(config: PostgresConfig, archived: boolean): Row {
  return row("Can orders be written?", [
    ...instancesThere(config),
    stat(
      "Commits that wait for a replica",
      "short",
      [{ expr: `max(cnpg_mes_synchronous_waiting_commits{${JOB}})`, legend: "commits" }],
      {
        limits: [
          { value: 5, color: "yellow" },
          { value: 20, color: "red" },
        ],
      },
    ),
    ...(archived
      ? [
          stat(
            "Newest backup",
            "s",
            [{ expr: `time() - max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{${JOB}})`, legend: "age" }],
            { limits: [{ value: parseDuration(config.backups.maxAge), color: "red" }] },
          ),
        ]
      : []),
    stat(
      "WAL to archive",
      "short",
      [{ expr: `max(cnpg_collector_pg_wal_archive_status{${JOB},value="ready"})`, legend: "segments" }],
      { limits: [{ value: 20, color: "yellow" }] },
    ),
    committed(),
    rowsWritten(),
    locks(),
  ]);
}

/** Too few of these, and nothing can be written. */
function instancesThere({ instances, synchronousReplicas }: PostgresConfig): Panel[] {
  const replicas = instances > 1 ? { least: 1, whole: instances - 1 } : {};
  return [
    stat(
      "Primaries",
      "short",
      [{ expr: `count(cnpg_pg_replication_in_recovery{${JOB}} == 0) or vector(0)`, legend: "primaries" }],
      {
        description: "Exactly one.",
        least: 1,
        limits: [{ value: 2, color: "red" }],
      },
    ),
    stat(
      "Replicas that stream",
      "short",
      [{ expr: `max(cnpg_pg_replication_streaming_replicas{${JOB}}) or vector(0)`, legend: "replicas" }],
      replicas,
    ),
    stat(
      "Replicas that confirm commits",
      "short",
      [{ expr: `max(cnpg_mes_synchronous_standbys{${JOB}}) or vector(0)`, legend: "replicas" }],
      {
        description: "Fewer than asked for: every write hangs.",
        ...(synchronousReplicas > 0 ? { least: synchronousReplicas } : {}),
      },
    ),
  ];
}

function connections(): Row {
  return row("Connections", [
    timeseries("Programs that wait for a connection", "short", [
      { expr: `sum by (job, user) (cnpg_pgbouncer_pools_cl_waiting{${POOLERS}})`, legend: "{{job}} {{user}}" },
    ]),
    timeseries("Longest wait for a connection", "s", [
      { expr: `max by (job, user) (cnpg_pgbouncer_pools_maxwait{${POOLERS}})`, legend: "{{job}} {{user}}" },
    ]),
    timeseries("Server connections in use", "short", [
      { expr: `sum by (job) (cnpg_pgbouncer_pools_sv_active{${POOLERS}})`, legend: "{{job}} in use" },
      { expr: `sum by (job) (cnpg_pgbouncer_pools_sv_idle{${POOLERS}})`, legend: "{{job}} idle" },
    ]),
    timeseries("Connections of programs", "short", [
      { expr: `sum by (job, user) (cnpg_pgbouncer_pools_cl_active{${POOLERS}})`, legend: "{{job}} {{user}}" },
    ]),
    backends(JOB),
    oldestTransaction(),
  ]);
}

function replication(): Row {
  return row("Replication", [
    timeseries("Behind the primary", "s", [{ expr: `cnpg_pg_replication_lag{${JOB}}`, legend: "{{pod}}" }]),
    timeseries("Time until a replica has written a commit", "s", [
      {
        expr: `max by (application_name) (cnpg_pg_stat_replication_flush_lag_seconds{${JOB}})`,
        legend: "{{application_name}}",
      },
    ]),
    timeseries("WAL held back by slots", "bytes", [
      { expr: `max by (slot_name) (cnpg_pg_replication_slots_pg_wal_lsn_diff{${JOB}})`, legend: "{{slot_name}}" },
    ]),
  ]);
}

function room(): Row {
  return row("Room", [
    timeseries("WAL volume", "percentunit", [
      {
        expr: `cnpg_collector_pg_wal{${JOB},value="size"} / ignoring (value) cnpg_collector_pg_wal{${JOB},value="volume_size"}`,
        legend: "{{pod}}",
      },
    ]),
    timeseries("Databases", "bytes", [{ expr: `max by (datname) (cnpg_pg_database_size_bytes{${JOB}})`, legend: "{{datname}}" }]),
    memory(JOB),
  ]);
}

/** Panels that any PostgreSQL has the numbers for. */
export function committed(): Panel {
  return timeseries("Transactions", "ops", [
    { expr: `sum(rate(cnpg_pg_stat_database_xact_commit{${DATABASES}}[$__rate_interval]))`, legend: "committed" },
    { expr: `sum(rate(cnpg_pg_stat_database_xact_rollback{${DATABASES}}[$__rate_interval]))`, legend: "rolled back" },
  ]);
}

export function rowsWritten(): Panel {
  return timeseries("Rows written", "ops", [
    { expr: `sum(rate(cnpg_pg_stat_database_tup_inserted{${DATABASES}}[$__rate_interval]))`, legend: "inserted" },
    { expr: `sum(rate(cnpg_pg_stat_database_tup_updated{${DATABASES}}[$__rate_interval]))`, legend: "updated" },
    { expr: `sum(rate(cnpg_pg_stat_database_tup_deleted{${DATABASES}}[$__rate_interval]))`, legend: "deleted" },
  ]);
}

export function locks(): Panel {
  return timeseries("Waiting for locks", "short", [
    { expr: `cnpg_backends_waiting_total{${JOB}}`, legend: "{{pod}}" },
    { expr: `sum(rate(cnpg_pg_stat_database_deadlocks{${DATABASES}}[$__rate_interval]))`, legend: "deadlocks/s" },
  ]);
}

export function backends(job: string): Panel {
  return timeseries("Connections of an instance", "percentunit", [
    {
      expr: `sum by (pod) (cnpg_backends_total{${job}}) / on (pod) cnpg_pg_settings_setting{${job},name="max_connections"}`,
      legend: "{{pod}}",
    },
  ]);
}

export function oldestTransaction(): Panel {
  return timeseries("Oldest transaction", "s", [
    { expr: `max by (usename) (cnpg_backends_max_tx_duration_seconds{${JOB}})`, legend: "{{usename}}" },
  ]);
}

export function memory(job: string): Panel {
  return timeseries("Read from memory", "percentunit", [
    {
      expr: `sum by (pod) (rate(cnpg_pg_stat_database_blks_hit{${job},${PROGRAMS}}[$__rate_interval])) / (sum by (pod) (rate(cnpg_pg_stat_database_blks_hit{${job},${PROGRAMS}}[$__rate_interval])) + sum by (pod) (rate(cnpg_pg_stat_database_blks_read{${job},${PROGRAMS}}[$__rate_interval])))`,
      legend: "{{pod}}",
    },
  ]);
}
