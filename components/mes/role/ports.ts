import type { RoleConfig } from "../config";
import { MANAGEMENT_PORT_NAME, PORTS } from "../contract/contract";

/** Name of the container port of requests. */
export const HTTP_PORT_NAME = "http";

/** Number of the port of health and metrics; undefined where the image has none. */
export function managementPort({ management }: RoleConfig): number | undefined {
  return management === false ? undefined : (management.port ?? PORTS.management);
}

/** Path of the metrics; undefined where the image has none. */
export function metricsPath({ management }: RoleConfig): string | undefined {
  return management === false || management.metrics === false ? undefined : management.metrics;
}

/** Whether health and metrics are served where requests are. */
function isShared(role: RoleConfig): boolean {
  return role.http !== undefined && managementPort(role) === role.http.port;
}

/** Ports of the container by name. */
export function portsOf(role: RoleConfig): Record<string, number> {
  const management = managementPort(role);
  return {
    ...(role.http === undefined ? {} : { [HTTP_PORT_NAME]: role.http.port }),
    ...role.ports,
    ...(management === undefined || isShared(role) ? {} : { [MANAGEMENT_PORT_NAME]: management }),
  };
}

/** Names of the container's ports, by the names that a stack file has for them: `management`, `http`, and those of `ports`. */
export function portNames(role: RoleConfig): ReadonlyMap<string, string> {
  const names = new Map(Object.keys(role.ports).map((name) => [name, name]));
  if (role.http !== undefined) names.set("http", HTTP_PORT_NAME);
  if (managementPort(role) !== undefined) names.set("management", isShared(role) ? HTTP_PORT_NAME : MANAGEMENT_PORT_NAME);
  return names;
}

/** Name and number of the port that metrics are read from; undefined where there are none. */
export function metricsPort(role: RoleConfig): { name: string; number: number } | undefined {
  const number = managementPort(role);
  if (number === undefined || metricsPath(role) === undefined) return undefined;
  return { name: isShared(role) ? HTTP_PORT_NAME : MANAGEMENT_PORT_NAME, number };
}
