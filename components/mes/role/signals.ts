import { z } from "zod";
import type { RoleConfig } from "../config";
import { metricsPath } from "./ports";

/** Where each thing that is known of a role comes from. */
export const signalsConfig = z
  .strictObject({
    requests: z
      .enum(["image", "gateway", "none"])
      .optional()
      .describe(
        "requests, errors and durations: of the image (docs/app-contract.md), or of the gateway (mes:gateway.metrics) for what comes by its routes; default: image where it has metrics, else gateway where that is measured, else none",
      ),
    messages: z
      .enum(["image", "broker"])
      .optional()
      .describe(
        "messages: of the image (outcomes and times of handling), or of the broker (waiting, redelivered and parked ones of each queue); default: image where it has metrics",
      ),
    connections: z
      .enum(["image", "database"])
      .optional()
      .describe(
        "connections to the database: of the image's own pool, or of the database by user; default: image where it has metrics",
      ),
    orders: z
      .enum(["image", "none"])
      .optional()
      .describe("counts of orders received, accepted and published; default: image where it has metrics"),
  })
  .prefault({})
  .describe("where each signal comes from: alerts, dashboards and scaling read it there");

export interface Signals {
  readonly requests: "image" | "gateway" | "none";
  readonly messages: "image" | "broker";
  readonly connections: "image" | "database";
  readonly orders: "image" | "none";
}

/** Where the signals of a role come from. @param gateway whether the gateway's metrics are read */
export function signalsOf(role: RoleConfig, gateway: boolean): Signals {
  const own = metricsPath(role) !== undefined;
  const { requests, messages, connections, orders } = role.signals;
  return {
    requests: requests ?? (own ? "image" : gateway && role.routes.length > 0 ? "gateway" : "none"),
    messages: messages ?? (own ? "image" : "broker"),
    connections: connections ?? (own ? "image" : "database"),
    orders: orders ?? (own ? "image" : "none"),
  };
}

/** What is wrong with where a role says that its signals are: path below the role, and message. */
export function* signalProblems(role: RoleConfig, gateway: boolean): Generator<{ path: string[]; message: string }> {
  const own = metricsPath(role) !== undefined;
  for (const [signal, source] of Object.entries(role.signals)) {
    const path = ["signals", signal];
    if (source === "image" && !own)
      yield { path, message: "the image has no metrics (management.metrics): name another source, or leave it out" };
  }
  const path = ["signals", "requests"];
  if (role.signals.requests === "gateway" && role.routes.length === 0)
    yield { path, message: "no request comes by the gateway: this role has no routes" };
  else if (role.signals.requests === "gateway" && !gateway)
    yield { path, message: "nothing reads the gateway's metrics: set mes:gateway.metrics" };
  if (role.scale?.requestsPerSecond !== undefined && signalsOf(role, gateway).requests === "none") {
    const message =
      "nothing measures the requests of this role: set mes:gateway.metrics, or management.metrics where the image has its own";
    yield { path: ["scale", "requestsPerSecond"], message };
  }
}

/** What nobody can see of a role, each in a sentence. */
export function unseen(role: RoleConfig, gateway: boolean): string[] {
  const { requests, messages, connections, orders } = signalsOf(role, gateway);
  const consumes = role.consumes.length > 0;
  const takesOrders = consumes || role.http !== undefined;
  return [
    ...(role.http !== undefined && requests === "none" ? ["requests, errors and durations: nothing measures them"] : []),
    ...(role.http !== undefined && requests === "gateway"
      ? ["requests of other roles and of the cluster: the gateway counts only what comes by its routes, by role and not by route"]
      : []),
    ...(consumes && messages === "broker"
      ? ["how long a message is handled, and why one fails: the broker knows what waits and what was parked"]
      : []),
    ...(role.database !== undefined && connections === "database"
      ? ["whether work waits for a connection of its pool: the database knows the connections of its user"]
      : []),
    ...(takesOrders && orders === "none" ? ["orders lost between two systems: nobody counts them"] : []),
    ...(role.probes.readiness === false ||
    (role.management === false && role.http === undefined && role.probes.readiness.command === undefined)
      ? ["whether a pod is ready: a rollout goes on as soon as its process has started"]
      : []),
  ];
}
