import type { DatabaseUser } from "./users";

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

/** The Secret with a user's password: in the namespace of the database for the operator, in that of the programs for its pods. */
export function userSecretName(program: string): string {
  return `postgres-user-${program}`;
}

/** Whether a user only reads, so that a replica will do. */
export function onlyReads({ access, relays }: DatabaseUser): boolean {
  return access === "readonly" && relays !== true;
}

/** The Secret with the owner's password. */
export const OWNER_SECRET = "postgres-owner";
