import { goYaml } from "../schema/yaml";

/** A column of a monitoring query: a label, or a value. */
interface Column {
  readonly usage: "LABEL" | "GAUGE" | "COUNTER";
  readonly description: string;
}

/**
 * A query that the exporter in every instance runs; its columns become `cnpg_<name>_<column>`. It runs as a member of
 * pg_monitor with `search_path` pinned, so names are written out.
 * Source: https://cloudnative-pg.io/documentation/1.30/monitoring/#user-defined-metrics
 */
export interface MonitoringQuery {
  readonly query: string;
  /** Run it only where this returns true. */
  readonly predicate?: string;
  /** Only on the primary. @default false */
  readonly primary?: boolean;
  /** In the database of the MES instead of `postgres`. @default false */
  readonly inApplicationDatabase?: boolean;
  readonly columns: Readonly<Record<string, Column>>;
}

/** Monitoring queries by name. */
export type MonitoringQueries = Readonly<Record<string, MonitoringQuery>>;

/**
 * The operator's own `cnpg_collector_sync_replicas` compares what was asked for with what is configured, both of which stay
 * as they are when every replica is gone. This one counts the replicas that do confirm commits, and the commits that wait.
 */
export const postgresQueries: MonitoringQueries = {
  mes_synchronous: {
    primary: true,
    query: `SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication
           WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')) AS standbys
       , COALESCE(pg_catalog.substring(pg_catalog.current_setting('synchronous_standby_names'), '(?:ANY|FIRST) +([0-9]+)')::int, 0) AS requested
       , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE wait_event = 'SyncRep') AS waiting_commits`,
    columns: {
      standbys: { usage: "GAUGE", description: "Replicas that stream and count for synchronous commits" },
      requested: { usage: "GAUGE", description: "Replicas that a commit waits for" },
      waiting_commits: { usage: "GAUGE", description: "Commits that wait for a replica now" },
    },
  },
};

/** The queries as the operator reads them. */
export function queriesFile(queries: MonitoringQueries, database: string): string {
  const entries = Object.entries(queries).map(([name, q]) => [
    name,
    {
      query: q.query,
      ...(q.predicate === undefined ? {} : { predicate_query: q.predicate }),
      ...(q.primary === true ? { primary: true } : {}),
      target_databases: [q.inApplicationDatabase === true ? database : "postgres"],
      metrics: Object.entries(q.columns).map(([column, described]) => ({ [column]: described })),
    },
  ]);
  return goYaml(Object.fromEntries(entries));
}

/** Names of the metrics that queries export. */
export function metricNames(queries: MonitoringQueries): string[] {
  return Object.entries(queries).flatMap(([name, { columns }]) =>
    Object.entries(columns)
      .filter(([, { usage }]) => usage !== "LABEL")
      .map(([column]) => `cnpg_${name}_${column}`),
  );
}

/** Labels of the metrics that queries export. */
export function labelNames(queries: MonitoringQueries): string[] {
  const columns = Object.values(queries).flatMap((query) => Object.entries(query.columns));
  return [...new Set(columns.filter(([, { usage }]) => usage === "LABEL").map(([column]) => column))];
}
