import { goYaml } from "../../schema/yaml";
import type { MonitoringQueries } from "../queries";

/** Databases that a provider keeps for itself. */
const OTHERS = "('rdsadmin', 'cloudsqladmin', 'azure_maintenance', 'azure_sys', 'alloydbadmin')";

const label = (description: string) => ({ usage: "LABEL" as const, description });
const gauge = (description: string) => ({ usage: "GAUGE" as const, description });
const counter = (description: string) => ({ usage: "COUNTER" as const, description });

/**
 * What any PostgreSQL tells a member of pg_monitor, under the names that CloudNativePG's exporter has for it: alerts, dashboards and recordings
 * are the same wherever the database is. Each is one statement, whose columns are labels and values.
 */
export const serverQueries: MonitoringQueries = {
  backends: {
    query: `SELECT COALESCE(datname, '') AS datname, COALESCE(usename, '') AS usename, COALESCE(application_name, '') AS application_name,
       COALESCE(state, '') AS state, count(*) AS total,
       COALESCE(max(EXTRACT(EPOCH FROM now() - xact_start)), 0)::float8 AS max_tx_duration_seconds
  FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2, 3, 4`,
    columns: {
      datname: label("Database"),
      usename: label("User"),
      application_name: label("Program"),
      state: label("What its connections do"),
      total: gauge("Connections"),
      max_tx_duration_seconds: gauge("Age of the oldest transaction"),
    },
  },
  backends_waiting: {
    query: `SELECT count(*) AS total FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock'`,
    columns: { total: gauge("Connections that wait for locks of others") },
  },
  pg_database: {
    query: `SELECT datname, CASE WHEN datname = current_database() THEN pg_catalog.pg_database_size(oid) ELSE 0 END AS size_bytes,
       pg_catalog.age(datfrozenxid) AS xid_age
  FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate AND datname NOT IN ${OTHERS}`,
    columns: {
      datname: label("Database"),
      size_bytes: gauge("Size on disk, of the database of the MES"),
      xid_age: gauge("Transactions since the oldest row was frozen"),
    },
  },
  pg_replication: {
    query: `SELECT pg_catalog.pg_is_in_recovery()::int AS in_recovery,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() OR pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN 0
            ELSE COALESCE(GREATEST(0, EXTRACT(EPOCH FROM now() - pg_catalog.pg_last_xact_replay_timestamp())), 0) END::float8 AS lag`,
    columns: {
      in_recovery: gauge("Whether it is a replica"),
      lag: gauge("Seconds behind the primary; 0 where the server does not tell"),
    },
  },
  pg_settings: {
    query: `SELECT name, setting::float8 AS setting FROM pg_catalog.pg_settings WHERE name = 'max_connections'`,
    columns: { name: label("Parameter"), setting: gauge("Value") },
  },
  pg_stat_database: {
    query: `SELECT datname, xact_commit, xact_rollback, blks_read, blks_hit, tup_inserted, tup_updated, tup_deleted, deadlocks
  FROM pg_catalog.pg_stat_database WHERE datname IS NOT NULL AND datname NOT IN ${OTHERS}`,
    columns: {
      datname: label("Database"),
      xact_commit: counter("Transactions committed"),
      xact_rollback: counter("Transactions rolled back"),
      blks_read: counter("Blocks read from disk"),
      blks_hit: counter("Blocks found in memory"),
      tup_inserted: counter("Rows inserted"),
      tup_updated: counter("Rows updated"),
      tup_deleted: counter("Rows deleted"),
      deadlocks: counter("Deadlocks"),
    },
  },
};

/**
 * Queries as postgres_exporter reads them, each as `cnpg_<name>_<column>`. It knows no predicates: a query whose tables are not there yet fails,
 * which `pg_exporter_last_scrape_error` tells.
 * Source: https://github.com/prometheus-community/postgres_exporter/blob/v0.20.1/exporter/queries.go
 */
export function exporterQueries(queries: MonitoringQueries): string {
  const entries = Object.entries(queries).map(([name, { query, columns }]) => [
    `cnpg_${name}`,
    { query, metrics: Object.entries(columns).map(([column, described]) => ({ [column]: described })) },
  ]);
  return goYaml(Object.fromEntries(entries));
}
