/** Names that Postgres, the operator and the platform's own roles keep for themselves. */
const RESERVED = /^(?:pg_.*|cnpg_.*|postgres|streaming_replica|public|none|mes_(?:owner|read|write|relay|exporter))$/;

/** A user's name in the database: `order-intake` → `order_intake`, so that nobody has to quote it. */
export function databaseName(program: string): string {
  return program.replaceAll("-", "_");
}

/** Whether a program cannot have a user of its own name in the database. */
export function isReservedDatabaseUser(program: string): boolean {
  return RESERVED.test(databaseName(program));
}
