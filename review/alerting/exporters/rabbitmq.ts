import { listAt } from "../../kubernetes/value";
import { nameOf } from "../../orders/broker";
import type { LeftOut } from "./model";

/**
 * Families of `/metrics/detailed`, by what their metrics are called without `rabbitmq_detailed_`. The first that fits is meant.
 * Source: deps/rabbitmq_prometheus/src/collectors/prometheus_rabbitmq_core_metrics_collector.erl of RabbitMQ 4
 */
const FAMILIES: readonly (readonly [metric: RegExp, families: readonly string[]])[] = [
  [/^queue_exchange_messages_published_total$/, ["queue_exchange_metrics"]],
  [/^queue_messages_published_total$/, ["channel_queue_exchange_metrics"]],
  [/^queue_(?:get(?:_ack|_empty)?_total|messages_(?:delivered(?:_ack)?|redelivered|acked)_total)$/, ["queue_delivery_metrics"]],
  [/^queue_(?:messages(?:_ready|_unacked)?|process_reductions_total)$/, ["queue_coarse_metrics"]],
  [/^queue_consumers$/, ["queue_consumer_count", "queue_metrics"]],
  [/^queue_/, ["queue_metrics"]],
  [/^channel_messages_(?:published|confirmed|unroutable_\w+)_total$/, ["channel_exchange_metrics"]],
  [/^channel_(?:get|messages_(?:delivered|redelivered|acked))/, ["channel_queue_metrics"]],
  [/^channel_process_/, ["channel_process_metrics"]],
  [/^(?:channel_|consumer_prefetch)/, ["channel_metrics"]],
  [/^connection_(?:incoming_bytes|outgoing_bytes|process_reductions)/, ["connection_coarse_metrics"]],
  [/^connection_(?:incoming_packets|outgoing_packets|pending|channels)/, ["connection_metrics"]],
  [/^exchange_messages_/, ["exchange_metrics"]],
  [/^vhost_status$/, ["vhost_status"]],
  [/^exchange_bindings$/, ["exchange_bindings"]],
  [/^exchange_name$/, ["exchange_names"]],
];

/** RabbitMQ tells of single queues what it is asked for. Source: https://www.rabbitmq.com/docs/prometheus#detailed-endpoint */
export const rabbitmq: LeftOut = (metric, { endpoint }, known) => {
  const detail = /^rabbitmq_(?:detailed|cluster)_(.+)$/.exec(metric)?.[1];
  if (detail === undefined) return undefined;
  const asked = listAt(endpoint, "params", "family").map(String);
  const families = FAMILIES.find(([pattern]) => pattern.test(detail))?.[1];
  if (families !== undefined && !families.some((one) => asked.includes(one)))
    return `the broker is not asked for the family ${families[0]} of its metrics (params.family)`;
  const vhosts = listAt(endpoint, "params", "vhost").map(String);
  const there = known.ofKind("Vhost").filter(({ group }) => group === "rabbitmq.com");
  if (vhosts.length === 0 || there.length === 0 || there.some((vhost) => vhosts.includes(nameOf(vhost)))) return undefined;
  return `the broker is asked for queues of the virtual host ${vhosts.join(", ")}, and has ${there.map(nameOf).join(", ")} (params.vhost)`;
};
