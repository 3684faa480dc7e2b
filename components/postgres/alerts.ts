import { anywhere, CAUSE_KEEPS_FIRING, type Alert, type AlertGroup } from "../observability/alert";
import { parseBytes } from "../schema/quantity";
import { parseDuration } from "../schema/duration";
import type { PostgresConfig } from "./config";
import { poolerName } from "./endpoints";
import { slotLimit } from "./tuning";

/** The `job` of the instances' metrics. */
export const POSTGRES_JOB = "postgres";

const JOB = `job="${POSTGRES_JOB}"`;

/** The database takes no writes at all: all that stores orders fails until it does. */
export const NO_WRITES = anywhere("PostgresPrimaryMissing", "PostgresSynchronousReplicaMissing", "PostgresPoolerMissing");
/** It takes them, late or not all of them. */
export const WRITES_SUFFER = anywhere("PostgresWritesFailing", "PostgresCommitsWaiting", "PostgresWritersWait");
const FULL = anywhere("PostgresWalVolumeNearlyFull", "PostgresDataVolumeNearlyFull");
/** Series of the primary alone: it is the one that is not in recovery. */
const ON_PRIMARY = `and on (namespace, pod) cnpg_pg_replication_in_recovery{${JOB}} == 0`;

/** Transactions of programs on the primary, a second. */
const transactions = (metric: string) => `sum(rate(${metric}{${JOB},datname!~"postgres|template.*"}[5m]) ${ON_PRIMARY})`;
const COMMITTED = transactions("cnpg_pg_stat_database_xact_commit");
const ROLLED_BACK = transactions("cnpg_pg_stat_database_xact_rollback");

/** Alerts of the database. Place 4 of those where an order can be lost: the MES cannot write it. */
export function postgresAlerts(config: PostgresConfig, archive: boolean): AlertGroup[] {
  return [
    {
      name: "postgres-availability",
      alerts: [...writing, ...slowing, metricsAlert(OWN_EXPORTER_FAILS), ...(config.instances > 1 ? replication(config) : [])],
    },
    { name: "postgres-capacity", alerts: [...capacity(config), ...poolers()] },
    ...(archive ? [{ name: "postgres-backup", alerts: backup(config) }] : []),
  ];
}

export const primaryMissing: Alert = {
  name: "PostgresPrimaryMissing",
  // Counts what is there, so that it also fires when nothing at all is scraped.
  expr: `(count(cnpg_pg_replication_in_recovery{${JOB}} == 0) or vector(0)) < 1`,
  for: "1m",
  severity: "page",
  keepFiringFor: CAUSE_KEEPS_FIRING,
  causedBy: FULL,
  summary: "No instance of the database takes writes",
  description: "No order can be stored: order-intake gives messages back to the broker, order-api answers with errors.",
};

export const writesFailing: Alert = {
  name: "PostgresWritesFailing",
  // Only while there is work to speak of: a single mistake at night is a large share of nothing.
  expr: `${ROLLED_BACK} / (${COMMITTED} + ${ROLLED_BACK}) > 0.05 and ${ROLLED_BACK} > 0.2`,
  for: "5m",
  severity: "page",
  causedBy: { ...NO_WRITES, ...FULL },
  summary: "{{ $value | humanizePercentage }} of the transactions are rolled back",
  description: "Orders fail while they are written: timeouts, deadlocks, a full disk or a release that the schema does not fit.",
};

/** Orders can be written. */
const writing: readonly Alert[] = [
  primaryMissing,
  {
    name: "PostgresTwoPrimaries",
    expr: `count(cnpg_pg_replication_in_recovery{${JOB}} == 0) > 1`,
    for: "2m",
    severity: "page",
    summary: "{{ $value }} instances of the database believe to be the primary",
    description: "Orders written to the wrong one are lost when it rejoins. Fence the instance that the Cluster does not name.",
  },
  writesFailing,
];

/** What slows it down, or will soon. */
export const slowing: readonly Alert[] = [
  {
    name: "PostgresLocksHeld",
    expr: `cnpg_backends_waiting_total{${JOB}} > 10`,
    for: "5m",
    severity: "ticket",
    summary: "{{ $value }} connections of {{ $labels.pod }} wait for locks of others",
    description: "A long transaction or a migration holds what orders need.",
  },
  {
    name: "PostgresLongTransaction",
    expr: `max by (namespace, pod, usename, application_name) (cnpg_backends_max_tx_duration_seconds{${JOB},usename!~"postgres|streaming_replica|cnpg_.*"}) > 300`,
    for: "5m",
    severity: "ticket",
    summary: "A transaction of {{ $labels.usename }} is {{ $value | humanizeDuration }} old",
    description: "It keeps vacuum from cleaning up, and with it tables and the outbox grow and slow down.",
  },
  {
    name: "PostgresTransactionIdsRunningOut",
    expr: `max by (namespace, pod, datname) (cnpg_pg_database_xid_age{${JOB}}) > 5e8`,
    for: "15m",
    severity: "ticket",
    summary: "{{ $labels.datname }} has used {{ $value | humanize }} transaction ids since its last freeze",
    description: "At 2 billion the database stops taking writes. Vacuum does not finish, or something holds it back.",
  },
];

