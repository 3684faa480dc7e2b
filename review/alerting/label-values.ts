import type { Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { containersOf, type PodGroup } from "../kubernetes/pods";
import { listAt, numberAt, textAt } from "../kubernetes/value";
import { nameOf } from "../orders/broker";
import { countedNamespaces } from "./exporters/kube-state-metrics";
import type { LabelValues } from "./relabel";
import type { Scrape } from "./scrapes";

/** An object that series are about. */
interface Thing {
  readonly namespace: string;
  readonly name: string;
}

/** Values that a label has by what its exporter can say. Sources: the documentation of each exporter, at its pinned version */
const BY_EXPORTER: readonly (readonly [metric: RegExp, label: string, values: readonly string[]])[] = [
  [/^kube_node_status_condition$/, "condition", ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"]],
  [/^kube_deployment_status_condition$/, "condition", ["Available", "Progressing", "ReplicaFailure"]],
  [/^kube_horizontalpodautoscaler_status_condition$/, "condition", ["AbleToScale", "ScalingActive", "ScalingLimited"]],
  [/^kube_pod_status_(?:ready|scheduled)$/, "condition", ["true", "false", "unknown"]],
  [/^kube_.+_status_condition$/, "status", ["true", "false", "unknown"]],
  [/^kube_pod_status_phase$/, "phase", ["Pending", "Running", "Succeeded", "Failed", "Unknown"]],
  [
    /^kube_pod_container_status_(?:last_)?terminated_reason$/,
    "reason",
    [
      "OOMKilled",
      "Completed",
      "Error",
      "ContainerCannotRun",
      "DeadlineExceeded",
      "Evicted",
      "StartError",
      "ContainerStatusUnknown",
    ],
  ],
  [/^node_cpu_seconds_total$/, "mode", ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"]],
  [/^rabbitmq_global_messages_dead_lettered_/, "dead_letter_strategy", ["disabled", "at_most_once", "at_least_once"]],
  [/^prometheus_operator_managed_resources$/, "state", ["selected", "rejected"]],
  [/^certmanager_certificate_ready_status$/, "condition", ["True", "False", "Unknown"]],
  [/^cnpg_collector_pg_wal_archive_status$/, "value", ["ready", "done"]],
  [/^cnpg_collector_pg_wal$/, "value", ["count", "slots_max", "keep", "max", "min", "size", "volume_max", "volume_size"]],
  [/^otelcol_loadbalancer_backend_outcome$/, "success", ["true", "false"]],
  [/^mes_messages_handled_total$/, "outcome", ["done", "duplicate", "retried", "rejected"]],
  [/^http_server_/, "http_response_status_code", Array.from({ length: 500 }, (_, i) => String(100 + i))],
];

/** Kinds of objects that kube-state-metrics names by a label of that name. */
const KINDS: Readonly<Record<string, string>> = {
  deployment: "Deployment",
  statefulset: "StatefulSet",
  daemonset: "DaemonSet",
  cronjob: "CronJob",
  poddisruptionbudget: "PodDisruptionBudget",
};

/**
 * The values that a label of a series can have.
 * @param labels as Prometheus stores them
 * @param inNamespace whether the expression asks for a namespace
 * @returns undefined where they are not known
 */
export function knownValues(
  label: string,
  metric: string,
  scrape: Scrape,
  labels: LabelValues,
  known: Inventory,
  inNamespace: (namespace: string) => boolean,
): readonly string[] | undefined {
  const stored = labels.get(label);
  if (stored !== undefined && stored !== "any") return stored;
  const fixed = BY_EXPORTER.find(([pattern, name]) => name === label && pattern.test(metric));
  if (fixed !== undefined) return fixed[2];
  if (metric.startsWith("rabbitmq_detailed_queue_")) return ofBroker(label, known);
  if (/^(?:kube|container|kubelet_volume)_/.test(metric) || label === "exported_namespace")
    return ofObjects(label, metric, scrape, known, inNamespace);
  return undefined;
}

function ofBroker(label: string, { ofKind }: Inventory): string[] | undefined {
  const kind = { queue: "Queue", vhost: "Vhost" }[label];
  if (kind === undefined) return undefined;
  const found = ofKind(kind).filter(({ group }) => group === "rabbitmq.com");
  return found.length === 0 ? undefined : found.map(nameOf);
}

function ofObjects(
  label: string,
  metric: string,
  { pods }: Scrape,
  known: Inventory,
  inNamespace: (namespace: string) => boolean,
): readonly string[] | undefined {
  const namespaces = known.ofKind("Namespace").map(({ name }) => name);
  if (label === "namespace" || label === "exported_namespace") {
    const counted = metric.startsWith("kube_") ? countedNamespaces(pods) : undefined;
    return counted ?? (namespaces.length === 0 ? undefined : namespaces);
  }
  const things = thingsOf(label, known);
  if (things === undefined) return undefined;
  const isDeclared = ({ spec }: PodGroup) => Object.keys(spec).length > 0;
  if (label === "container" && known.pods.some((group) => inNamespace(group.namespace) && !isDeclared(group))) return undefined;
  // Objects that charts make are not known.
  if ([...known.opaqueNamespaces].some(inNamespace)) return undefined;
  return [...new Set(things.filter(({ namespace }) => inNamespace(namespace)).map(({ name }) => name))];
}

function thingsOf(label: string, known: Inventory): Thing[] | undefined {
  if (label === "horizontalpodautoscaler") {
    return known.autoscalers.map(({ object }) => ({ ...object, name: autoscalerName(object) }));
  }
  if (label === "pod")
    return known.pods.flatMap(({ object, namespace }) => podNames(object).map((name) => ({ namespace, name })));
  if (label === "container") return containersIn(known);
  const kind = KINDS[label];
  if (kind === undefined) return undefined;
  const made = kind === "Deployment" ? known.ofKind("Pooler") : kind === "StatefulSet" ? operatedSets(known) : [];
  return [...known.ofKind(kind), ...made];
}

/** Source: https://keda.sh/docs/latest/reference/scaledobject-spec/ */
function autoscalerName(object: KubeObject): string {
  if (object.kind !== "ScaledObject") return object.name;
  return textAt(object.spec, "advanced", "horizontalPodAutoscalerConfig", "name") ?? `keda-hpa-${object.name}`;
}

/** StatefulSets that operators make, as they name them. */
function operatedSets({ ofKind }: Inventory): Thing[] {
  return [
    ...ofKind("RabbitmqCluster").map(({ namespace, name }) => ({ namespace, name: `${name}-server` })),
    ...ofKind("Prometheus").map(({ namespace, name }) => ({ namespace, name: `prometheus-${name}` })),
    ...ofKind("Alertmanager").map(({ namespace, name }) => ({ namespace, name: `alertmanager-${name}` })),
  ];
}

/** Names that pods of a controller may have; parts that nobody knows are made up. */
function podNames(object: KubeObject): string[] {
  const { kind, name } = object;
  const numbered = (base: string, first: number) =>
    Array.from(
      { length: Math.max(1, numberAt(object.spec, "replicas") ?? numberAt(object.spec, "instances") ?? 1) },
      (_, i) => `${base}-${first + i}`,
    );
  switch (kind) {
    case "Deployment":
    case "Pooler":
      return [`${name}-6d8f9c7b54-x2k9z`];
    case "DaemonSet":
    case "Job":
      return [`${name}-x2k9z`];
    case "CronJob":
      return [`${name}-29000000-x2k9z`];
    case "Cluster":
      return numbered(name, 1);
    case "RabbitmqCluster":
      return numbered(`${name}-server`, 0);
    case "Prometheus":
    case "Alertmanager":
      return numbered(`${kind.toLowerCase()}-${name}`, 0);
    default:
      return numbered(name, 0);
  }
}

function containersIn(known: Inventory): Thing[] {
  return known.pods.flatMap(({ namespace, spec }) =>
    [...containersOf(spec), ...listAt(spec, "initContainers")].map((container) => ({
      namespace,
      name: textAt(container, "name") ?? "",
    })),
  );
}
