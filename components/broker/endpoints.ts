import { serviceHost, type Endpoint, type PodSet } from "../network/connection";
import type { Environment } from "../platform";

/** Name of the RabbitmqCluster; its Service, pods and Secrets are named after it. */
export const BROKER = "broker";
/** Name of the Service by which clients outside of the cluster connect. */
export const EXTERNAL_SERVICE = `${BROKER}-external`;

/**
 * Ports of the broker. Source: https://www.rabbitmq.com/docs/networking#ports
 * Those without TLS (5672, 15672, 15692) are closed.
 */
export const PORTS = {
  amqps: 5671,
  management: 15_671,
  prometheus: 15_691,
  /** Where nodes find each other's port. */
  epmd: 4369,
  /** Between nodes. */
  distribution: 25_672,
} as const;

/** Name of the prometheus port on the pods, given by the operator. */
export const PROMETHEUS_PORT = "prometheus-tls";

/**
 * The broker's pods, by the one label that the operator selects them with.
 * Source: https://github.com/rabbitmq/cluster-operator/blob/v2.22.4/internal/metadata/label.go
 */
export function brokerPods(environment: Environment): PodSet {
  return { name: BROKER, namespace: environment.namespaces.data, labels: { "app.kubernetes.io/name": BROKER } };
}

/** The DNS name that clients in the cluster use, and that its certificate carries. */
export function brokerHost(environment: Environment): string {
  return serviceHost(BROKER, environment.namespaces.data);
}

/** Where clients of AMQP connect to. */
export function amqpEndpoint(environment: Environment): Endpoint {
  return endpoint(environment, "amqps", PORTS.amqps);
}

/** The management API. */
export function managementEndpoint(environment: Environment): Endpoint {
  return endpoint(environment, "management", PORTS.management);
}

/** What the nodes of the cluster need of each other. */
export function clusterEndpoints(environment: Environment): Endpoint[] {
  return [endpoint(environment, "epmd", PORTS.epmd), endpoint(environment, "distribution", PORTS.distribution)];
}

function endpoint(environment: Environment, name: string, port: number): Endpoint {
  return { name: `${BROKER}:${name}`, host: brokerHost(environment), port, target: { pods: brokerPods(environment) } };
}

/** Names by which the certificate of the broker must be valid. */
export function certificateNames(environment: Environment, externalHostname: string | undefined): string[] {
  const { data } = environment.namespaces;
  const internal = [brokerHost(environment), `${BROKER}.${data}`, `${brokerHost(environment)}.cluster.local`, "localhost"];
  return externalHostname === undefined ? internal : [...internal, externalHostname];
}
