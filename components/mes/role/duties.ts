import type { RoleConfig } from "../config";
import type { Duty } from "../contract/contract";
import { isRelay } from "./access";
import { usesStorage } from "../users";

/** The parts of the contract that concern a role. */
export function dutiesOf(role: RoleConfig): Set<Duty> {
  const holds: Record<Duty, boolean> = {
    all: true,
    http: role.http !== undefined,
    consumes: role.consumes.length > 0,
    publishes: role.publishes.length > 0,
    relay: isRelay(role),
    database: role.database !== undefined,
    storage: usesStorage(role),
    cache: role.cache,
    calls: role.calls.length > 0,
  };
  return new Set((Object.keys(holds) as Duty[]).filter((duty) => holds[duty]));
}
