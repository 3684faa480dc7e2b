import { serviceHost, type Endpoint, type PodSet } from "../network/connection";
import type { Environment } from "../platform";
import { selectorLabels } from "../objects/labels";

/**
 * Where monitoring is, as pure functions of the environment: KEDA, the collectors and Grafana name these without
 * monitoring having been constructed.
 */
export const PROMETHEUS = "prometheus";
export const ALERTMANAGER = "alertmanager";
export const GRAFANA = "grafana";

/**
 * Labels that prometheus-operator gives to the pods of a custom resource, whatever other labels they have.
 * Source: https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/prometheus/server/statefulset.go
 */
export function prometheusPods(environment: Environment): PodSet {
  const there = environment.prometheus;
  if (there !== undefined) return { name: PROMETHEUS, namespace: there.namespace, labels: there.labels };
  const labels = { "app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": PROMETHEUS };
  return { name: PROMETHEUS, namespace: environment.namespaces.observability, labels };
}

/** See `prometheusPods`; the label `alertmanager` carries the custom resource's name. */
export function alertmanagerPods(environment: Environment): PodSet {
  const labels = { "app.kubernetes.io/name": "alertmanager", alertmanager: ALERTMANAGER };
  return { name: ALERTMANAGER, namespace: environment.namespaces.observability, labels };
}

function grafanaPods(environment: Environment): PodSet {
  return { name: GRAFANA, namespace: environment.namespaces.observability, labels: selectorLabels(GRAFANA) };
}

/** Queries, and remote write of metrics derived from traces (`/api/v1/write`). */
export function prometheusEndpoint(environment: Environment): Endpoint {
  const there = environment.prometheus;
  if (there !== undefined) {
    const pods = prometheusPods(environment);
    return {
      name: PROMETHEUS,
      host: serviceHost(there.service, there.namespace),
      port: there.port,
      podPort: 9090,
      target: { pods },
    };
  }
  return endpoint(PROMETHEUS, 9090, prometheusPods(environment));
}

export function alertmanagerEndpoint(environment: Environment): Endpoint {
  return endpoint(ALERTMANAGER, 9093, alertmanagerPods(environment));
}

export function grafanaEndpoint(environment: Environment): Endpoint {
  return endpoint(GRAFANA, 3000, grafanaPods(environment));
}

function endpoint(name: string, port: number, pods: PodSet): Endpoint {
  return { name, host: serviceHost(name, pods.namespace), port, target: { pods } };
}