/** Somebody is looking. @param failing an expression, above zero for each pod whose exporter fails */
export function metricsAlert(failing: string): Alert {
  return {
    name: "PostgresMetricsFailing",
    expr: `${failing} > 0`,
    for: "15m",
    severity: "ticket",
    summary: "Queries of the exporter fail on {{ $labels.pod }}",
    description: "Alerts of database and outbox are blind as far as they use these queries.",
  };
}

const OWN_EXPORTER_FAILS = `max by (namespace, pod) (cnpg_collector_last_collection_error{${JOB}}) > 0 or max by (namespace, pod) (cnpg_last_error{${JOB}})`;

/** @param job selects the servers that are read */
export function replicationLag(job: string): Alert {
  return {
    name: "PostgresReplicationLag",
    expr: `max by (namespace, pod) (cnpg_pg_replication_lag{${job}}) > 30`,
    for: "5m",
    severity: "ticket",
    summary: "{{ $labels.pod }} is {{ $value | humanizeDuration }} behind the primary",
    description: "Operators see old orders on the dashboard, and a failover takes longer.",
  };
}

/** @param job selects the servers */
export function connectionsAlert(job: string): Alert {
  return {
    name: "PostgresConnectionsNearLimit",
    expr: `sum by (namespace, pod) (cnpg_backends_total{${job}}) / on (namespace, pod) cnpg_pg_settings_setting{${job},name="max_connections"} > 0.8`,
    for: "5m",
    severity: "ticket",
    summary: "{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its connections",
    description: "The next program that connects past the limit gets an error. The poolers' sizes should make this impossible.",
  };
}

function replication(config: PostgresConfig): Alert[] {
  const replicas = config.instances - 1;
  const synchronous: Alert[] =
    config.synchronousReplicas === 0
      ? []
      : [
          {
            name: "PostgresSynchronousReplicaMissing",
            expr: `cnpg_mes_synchronous_standbys{${JOB}} < cnpg_mes_synchronous_requested{${JOB}}`,
            for: "1m",
            severity: "page",
            keepFiringFor: CAUSE_KEEPS_FIRING,
            summary: "{{ $value }} replicas confirm commits, fewer than a commit waits for",
            description:
              "Every write hangs until a replica is back: no order can be stored, and none that was stored is at risk.",
          },
          {
            name: "PostgresCommitsWaiting",
            expr: `cnpg_mes_synchronous_waiting_commits{${JOB}} > 20`,
            for: "2m",
            severity: "page",
            causedBy: anywhere("PostgresSynchronousReplicaMissing", "PostgresPrimaryMissing"),
            summary: "{{ $value }} commits wait for a replica",
            description: "Replicas are there and too slow (disk, network): orders are late.",
          },
        ];
  return [
    ...synchronous,
    {
      name: "PostgresReplicaMissing",
      expr: `cnpg_pg_replication_streaming_replicas{${JOB}} < ${replicas} ${ON_PRIMARY}`,
      for: "10m",
      severity: "ticket",
      causedBy: anywhere("PostgresSynchronousReplicaMissing", "NodeNotReady"),
      summary: `{{ $value }} of ${replicas} replicas stream from the primary`,
      description: "One more loss and writes stop, or a failover is refused. The dashboard has fewer instances to read from.",
    },
    replicationLag(JOB),
    {
      name: "PostgresSlotHoldsWal",
      expr: `max by (namespace, slot_name) (cnpg_pg_replication_slots_pg_wal_lsn_diff{${JOB}} ${ON_PRIMARY}) > ${Math.round(slotLimit(config.walStorage.size) / 2)}`,
      for: "10m",
      severity: "ticket",
      summary: "Slot {{ $labels.slot_name }} holds back {{ $value | humanize1024 }}B of WAL",
      description:
        "Its reader is gone or slow. At twice as much the slot is given up and its replica starts again from the archive.",
    },
  ];
}

