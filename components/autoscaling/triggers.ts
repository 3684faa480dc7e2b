import type { IScaleTriggers } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaleTriggers";
import { SHORTEST_RATE } from "../observability/rates";
import type { Endpoint } from "../network/connection";
import type { QueueScale, ScaleConfig } from "./config";

/** The role that is scaled: its pods are found by these names in metrics. */
export interface ScaledRole {
  readonly name: string;
  readonly namespace: string;
  readonly container: string;
  /** Who counts its requests: a counter, and the targets that have it, as selectors. @default its own image */
  readonly requests?: { readonly counter: string; readonly counted: string };
}

/** Where triggers read from; the ones a scale does not use may be absent. */
export interface TriggerSources {
  readonly prometheus?: Endpoint;
  readonly vhost?: string;
  /** Name of the TriggerAuthentication for the broker. */
  readonly brokerAuthentication?: string;
}

/**
 * Resource metrics alone are the business of a plain HorizontalPodAutoscaler: one part less that can fail. Everything
 * else needs KEDA, which then makes the HorizontalPodAutoscaler itself: there are never two on one target.
 */
export function needsKeda(scale: ScaleConfig): boolean {
  return [scale.requestsPerSecond, scale.queue, scale.gpu, scale.schedule].some((metric) => metric !== undefined);
}

/** Whether a scale has triggers that ask Prometheus. */
export function readsPrometheus(scale: ScaleConfig): boolean {
  return scale.requestsPerSecond !== undefined || scale.gpu !== undefined;
}

/**
 * Requests a second of all pods together. No series may mean that nothing is measured, or that nobody has asked anything yet:
 * a scraped pod makes it a zero, and only an absence of scraped pods is an error that the fallback is for.
 */
export function requestRateQuery({ name, namespace, requests }: ScaledRole): string {
  const selector = `namespace="${namespace}",job="${name}"`;
  const { counter, counted } = requests ?? {
    counter: `http_server_request_duration_seconds_count{${selector}}`,
    counted: `up{${selector}}`,
  };
  return `sum(rate(${counter}[${SHORTEST_RATE}])) or 0 * sum(${counted} == 1)`;
}

/**
 * Sum over pods of the mean use of each pod's GPUs. The sum, because the autoscaler divides by the number of pods: the
 * target is then the average of a pod.
 */
export function gpuQuery({ name, namespace }: ScaledRole): string {
  return `sum(avg by (pod) (DCGM_FI_DEV_GPU_UTIL{namespace="${namespace}",pod=~"${name}-[a-z0-9]+-[a-z0-9]+"}))`;
}

/**
 * Triggers of a ScaledObject. Names and units of the parameters are KEDA's.
 * Source: https://keda.sh/docs/2.21/scalers/
 */
export function triggers(scale: ScaleConfig, role: ScaledRole, sources: TriggerSources): IScaleTriggers[] {
  const list: IScaleTriggers[] = [];
  for (const type of ["cpu", "memory"] as const) {
    const target = scale[type];
    if (target === undefined) continue;
    const metadata = { value: String(target), containerName: role.container };
    list.push({ type, name: type, metricType: "Utilization", metadata });
  }
  for (const queue of scale.queue ?? []) list.push(...queueTriggers(queue, sources));
  if (scale.requestsPerSecond !== undefined)
    list.push(prometheusTrigger("requests", requestRateQuery(role), scale.requestsPerSecond, sources));
  if (scale.gpu !== undefined) list.push(prometheusTrigger("gpu", gpuQuery(role), scale.gpu, sources));
  for (const [i, window] of (scale.schedule ?? []).entries()) {
    const { start, end, timezone, replicas } = window;
    list.push({ type: "cron", name: `schedule-${i}`, metadata: { start, end, timezone, desiredReplicas: String(replicas) } });
  }
  return list;
}

/** Length finds what already waits, rate what is about to: the autoscaler follows whichever asks for more pods. */
function queueTriggers(queue: QueueScale, { vhost, brokerAuthentication }: TriggerSources): IScaleTriggers[] {
  if (vhost === undefined || brokerAuthentication === undefined)
    throw new RangeError(`scaling on the queue ${queue.name} needs the broker's management API`);
  const trigger = (mode: "QueueLength" | "MessageRate", value: number): IScaleTriggers => ({
    type: "rabbitmq",
    name: `${queue.name.replaceAll(/[^a-zA-Z0-9-]+/g, "-")}-${mode === "QueueLength" ? "length" : "rate"}`,
    metricType: "AverageValue",
    authenticationRef: { name: brokerAuthentication, kind: "TriggerAuthentication" },
    metadata: {
      protocol: "http",
      vhostName: vhost,
      queueName: queue.name,
      mode,
      value: String(value),
      activationValue: String(queue.activation),
      // An unacknowledged message is still work: without it a role that has fetched everything would be scaled down.
      excludeUnacknowledged: "false",
    },
  });
  const length = trigger("QueueLength", queue.length);
  return queue.rate === undefined ? [length] : [length, trigger("MessageRate", queue.rate)];
}

function prometheusTrigger(name: string, query: string, threshold: number, { prometheus }: TriggerSources): IScaleTriggers {
  if (prometheus === undefined) throw new RangeError(`scaling on ${name} needs Prometheus`);
  return {
    type: "prometheus",
    name,
    metricType: "AverageValue",
    metadata: {
      serverAddress: `http://${prometheus.host}:${prometheus.port}`,
      query,
      threshold: String(threshold),
      // No answer is an error, so that the fallback holds; by default KEDA would take it for no load and remove pods.
      ignoreNullValues: "false",
    },
  };
}
