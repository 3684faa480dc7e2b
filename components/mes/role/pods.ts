import type { Rollout } from "../../workload/workload";
import type { RoleConfig, RolesConfig } from "../config";

/** Pods of a role that has neither `replicas` nor `scale`: two, so that one may go. */
const DEFAULT_REPLICAS = 2;

/** Roles that are switched on, by name, in the order of the stack file. */
export function enabledRoles(roles: RolesConfig): [string, RoleConfig][] {
  return Object.entries(roles).filter(([, { enabled }]) => enabled);
}

/** The fixed number of pods; undefined where an autoscaler owns it. */
export function replicasOf(role: RoleConfig): number | undefined {
  return role.scale === undefined ? (role.replicas ?? DEFAULT_REPLICAS) : undefined;
}

export function minPods(role: RoleConfig): number {
  return replicasOf(role) ?? role.scale?.min ?? 0;
}

/** Pods wanted at most. */
export function maxPods(role: RoleConfig): number {
  return replicasOf(role) ?? role.scale?.max ?? 0;
}

/**
 * How a role rolls. A quarter at once keeps the time bounded for many pods, and none goes before another is ready. A GPU is
 * rarely free for a pod more than wanted, and a volume of one pod never is: there an old one goes first.
 */
export function rolloutOf(role: RoleConfig): Rollout {
  if (role.rollout !== undefined) return role.rollout;
  return role.gpu === undefined && ownVolume(role) === undefined
    ? { maxSurge: "25%", maxUnavailable: 0 }
    : { maxSurge: 0, maxUnavailable: 1 };
}

/** Path of a volume that one pod alone can use; undefined where there is none. */
export function ownVolume({ volumes }: RoleConfig): string | undefined {
  return Object.entries(volumes).find(([, { claim, size, shared }]) => (claim ?? size) !== undefined && !shared)?.[0];
}

/** Pods that exist at most, the surge of a rolling update included (a percentage is rounded up, as Kubernetes does). */
export function podsWhileRolling(role: RoleConfig): number {
  const max = maxPods(role);
  const { maxSurge } = rolloutOf(role);
  const surge = typeof maxSurge === "number" ? maxSurge : Math.ceil((max * Number(maxSurge.replace("%", ""))) / 100);
  return max === 0 ? 0 : max + surge;
}