function capacity(config: PostgresConfig): Alert[] {
  // Those of the write-ahead log end in `-wal`.
  const volumes = `persistentvolumeclaim=~"${config.name}-[0-9]+"`;
  const walShare = `cnpg_collector_pg_wal{${JOB},value="size"} / ignoring (value) cnpg_collector_pg_wal{${JOB},value="volume_size"}`;
  return [
    connectionsAlert(JOB),
    {
      name: "PostgresWalVolumeFilling",
      expr: `${walShare} > 0.7`,
      for: "10m",
      severity: "ticket",
      causedBy: anywhere("PostgresWalVolumeNearlyFull"),
      summary: "The WAL volume of {{ $labels.pod }} is {{ $value | humanizePercentage }} full",
      description: "WAL is not archived, a slot holds it, or the volume is too small. When it is full the database stops.",
    },
    {
      name: "PostgresWalVolumeNearlyFull",
      expr: `${walShare} > 0.9`,
      for: "1m",
      severity: "page",
      summary: "The WAL volume of {{ $labels.pod }} is {{ $value | humanizePercentage }} full",
      description: "The database stops in minutes, and with it the intake of orders. Grow the volume now.",
    },
    {
      name: "PostgresDataVolumeFilling",
      // The exporter knows the databases' sizes and not the volume's: that one is declared here.
      expr: `sum by (namespace, pod) (cnpg_pg_database_size_bytes{${JOB}}) / ${parseBytes(config.storage.size)} > 0.8`,
      for: "30m",
      severity: "ticket",
      causedBy: anywhere("PostgresDataVolumeNearlyFull"),
      summary: "The databases fill {{ $value | humanizePercentage }} of the volume of {{ $labels.pod }}",
      description: "When it is full the database stops. Grow the volume (storage.size), and look at what grows.",
    },
    {
      name: "PostgresDataVolumeNearlyFull",
      // What the kubelet measures: tables, and what a query or a backup leaves beside them.
      expr: `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${volumes}} / kubelet_volume_stats_capacity_bytes{${volumes}}) < 0.1`,
      for: "1m",
      severity: "page",
      summary: "Volume {{ $labels.persistentvolumeclaim }} of the database has {{ $value | humanizePercentage }} left",
      description: "When it is full the database stops, and with it the intake of orders. Grow the volume now.",
    },
  ];
}

function poolers(): Alert[] {
  const waiting = (type: "rw" | "ro") => `max by (namespace, user) (cnpg_pgbouncer_pools_maxwait{job="${poolerName(type)}"}) > 3`;
  return [
    {
      name: "PostgresPoolerMissing",
      expr: `(sum(up{job="${poolerName("rw")}"}) or vector(0)) < 1`,
      for: "1m",
      severity: "page",
      keepFiringFor: CAUSE_KEEPS_FIRING,
      summary: "No pooler in front of the primary",
      description: "Programs cannot reach the database: no order can be stored.",
    },
    {
      name: "PostgresWritersWait",
      expr: waiting("rw"),
      for: "2m",
      severity: "page",
      causedBy: { ...NO_WRITES, ...anywhere("PostgresCommitsWaiting") },
      summary: "{{ $labels.user }} waits {{ $value }} s for a connection to the primary",
      description:
        "All server connections of the pool are busy: orders are late, and fail when they wait longer than the pooler allows.",
    },
    {
      name: "PostgresReadersWait",
      expr: waiting("ro"),
      for: "5m",
      severity: "ticket",
      summary: "{{ $labels.user }} waits {{ $value }} s for a connection to a replica",
      description: "The dashboard opens slowly.",
    },
  ];
}

function backup(config: PostgresConfig): Alert[] {
  const age = `time() - max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{${JOB}})`;
  return [
    {
      name: "PostgresWalNotArchived",
      expr: `max by (namespace, pod) (cnpg_collector_pg_wal_archive_status{${JOB},value="ready"} ${ON_PRIMARY}) > 20`,
      for: "10m",
      severity: "ticket",
      causedBy: anywhere("PostgresArchivingFails"),
      summary: "{{ $value }} segments of WAL of {{ $labels.pod }} wait to be archived",
      description: "What is not in the archive cannot be restored, and fills the WAL volume until the database stops.",
    },
    {
      name: "PostgresArchivingFails",
      expr: `cnpg_pg_stat_archiver_last_failed_time{${JOB}} > cnpg_pg_stat_archiver_last_archived_time{${JOB}}`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $labels.pod }} cannot write its WAL to the object store",
      description: "Access, network or the store itself. Since then nothing can be restored.",
    },
    {
      name: "PostgresBackupTooOld",
      expr: `${age} > ${parseDuration(config.backups.maxAge)}`,
      for: "1h",
      severity: "ticket",
      summary: "The newest backup is {{ $value | humanizeDuration }} old",
      description:
        "A restore takes longer with every hour of WAL to replay; and where there is none yet, nothing can be restored.",
    },
    {
      name: "PostgresBackupFailed",
      expr: `max(barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp{${JOB}}) > max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{${JOB}})`,
      for: "10m",
      severity: "ticket",
      summary: "The last backup failed",
      description: "The one before it is still there. Find out why before it is too old.",
    },
  ];
}
