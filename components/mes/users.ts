import type { BrokerUser } from "../broker/users";
import type { Environment } from "../platform";
import type { DatabaseUser } from "../postgres/users";
import type { BucketUser } from "../storage/users";
import type { RoleConfig, RolesConfig } from "./config";
import { databaseAccess } from "./role/access";
import { enabledRoles, podsWhileRolling } from "./role/pods";

/** The database users that the roles need: one for each role, with what it needs and no more. */
export function databaseUsers(roles: RolesConfig): DatabaseUser[] {
  return enabledRoles(roles).flatMap(([name, role]) => {
    const access = databaseAccess(role);
    if (role.database === undefined || access === undefined) return [];
    const { poolSize } = role.database;
    return [
      { name, access: access.access, ...(access.relays ? { relays: true } : {}), poolSize, instances: podsWhileRolling(role) },
    ];
  });
}

export function brokerUsers(roles: RolesConfig): BrokerUser[] {
  return enabledRoles(roles)
    .filter(([, role]) => usesBroker(role))
    .map(([name, { consumes, publishes }]) => ({
      name,
      consumes: consumes.map(({ queue }) => queue),
      publishes: [...publishes],
    }));
}

export function bucketUsers(roles: RolesConfig, environment: Environment): BucketUser[] {
  return enabledRoles(roles)
    .filter(([, role]) => usesStorage(role))
    .map(([name, { storage }]) => ({
      name,
      namespace: environment.namespaces.apps,
      serviceAccount: name,
      buckets: storage,
    }));
}

export function usesBroker(role: RoleConfig): boolean {
  return role.consumes.length > 0 || role.publishes.length > 0;
}

export function usesStorage(role: RoleConfig): boolean {
  return Object.keys(role.storage).length > 0;
}
