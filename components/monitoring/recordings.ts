import type { AlertGroup, Recording } from "../observability/alert";
import { isExported } from "./exported";

/** What a service does, by the metric that counts it: requests of a program, transactions of a database, messages of a broker. */
const WORK: readonly { readonly metric: string; readonly rate: string }[] = [
  { metric: "http_server_request_duration_seconds_count", rate: "rate(http_server_request_duration_seconds_count[5m])" },
  { metric: "mes_messages_handled_total", rate: "rate(mes_messages_handled_total[5m])" },
  { metric: "cnpg_pg_stat_database_xact_commit", rate: "rate(cnpg_pg_stat_database_xact_commit[5m])" },
  { metric: "rabbitmq_global_messages_received_total", rate: "rate(rabbitmq_global_messages_received_total[5m])" },
  { metric: "redis_commands_processed_total", rate: "rate(redis_commands_processed_total[5m])" },
];

/** Connections of a program's own pool that are in use: a program that waits for its database uses neither CPU nor memory. */
const POOL_USE = "mes_db_pool_in_use";
const AUTOSCALER = "kube_horizontalpodautoscaler_";
/** The most pods that an autoscaler may make of a service. */
const MOST_PODS = `${AUTOSCALER}spec_max_replicas`;

/** The metric that tells the use of a GPU, in percent, by the pod that has it. */
export const GPU_USE = "DCGM_FI_DEV_GPU_UTIL";

/**
 * Load of every service: what it uses, what it may use, what it does. A service is what owns pods: a Deployment, a
 * StatefulSet, a DaemonSet, a database cluster; all series have the labels `namespace` and `service`.
 * @param exported metrics that some scrape target exports; what nobody exports is not recorded
 * @param ownPrometheus whether the platform's own Prometheus reads the kubelets. @default true
 */
export function serviceRecordings(exported: readonly string[], ownPrometheus = true): AlertGroup {
  // One that is there keeps the sums over whole pods too, which would count twice: our scrape of the kubelets drops them.
  const of = ownPrometheus ? "" : '{container!~"|POD"}';
  const work = WORK.filter(({ metric }) => isExported(metric, exported)).map(({ rate }) => byService("sum", rate));
  const cpu = `rate(container_cpu_usage_seconds_total${of}[5m])`;
  const memory = `container_memory_working_set_bytes${of}`;
  const recordings: Recording[] = [
    {
      record: "pod:service:info",
      // The owner of a Deployment's pod is a ReplicaSet: its name without the hash is the Deployment's.
      expr: `max by (namespace, pod, service) (
        label_replace(kube_pod_owner{owner_kind="ReplicaSet"}, "service", "$1", "owner_name", "(.+)-[a-z0-9]+")
        or label_replace(kube_pod_owner{owner_kind!="ReplicaSet"}, "service", "$1", "owner_name", "(.+)"))`,
    },
    { record: "service:cpu_cores:rate5m", expr: byService("sum", cpu) },
    { record: "service:cpu_requested_cores:sum", expr: byService("sum", 'kube_pod_container_resource_requests{resource="cpu"}') },
    { record: "service:cpu_of_request:ratio", expr: "service:cpu_cores:rate5m / (service:cpu_requested_cores:sum > 0)" },
    {
      record: "service:cpu_throttled:ratio5m",
      expr: `${byService("sum", `rate(container_cpu_cfs_throttled_periods_total${of}[5m])`)}
        / (${byService("sum", `rate(container_cpu_cfs_periods_total${of}[5m])`)} > 0)`,
    },
    { record: "service:memory_working_set_bytes:sum", expr: byService("sum", memory) },
    {
      record: "service:memory_of_limit:max",
      // By container first: the fullest one is killed, not the average one.
      expr: byService(
        "max",
        `max by (namespace, pod, container) (${memory})
          / (max by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}) > 0)`,
      ),
    },
    ...(isExported(GPU_USE, exported) ? [{ record: "service:gpu_used:ratio", expr: `${byService("avg", GPU_USE)} / 100` }] : []),
    ...(isExported(POOL_USE, exported)
      ? [{ record: "service:pool_used:max", expr: byService("max", `${POOL_USE} / (mes_db_pool_size > 0)`) }]
      : []),
    ...(isExported(MOST_PODS, exported)
      ? [
          {
            record: "service:pods_of_maximum:ratio",
            // KEDA's autoscalers have a name before that of what they scale.
            expr: `max by (namespace, service) (label_replace(
              ${AUTOSCALER}status_current_replicas / (${MOST_PODS} > 0),
              "service", "$1", "horizontalpodautoscaler", "(?:keda-hpa-)?(.+)"))`,
          },
        ]
      : []),
    ...(work.length > 0 ? [{ record: "service:requests:rate5m", expr: work.join(" or ") }] : []),
  ];
  return { name: "services", recordings, alerts: [] };
}

/** Gives series of pods the name of their service, and aggregates them. */
function byService(aggregation: "sum" | "avg" | "max", series: string): string {
  return `${aggregation} by (namespace, service) ((${series}) * on (namespace, pod) group_left (service) pod:service:info)`;
}
