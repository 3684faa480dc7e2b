import type { ScrapeTarget } from "../observability/scrape";
import type { Environment } from "../platform";
import { BROKER, brokerHost, brokerPods, PORTS, PROMETHEUS_PORT } from "./endpoints";

/** `job` of the sums over a node. */
export const NODE_JOB = BROKER;
/** `job` of the metrics of each queue. */
export const QUEUE_JOB = `${BROKER}-queues`;

/** Families of `/metrics/detailed`: those of queues. Families of channels and connections would be a series each. */
const QUEUE_FAMILIES = ["queue_coarse_metrics", "queue_consumer_count", "queue_delivery_metrics", "queue_exchange_metrics"];

/** One view of a broker: under which job, where it is asked, and what of the answer is used. */
export type BrokerMetrics = Pick<ScrapeTarget, "job" | "path" | "params" | "metrics" | "labels">;

/** Sums over a node, which cost little. */
export const NODE_METRICS: BrokerMetrics = {
  job: NODE_JOB,
  metrics: [
    "rabbitmq_alarms_free_disk_space_watermark",
    "rabbitmq_alarms_memory_used_watermark",
    "rabbitmq_build_info",
    "rabbitmq_channel_messages_unconfirmed",
    "rabbitmq_connections",
    "rabbitmq_channels",
    "rabbitmq_connections_opened_total",
    "rabbitmq_consumers",
    "rabbitmq_disk_space_available_bytes",
    "rabbitmq_disk_space_available_limit_bytes",
    "rabbitmq_global_messages_confirmed_total",
    "rabbitmq_global_messages_dead_lettered_delivery_limit_total",
    "rabbitmq_global_messages_dead_lettered_expired_total",
    "rabbitmq_global_messages_dead_lettered_maxlen_total",
    "rabbitmq_global_messages_dead_lettered_rejected_total",
    "rabbitmq_global_messages_received_confirm_total",
    "rabbitmq_global_messages_received_total",
    "rabbitmq_global_messages_unroutable_dropped_total",
    "rabbitmq_global_messages_unroutable_returned_total",
    "rabbitmq_identity_info",
    "rabbitmq_process_resident_memory_bytes",
    "rabbitmq_resident_memory_limit_bytes",
    "rabbitmq_unreachable_cluster_peers_count",
  ],
  labels: ["protocol", "queue_type", "dead_letter_strategy", "rabbitmq_cluster", "rabbitmq_node", "rabbitmq_endpoint"],
};

/** What concerns single queues. A queue is measured by the node that leads it. */
export function queueMetrics(vhost: string): BrokerMetrics {
  return {
    job: QUEUE_JOB,
    path: "/metrics/detailed",
    params: { family: QUEUE_FAMILIES, vhost: [vhost] },
    metrics: [
      "rabbitmq_detailed_queue_consumers",
      "rabbitmq_detailed_queue_exchange_messages_published_total",
      "rabbitmq_detailed_queue_messages",
      "rabbitmq_detailed_queue_messages_acked_total",
      "rabbitmq_detailed_queue_messages_delivered_ack_total",
      "rabbitmq_detailed_queue_messages_ready",
      "rabbitmq_detailed_queue_messages_redelivered_total",
      "rabbitmq_detailed_queue_messages_unacked",
    ],
    labels: ["vhost", "queue", "exchange"],
  };
}

/** Two views of each node. Source: https://www.rabbitmq.com/docs/prometheus#metric-aggregation */
export function brokerScrapeTargets(environment: Environment, vhost: string): ScrapeTarget[] {
  const common = {
    pods: brokerPods(environment),
    port: PROMETHEUS_PORT,
    portNumber: PORTS.prometheus,
    scheme: "https" as const,
    serverName: brokerHost(environment),
  };
  return [NODE_METRICS, queueMetrics(vhost)].map((metrics) => ({ ...common, ...metrics }));
}
