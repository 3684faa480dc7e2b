import type { RoleConfig } from "../config";

type Access = "readwrite" | "readonly" | "relay";

/** What a role may do in the database, besides relaying the outbox where it does more than that. */
export interface DatabaseAccess {
  readonly access: Access;
  /** It relays the outbox too. */
  readonly relays: boolean;
}

/** How a role uses the database: `readwrite`, or `[readwrite, relay]` of one that does both. */
export function databaseAccess({ database }: Pick<RoleConfig, "database">): DatabaseAccess | undefined {
  if (database === undefined) return undefined;
  const all = typeof database.access === "string" ? [database.access] : database.access;
  const own = all.find((one) => one !== "relay");
  return { access: own ?? "relay", relays: own !== undefined && all.includes("relay") };
}

/** Whether a role sends what is in the outbox. */
export function isRelay(role: Pick<RoleConfig, "database">): boolean {
  const access = databaseAccess(role);
  return access !== undefined && (access.relays || access.access === "relay");
}
