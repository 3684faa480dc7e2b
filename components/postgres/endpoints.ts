import { serviceHost, type Endpoint, type PodSet } from "../network/connection";
import type { Environment } from "../platform";

const POSTGRES_PORT = 5432;
/** Port on which an instance tells the operator and the other instances how it is. */
const STATUS_PORT = 8000;
export const METRICS_PORT = 9187;
export const POOLER_METRICS_PORT = 9127;

/**
 * Label of all pods that belong to the database: instances and the jobs that make them, which need the same connections.
 * The poolers carry the operator's own label `cnpg.io/cluster` too, and must not be meant.
 */
export const DATABASE_LABEL = "mes.platform/database";

export type PoolerType = "rw" | "ro";

export function poolerName(type: PoolerType): string {
  return `postgres-pooler-${type}`;
}

export function instancePods(environment: Environment, cluster: string): PodSet {
  return { name: cluster, namespace: environment.namespaces.data, labels: { [DATABASE_LABEL]: cluster } };
}

export function poolerPods(environment: Environment, type: PoolerType): PodSet {
  const name = poolerName(type);
  return { name, namespace: environment.namespaces.data, labels: { "cnpg.io/poolerName": name } };
}

/** The primary itself, without a pooler: migrations, and people who need a session. */
export function primaryEndpoint(environment: Environment, cluster: string): Endpoint {
  const endpoint = instanceEndpoint(environment, cluster, `${cluster}-rw`, POSTGRES_PORT);
  // Source: https://github.com/cloudnative-pg/cloudnative-pg/blob/v1.30.1/pkg/specs/services.go
  const selector = { "cnpg.io/cluster": cluster, "cnpg.io/instanceRole": "primary" };
  return { ...endpoint, target: { pods: instancePods(environment, cluster), selector } };
}

export function statusEndpoint(environment: Environment, cluster: string): Endpoint {
  return { ...instanceEndpoint(environment, cluster, `${cluster}-r`, STATUS_PORT), name: `${cluster}-status` };
}

export function poolerEndpoint(environment: Environment, type: PoolerType): Endpoint {
  const pods = poolerPods(environment, type);
  return { name: pods.name, host: serviceHost(pods.name, pods.namespace), port: POSTGRES_PORT, target: { pods } };
}

function instanceEndpoint(environment: Environment, cluster: string, service: string, port: number): Endpoint {
  const pods = instancePods(environment, cluster);
  return { name: service, host: serviceHost(service, pods.namespace), port, target: { pods } };
}

/** All names under which clients reach instances and poolers; the poolers show the same certificate. */
export function serverNames(environment: Environment, cluster: string): string[] {
  const { data } = environment.namespaces;
  return [`${cluster}-rw`, `${cluster}-ro`, `${cluster}-r`, poolerName("rw"), poolerName("ro")].flatMap((service) => [
    service,
    `${service}.${data}`,
    serviceHost(service, data),
    `${serviceHost(service, data)}.cluster.local`,
  ]);
}
