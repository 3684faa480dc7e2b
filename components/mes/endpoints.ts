import { parseDuration } from "../schema";
import { groupRoutes } from "../gateway/objects";
import type { Route } from "../gateway/route";
import { serviceHost, type Endpoint, type PodSet } from "../network/connection";
import type { Environment } from "../platform";
import { selectorLabels } from "../objects/labels";
import type { RoleConfig, RolesConfig } from "./config";
import { enabledRoles } from "./role/pods";
import { HTTP_PORT_NAME } from "./role/ports";
import { SERVICE_PORT } from "./role/variables";

function rolePods(name: string, environment: Environment): PodSet {
  return { name, namespace: environment.namespaces.apps, labels: selectorLabels(name) };
}

/** Where a role serves requests; undefined for a role without http. */
export function roleEndpoint(name: string, role: RoleConfig, environment: Environment): Endpoint | undefined {
  if (role.http === undefined) return undefined;
  const pods = rolePods(name, environment);
  return {
    name: `${name}:http`,
    host: serviceHost(name, pods.namespace),
    port: SERVICE_PORT,
    podPort: role.http.port,
    target: { pods },
  };
}

/** Where a further port of a role is. */
function portEndpoint(name: string, role: RoleConfig, port: string, environment: Environment): Endpoint | undefined {
  const number = role.ports[port];
  if (number === undefined) return undefined;
  const pods = rolePods(name, environment);
  return { name: `${name}:${port}`, host: serviceHost(name, pods.namespace), port: number, target: { pods } };
}

/** Places outside of the cluster that a role calls. */
export function egressEndpoints(name: string, role: RoleConfig): Endpoint[] {
  return role.egress.map((place) => ({
    name: `${name}:${place.name}`,
    host: place.host ?? place.name,
    port: place.port,
    target: { cidrs: place.cidrs },
  }));
}

/** The paths of the gateway that lead to the roles. */
export function roleRoutes(roles: RolesConfig, environment: Environment): Route[] {
  return enabledRoles(roles).flatMap(([name, role]) => routesOf(name, role, environment));
}

/** Names of the HTTPRoutes that lead to a role. */
export function routeNames(name: string, role: RoleConfig, environment: Environment): string[] {
  return groupRoutes(routesOf(name, role, environment)).map(({ objectName }) => objectName);
}

function routesOf(name: string, role: RoleConfig, environment: Environment): Route[] {
  return role.routes.flatMap(({ hosts, paths, port, timeout }) => {
    const endpoint =
      port === undefined || port === HTTP_PORT_NAME
        ? roleEndpoint(name, role, environment)
        : portEndpoint(name, role, port, environment);
    if (endpoint === undefined) return [];
    return {
      name,
      namespace: environment.namespaces.apps,
      service: name,
      endpoint,
      hosts,
      paths,
      timeoutSeconds: parseDuration(timeout ?? role.http?.requestTimeout ?? "30s"),
    };
  });
}
