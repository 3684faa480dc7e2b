import { resolveImage } from "../../images/resolve";
import { serviceHost } from "../../network/connection";
import type { Environment } from "../../platform";
import { fromSecret } from "../../workload/binding";
import { PART_OF } from "../../objects/labels";
import type { EnvVarSource } from "../../workload/pod";
import type { RoleConfig } from "../config";
import { namedVariables } from "../contract/contract";
import { managementPort, metricsPath } from "./ports";
import { longestRequest, shutdownOf } from "./shutdown";

type Variables = Record<string, string | EnvVarSource>;

/** Port of every role's Service. */
export const SERVICE_PORT = 80;

/** Name of the Secret with the secret variables of a role. */
export function secretName(role: string): string {
  return `${role}-env`;
}

/** The variables of the contract that come from the role itself, and its own secret ones; those of services come from bindings. */
export function roleVariables(name: string, role: RoleConfig, environment: Environment): Variables {
  const { drain, linger } = shutdownOf(role);
  const management = managementPort(role);
  const variables: Variables = {
    // First: others refer to it, and Kubernetes resolves only what comes before.
    POD_NAME: { fieldRef: { fieldPath: "metadata.name" } },
    MES_ROLE: (role.runs ?? [name]).join(","),
    ...(management === undefined ? {} : { MES_MANAGEMENT_PORT: String(management) }),
    MES_LOG_FORMAT: "json",
    MES_LOG_LEVEL: role.logLevel,
    MES_DRAIN_SECONDS: String(drain),
    ...(metricsPath(role) === undefined ? {} : { MES_METRICS_LINGER_SECONDS: String(linger) }),
    OTEL_SERVICE_NAME: name,
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes(role, environment),
  };
  if (role.http !== undefined) {
    variables.MES_HTTP_PORT = String(role.http.port);
    variables.MES_REQUEST_TIMEOUT_SECONDS = String(longestRequest(role));
  }
  if (role.database !== undefined) {
    variables.MES_DB_POOL_SIZE = String(role.database.poolSize);
    variables.MES_DB_ACCESS = [role.database.access].flat().join(",");
  }
  if (role.consumes.length > 0)
    variables.MES_CONSUME = role.consumes.map(({ queue, prefetch }) => `${queue}=${prefetch}`).join(",");
  if (role.publishes.length > 0) variables.MES_PUBLISH_EXCHANGES = role.publishes.join(",");
  for (const called of role.calls) {
    variables[namedVariables.role(called)] = `http://${serviceHost(called, environment.namespaces.apps)}:${SERVICE_PORT}`;
  }
  for (const [variable, { name: secret, key }] of Object.entries(role.secretRefs)) variables[variable] = fromSecret(secret, key);
  for (const variable of Object.keys(role.secrets)) variables[variable] = fromSecret(secretName(name), variable);
  return variables;
}

/** Source of the names: https://opentelemetry.io/docs/specs/semconv/resource/ */
function resourceAttributes(role: RoleConfig, environment: Environment): string {
  const attributes = {
    "service.namespace": PART_OF,
    "service.version": resolveImage(environment.images, "mes", role.image).tag,
    "service.instance.id": "$(POD_NAME)",
    "deployment.environment.name": environment.stack,
    "k8s.namespace.name": environment.namespaces.apps,
    "k8s.pod.name": "$(POD_NAME)",
  };
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
