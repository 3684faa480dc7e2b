import { parseDuration } from "../../schema";
import type { PodFacts } from "../../workload/facts";
import type { RoleConfig } from "../config";
import { isRelay } from "./access";
import { metricsPath } from "./ports";

/** How a pod of a role stops, in seconds. */
export interface Shutdown {
  /** Still serving, while gateway and kube-proxy learn that it goes. */
  readonly preStop: number;
  /** From SIGTERM on: finishing the work in hand. */
  readonly drain: number;
  /** Nothing left to do, `/metrics` still answers, so that the last counts are read. */
  readonly linger: number;
  /** From the order to stop until the kill: all of these and a margin. */
  readonly grace: number;
}

/** Seconds in which a batch of the relay is confirmed and marked; one that is cut off in between is sent again by another relay. */
const RELAY_BATCH = 30;

/**
 * Derived, so that it cannot be forgotten when a prefetch grows: preStop + the longest work in hand + linger + margin. The
 * longest work in hand is the greatest of: all prefetched messages of all queues handled one after the other; the longest
 * request; a batch of the relay; whatever else the role declares (`shutdown.drain`).
 *
 * A pod that is killed earlier loses nothing, since its messages were not acknowledged, but they come late and twice.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
 */
export function shutdownOf(role: RoleConfig): Shutdown {
  const preStop = role.http === undefined && role.lifecycle.beforeStop === undefined ? 0 : parseDuration(role.shutdown.preStop);
  const batch = isRelay(role) ? RELAY_BATCH : 0;
  const drain = Math.max(longestWork(role), longestRequest(role), batch, parseDuration(role.shutdown.drain));
  // Nobody reads the last counts of an image that has none.
  const linger = metricsPath(role) === undefined ? 0 : parseDuration(role.shutdown.linger);
  return { preStop, drain, linger, grace: preStop + drain + linger + parseDuration(role.shutdown.margin) };
}

/** Seconds to handle all prefetched messages of all queues one after the other. */
export function longestWork({ consumes }: Pick<RoleConfig, "consumes">): number {
  return consumes.reduce((sum, { prefetch, handlingTime }) => sum + prefetch * parseDuration(handlingTime), 0);
}

/** What the pods say of themselves. Of several queues the time is the mean, so that times the prefetch it is that for all. */
export function podFacts(role: RoleConfig): PodFacts {
  const prefetch = role.consumes.reduce((sum, consumed) => sum + consumed.prefetch, 0);
  return {
    ...(role.database === undefined ? {} : { databaseConnections: role.database.poolSize }),
    ...(prefetch === 0 ? {} : { prefetch, handlingSeconds: longestWork(role) / prefetch }),
  };
}

/** Seconds of the longest request that a role may be serving. */
export function longestRequest(role: RoleConfig): number {
  if (role.http === undefined) return 0;
  const timeouts = role.routes.flatMap(({ timeout }) => timeout ?? []);
  return Math.max(...[role.http.requestTimeout, ...timeouts].map(parseDuration));
}
