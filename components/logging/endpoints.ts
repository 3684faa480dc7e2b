import { serviceHost, type Endpoint } from "../network/connection";
import type { Environment } from "../platform";
import type { BucketUser } from "../storage/users";
import { selectorLabels } from "../objects/labels";

export const LOKI = "loki";
/** Loki's HTTP API: logs come in (OTLP under `/otlp`) and are queried here. */
export const LOKI_HTTP_PORT = 3100;

/** Loki's HTTP API. */
export function lokiEndpoint(environment: Environment): Endpoint {
  const namespace = environment.namespaces.observability;
  const target = { pods: { name: LOKI, namespace, labels: selectorLabels(LOKI) } };
  return { name: LOKI, host: serviceHost(LOKI, namespace), port: LOKI_HTTP_PORT, target };
}

/**
 * Address of Loki, as a data source of Grafana takes it. Its certificate is signed by the platform's CA, so the data source
 * also needs `tlsAuthWithCACert` and the certificate at `CA_FILE`.
 */
export function lokiUrl(environment: Environment): string {
  const { host, port } = lokiEndpoint(environment);
  return `https://${host}:${port}`;
}

/** Loki as a user of the object store: it keeps chunks and index in the bucket `logs`. */
export function lokiBucketUser(environment: Environment): BucketUser {
  return {
    name: LOKI,
    namespace: environment.namespaces.observability,
    serviceAccount: LOKI,
    buckets: { logs: "readwrite" },
  };
}
