import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, timeseries, type Query, type Row } from "../observability/panels";
import { NODE_JOB, QUEUE_JOB } from "./metrics";
import { PARKED } from "./topology";

const NODE = `job="${NODE_JOB}"`;
const QUEUE = `job="${QUEUE_JOB}", queue=~"$queue"`;
const PARKING = `job="${QUEUE_JOB}", queue=~".*${PARKED.replace(".", "[.]")}"`;

/** Rate of a count of the whole broker. */
function nodeRate(metric: string): string {
  return `sum(rate(rabbitmq_global_messages_${metric}_total{${NODE}}[$__rate_interval]))`;
}

/** Rate of a count of each queue. */
function queueRate(metric: string): string {
  return `sum by (queue) (rate(rabbitmq_detailed_queue_${metric}_total{${QUEUE}}[$__rate_interval]))`;
}

/** Present number of each queue. */
function ofQueue(metric: string): string {
  return `max by (queue) (rabbitmq_detailed_queue_${metric}{${QUEUE}})`;
}

function byQueue(expr: string): Query[] {
  return [{ expr, legend: "{{queue}}" }];
}

/**
 * Is the broker well, does what comes in go out, and where does it wait?
 * @param replicas nodes that it should have
 */
export function brokerDashboard(replicas: number): Dashboard {
  return dashboard("mes-broker", "Broker", [now(replicas), queues(), publishers(), nodes()], {
    description: "RabbitMQ: what comes in, what goes out, where it waits",
    variables: [{ name: "queue", label: "Queue", metric: "rabbitmq_detailed_queue_messages" }],
  });
}

function now(replicas: number): Row {
  return row("Now", [
    stat("Nodes", "short", [{ expr: `count(up{${NODE}} == 1) or vector(0)`, legend: "up" }], {
      description: "Nodes that answer. Queues need a majority.",
      least: Math.floor(replicas / 2) + 1,
      whole: replicas,
    }),
    stat("Parked messages", "short", [{ expr: `sum(rabbitmq_detailed_queue_messages{${PARKING}})`, legend: "parked" }], {
      description: "Messages that nobody could handle. Each is an order that is late.",
      limits: [{ value: 1, color: "red" }],
    }),
    stat("Waiting messages", "short", [{ expr: `sum(${ofQueue("messages_ready")})`, legend: "ready" }]),
    stat(
      "Dropped in a day",
      "short",
      [{ expr: `sum(increase(rabbitmq_global_messages_unroutable_dropped_total{${NODE}}[1d]))`, legend: "dropped" }],
      {
        description: "Messages that no queue was bound for, published without the mandatory flag: lost.",
        limits: [{ value: 1, color: "red" }],
      },
    ),
    stat(
      "Alarms",
      "short",
      [
        {
          expr: `sum(rabbitmq_alarms_memory_used_watermark{${NODE}} + rabbitmq_alarms_free_disk_space_watermark{${NODE}})`,
          legend: "alarms",
        },
      ],
      { description: "Memory and disk alarms. One blocks all publishers.", limits: [{ value: 1, color: "red" }] },
    ),
    stat("Connections", "short", [{ expr: `sum(rabbitmq_connections{${NODE}})`, legend: "connections" }]),
  ]);
}

function queues(): Row {
  return row("Queues", [
    timeseries("Messages waiting", "short", byQueue(ofQueue("messages_ready")), {
      description: "Should fall as fast as it rises. A line that only rises is a backlog.",
    }),
    timeseries("Messages in work", "short", byQueue(ofQueue("messages_unacked")), {
      description: "Delivered and not acknowledged: at most consumers × prefetch.",
    }),
    timeseries("Consumers", "short", byQueue(ofQueue("consumers"))),
    timeseries(
      "Messages in a second, in",
      "reqps",
      byQueue(`sum by (queue) (rate(rabbitmq_detailed_queue_exchange_messages_published_total{${QUEUE}}[$__rate_interval]))`),
    ),
    timeseries("Messages in a second, done", "reqps", byQueue(queueRate("messages_acked")), {
      description: "Acknowledged. As much as comes in, or the backlog grows.",
    }),
    timeseries("Delivered again", "reqps", byQueue(queueRate("messages_redelivered")), {
      description: "Attempts that failed. After the delivery limit a message is parked.",
    }),
    timeseries("Time to work off", "s", byQueue(`${ofQueue("messages")} / ${queueRate("messages_acked")}`), {
      description: "How long the newest message waits at the present pace.",
    }),
    timeseries("Parked messages", "short", [
      { expr: `max by (queue) (rabbitmq_detailed_queue_messages{${PARKING}})`, legend: "{{queue}}" },
    ]),
  ]);
}

function publishers(): Row {
  return row("Publishers", [
    timeseries(
      "Messages in a second",
      "reqps",
      [
        { expr: nodeRate("received_confirm"), legend: "received" },
        { expr: nodeRate("confirmed"), legend: "confirmed" },
        { expr: nodeRate("unroutable_returned"), legend: "returned" },
        { expr: nodeRate("unroutable_dropped"), legend: "dropped" },
      ],
      { description: "Received and confirmed should be one line; what is between them was refused." },
    ),
    timeseries(
      "Time to confirm",
      "s",
      [{ expr: `sum(rabbitmq_channel_messages_unconfirmed{${NODE}}) / ${nodeRate("confirmed")}`, legend: "average" }],
      { description: "How long a publisher waits until its message is safe on a majority of nodes." },
    ),
    timeseries("Dead-lettered in a second", "reqps", [
      { expr: nodeRate("dead_lettered_rejected"), legend: "rejected" },
      { expr: nodeRate("dead_lettered_delivery_limit"), legend: "too many attempts" },
      { expr: nodeRate("dead_lettered_expired"), legend: "too old" },
    ]),
  ]);
}

function nodes(): Row {
  return row("Nodes", [
    timeseries(
      "Memory",
      "bytes",
      [
        { expr: `rabbitmq_process_resident_memory_bytes{${NODE}}`, legend: "{{pod}}" },
        { expr: `min(rabbitmq_resident_memory_limit_bytes{${NODE}})`, legend: "limit" },
      ],
      { description: "Above the limit publishers are blocked." },
    ),
    timeseries(
      "Free disk",
      "bytes",
      [
        { expr: `rabbitmq_disk_space_available_bytes{${NODE}}`, legend: "{{pod}}" },
        { expr: `max(rabbitmq_disk_space_available_limit_bytes{${NODE}})`, legend: "limit" },
      ],
      { description: "Below the limit publishers are blocked." },
    ),
    timeseries("Peers out of reach", "short", [{ expr: `rabbitmq_unreachable_cluster_peers_count{${NODE}}`, legend: "{{pod}}" }]),
    timeseries(
      "New connections in a second",
      "reqps",
      [{ expr: `sum(rate(rabbitmq_connections_opened_total{${NODE}}[$__rate_interval]))`, legend: "opened" }],
      { description: "Programs keep their connections: a high rate is one that reconnects again and again." },
    ),
  ]);
}
