import * as pulumi from "@pulumi/pulumi";
import type { IRoleConfiguration } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/RoleConfiguration";
import { databaseName, isReservedDatabaseUser, userSecretName } from "./names";
import type { DatabaseUser } from "./users";

/** Owns the database and all tables; used by migrations and by nothing that serves a request. */
export const OWNER = "mes_owner";

/** Groups that hold the rights; components/outbox/migrations/0002_access.sql says which. Users are members and own nothing. */
const GROUPS: Readonly<Record<DatabaseUser["access"], readonly string[]>> = {
  readonly: ["mes_read"],
  readwrite: ["mes_read", "mes_write"],
  relay: ["mes_relay"],
};
const GROUP_NAMES = ["mes_read", "mes_write", "mes_relay"];

/** The groups that a user is a member of. */
export function groupsOf({ access, relays }: DatabaseUser): string[] {
  return [...GROUPS[access], ...(relays === true ? GROUPS.relay : [])];
}

/** @throws InputPropertyError for a name that is reserved */
export function databaseUserName(program: string): string {
  const name = databaseName(program);
  if (isReservedDatabaseUser(program)) {
    throw new pulumi.InputPropertyError({
      propertyPath: "users",
      reason: `the program ${program} cannot use the database under this name, ${name} is reserved: rename the program`,
    });
  }
  return name;
}

/** The roles that the operator keeps in the database. Groups first: a user cannot join one that is not there yet. */
export function managedRoles(users: readonly DatabaseUser[]): IRoleConfiguration[] {
  const groups = GROUP_NAMES.map((name) => ({ name, ensure: "present" as const, login: false }));
  const members = users.map((user) => ({
    name: databaseUserName(user.name),
    ensure: "present" as const,
    login: true,
    inRoles: groupsOf(user),
    passwordSecret: { name: userSecretName(user.name) },
  }));
  return [...groups, ...members];
}
