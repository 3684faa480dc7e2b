import type { PoolerConfig } from "./config";

/**
 * Connections of an instance that no pooler may use: superuser_reserved_connections (3), the operator and the exporter
 * of metrics (up to 7), migrations, retention and people (10). Replicas do not count: they use max_wal_senders.
 */
export const RESERVED_CONNECTIONS = 20;

type Poolers = Readonly<Record<"rw" | "ro", Pick<PoolerConfig, "instances" | "poolSize" | "serverConnections">>>;

/**
 * Connections that the poolers open at most. Both may meet on one instance: it is the sum that must fit, whatever is lost.
 * PgBouncer counts per database: besides that of the MES it looks up passwords in `postgres`, as one more user.
 * Source: https://www.pgbouncer.org/config.html#max_db_connections
 */
export function serverConnectionsOf(poolers: Poolers): number {
  return Object.values(poolers).reduce(
    (sum, { instances, poolSize, serverConnections }) => sum + instances * (serverConnections + poolSize),
    0,
  );
}
