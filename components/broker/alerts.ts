import { anywhere, CAUSE_KEEPS_FIRING, type Alert, type AlertGroup, type Recording } from "../observability/alert";
import { grown, SHORTEST_RATE } from "../observability/rates";
import { parseDuration } from "../schema";
import type { BrokerConfig } from "./config";
import { NODE_JOB, QUEUE_JOB } from "./metrics";
import { PARKED } from "./topology";

/** Nobody can publish: all that sends waits. */
export const BROKER_BLOCKED = anywhere("BrokerQuorumLost", "BrokerMemoryAlarm", "BrokerDiskAlarm");

/** Rules on the broker: places 1 to 3 where an order can be lost or late (before, in and after the broker). */
export function brokerAlerts(config: BrokerConfig): AlertGroup[] {
  return [
    { name: "broker-nodes", alerts: [...nodeAlerts(config.existing?.nodes ?? config.replicas), ...capacityAlerts()] },
    { name: "broker-messages", alerts: [...lossAlerts(), ...publisherAlerts()] },
    { name: "broker-queues", recordings: queueTargets(config), alerts: [...parkingAlerts(), ...consumerAlerts()] },
  ];
}

/** Nodes that answer Prometheus; zero, not nothing, when none does. */
const NODES_UP = `(count(up{job="${NODE_JOB}"} == 1) or vector(0))`;

function nodeAlerts(replicas: number): Alert[] {
  const majority = Math.floor(replicas / 2) + 1;
  const lost: Alert = {
    name: "BrokerQuorumLost",
    expr: `${NODES_UP} < ${majority}`,
    for: "1m",
    severity: "page",
    keepFiringFor: CAUSE_KEEPS_FIRING,
    summary: `Fewer than ${majority} of ${replicas} nodes of the broker are there`,
    description: "No queue has a majority: nothing can be published or consumed, and no order moves until nodes are back.",
  };
  if (replicas === 1) return [lost];
  return [
    lost,
    {
      name: "BrokerNodeDown",
      expr: `${NODES_UP} < ${replicas}`,
      for: "5m",
      severity: "ticket",
      causedBy: anywhere("BrokerQuorumLost", "NodeNotReady"),
      summary: "{{ $value }} of " + `${replicas} nodes of the broker are there`,
      description: "Queues still have their majority, but the loss of further nodes would stop them.",
    },
    {
      name: "BrokerNodesDisconnected",
      expr: `max(rabbitmq_unreachable_cluster_peers_count{job="${NODE_JOB}"}) > 0`,
      for: "3m",
      severity: "ticket",
      causedBy: anywhere("BrokerQuorumLost", "BrokerNodeDown", "NodeNotReady"),
      summary: "A node of the broker cannot reach {{ $value }} of its peers",
      description: "The network between nodes is cut. Queues go on where a majority is; clients of the other side wait.",
    },
  ];
}

function capacityAlerts(): Alert[] {
  const alarm = (name: string, metric: string, resource: string): Alert => ({
    name,
    expr: `max by (pod) (${metric}{job="${NODE_JOB}"}) > 0`,
    severity: "page",
    keepFiringFor: CAUSE_KEEPS_FIRING,
    summary: `{{ $labels.pod }} is out of ${resource}: nobody can publish`,
    description: `A ${resource} alarm on one node blocks the publishers of all nodes. Orders wait in the outbox until it is over.`,
  });
  return [
    alarm("BrokerMemoryAlarm", "rabbitmq_alarms_memory_used_watermark", "memory"),
    alarm("BrokerDiskAlarm", "rabbitmq_alarms_free_disk_space_watermark", "disk"),
    {
      name: "BrokerDiskFilling",
      expr:
        `predict_linear(rabbitmq_disk_space_available_bytes{job="${NODE_JOB}"}[3h], 24 * 3600) < ` +
        `rabbitmq_disk_space_available_limit_bytes{job="${NODE_JOB}"}`,
      for: "30m",
      severity: "ticket",
      causedBy: anywhere("BrokerDiskAlarm"),
      summary: "The disk of {{ $labels.pod }} reaches its limit within a day",
      description:
        "At the pace of the last three hours publishers will be blocked. Find the queue that grows, or enlarge the volume.",
    },
  ];
}

/** Increase of a counter over all nodes; counters of a node start from zero when it restarts, which is allowed for. */
function increase(metric: string, labels = "", window = "5m"): string {
  return grown(`${metric}{job="${NODE_JOB}"${labels}}`, window);
}

function lossAlerts(): Alert[] {
  const discarded = ["rejected", "expired", "delivery_limit", "maxlen"].map((reason) =>
    increase(`rabbitmq_global_messages_dead_lettered_${reason}_total`, ', dead_letter_strategy="disabled"'),
  );
  return [
    {
      name: "BrokerMessagesDropped",
      expr: `${increase("rabbitmq_global_messages_unroutable_dropped_total")} > 0`,
      severity: "page",
      keepFiringFor: CAUSE_KEEPS_FIRING,
      summary: "The broker dropped {{ $value | humanize }} messages that no queue was bound for",
      description:
        "A publisher sends without the mandatory flag to a routing key that nothing is bound to: these messages are lost.",
    },
    {
      name: "BrokerMessagesReturned",
      expr: `${increase("rabbitmq_global_messages_unroutable_returned_total")} > 0`,
      for: "2m",
      severity: "page",
      keepFiringFor: CAUSE_KEEPS_FIRING,
      summary: "The broker returned {{ $value | humanize }} messages that no queue is bound for",
      description: "Publishers keep these messages and try again, in vain until a binding is there: the orders in them are late.",
    },
    {
      name: "BrokerMessagesDiscarded",
      expr: `${discarded.join(" + ")} > 0`,
      severity: "page",
      summary: "A queue without a parking queue discarded {{ $value | humanize }} messages",
      description: "A policy is missing: a queue gives up messages and nobody takes them. They are lost.",
    },
  ];
}

function publisherAlerts(): Alert[] {
  const rate = (metric: string) => `sum(rate(${metric}{job="${NODE_JOB}"}[5m]))`;
  return [
    {
      name: "BrokerConfirmsSlow",
      // Little's law: what waits, divided by what gets through in a second, is how long each waits.
      expr:
        `sum(rabbitmq_channel_messages_unconfirmed{job="${NODE_JOB}"}) / ` +
        `${rate("rabbitmq_global_messages_confirmed_total")} > 2`,
      for: "5m",
      severity: "page",
      causedBy: BROKER_BLOCKED,
      summary: "A publisher waits {{ $value | humanizeDuration }} for the broker to confirm a message",
      description:
        "Confirms come late or not at all: the relay falls behind, and the CRM may give up on messages it has confirmed.",
    },
    {
      name: "BrokerPublishesRefused",
      expr:
        `${rate("rabbitmq_global_messages_received_confirm_total")} - ${rate("rabbitmq_global_messages_confirmed_total")} > ` +
        `0.05 * ${rate("rabbitmq_global_messages_received_confirm_total")}`,
      for: "5m",
      severity: "page",
      causedBy: BROKER_BLOCKED,
      summary: "The broker refuses {{ $value | humanize }} messages a second",
      description: "A queue is full or has no majority: publishers are refused and keep their messages. Orders are late.",
    },
  ];
}

const sameQueue = (...alerts: readonly string[]) => Object.fromEntries(alerts.map((alert) => [alert, ["queue"]]));

/** Queues that programs work on; parking queues are for people. */
const WORKED = `job="${QUEUE_JOB}", queue!~".*${PARKED.replace(".", "[.]")}"`;
const PARKING = `job="${QUEUE_JOB}", queue=~".*${PARKED.replace(".", "[.]")}"`;

/** The value of a queue; while its leader moves, two nodes may report it. */
function ofQueue(metric: string, selector = WORKED): string {
  return `max by (queue) (rabbitmq_detailed_queue_${metric}{${selector}})`;
}

/** What counts as too much, by queue: series that the rules compare with. */
function queueTargets(config: BrokerConfig): Recording[] {
  return Object.entries(config.queues).flatMap(([queue, { maxLength, drainWithin }]) => [
    { record: "queue:broker_max_length:messages", expr: `vector(${maxLength})`, labels: { queue } },
    { record: "queue:broker_drain_target:seconds", expr: `vector(${parseDuration(drainWithin)})`, labels: { queue } },
  ]);
}

function parkingAlerts(): Alert[] {
  return [
    {
      name: "BrokerMessagesParked",
      expr: `${ofQueue("messages", PARKING)} > 0`,
      for: "1m",
      severity: "page",
      summary: "{{ $value }} messages lie in {{ $labels.queue }}",
      description:
        "The consumer rejected them or failed too often. They are safe, and late: nobody handles them until somebody moves them.",
    },
    {
      name: "BrokerMessagesRedelivered",
      expr:
        `sum by (queue) (rate(rabbitmq_detailed_queue_messages_redelivered_total{${WORKED}}[10m])) > ` +
        `0.1 * sum by (queue) (rate(rabbitmq_detailed_queue_messages_delivered_ack_total{${WORKED}}[10m]))`,
      for: "15m",
      severity: "ticket",
      summary: "More than a tenth of the messages of {{ $labels.queue }} are delivered again",
      description:
        "Consumers fail or die while handling them. Each message has a limited number of attempts before it is parked.",
    },
  ];
}

function consumerAlerts(): Alert[] {
  const acked = (window: string) => `sum by (queue) (rate(rabbitmq_detailed_queue_messages_acked_total{${WORKED}}[${window}]))`;
  return [
    {
      name: "BrokerQueueWithoutConsumers",
      expr: `${ofQueue("consumers")} == 0 and ${ofQueue("messages")} > 0`,
      for: "2m",
      severity: "page",
      keepFiringFor: CAUSE_KEEPS_FIRING,
      causedBy: BROKER_BLOCKED,
      summary: "Nobody consumes {{ $labels.queue }}",
      description:
        "Messages are there and no program takes them: the role or client that consumes this queue is down or not connected.",
    },
    {
      name: "BrokerQueueBacklog",
      // Seconds until the last message has its turn; infinite when nothing is acknowledged.
      expr: `${ofQueue("messages")} / ${acked("5m")} > on (queue) queue:broker_drain_target:seconds`,
      for: "5m",
      severity: "page",
      causedBy: { ...BROKER_BLOCKED, ...sameQueue("BrokerConsumersStuck", "BrokerQueueWithoutConsumers") },
      summary: "{{ $labels.queue }} needs {{ $value | humanizeDuration }} to be worked off",
      description: "Messages wait longer than this queue allows. Its consumers are too few, too slow, or wait for the database.",
    },
    {
      name: "BrokerQueueNearlyFull",
      expr: `${ofQueue("messages")} > on (queue) 0.8 * queue:broker_max_length:messages`,
      for: "5m",
      severity: "page",
      causedBy: sameQueue("BrokerConsumersStuck", "BrokerQueueWithoutConsumers", "BrokerQueueBacklog"),
      summary: "{{ $labels.queue }} holds {{ $value }} messages, more than four fifths of what it may",
      description: "When it is full the broker refuses its publishers. Nothing is dropped, but orders pile up before the broker.",
    },
    {
      name: "BrokerConsumersStuck",
      expr: `${ofQueue("messages_unacked")} > 0 and on (queue) ${acked(SHORTEST_RATE)} == 0`,
      for: "4m",
      severity: "page",
      keepFiringFor: CAUSE_KEEPS_FIRING,
      causedBy: BROKER_BLOCKED,
      summary: "The consumers of {{ $labels.queue }} hold {{ $value }} messages and finish none",
      description: "They have fetched messages and acknowledged nothing for minutes: they hang, mostly on the database.",
    },
    {
      name: "BrokerUnackedHigh",
      expr: `${ofQueue("messages_unacked")} > 500 * clamp_min(${ofQueue("consumers")}, 1)`,
      for: "15m",
      severity: "ticket",
      summary: "{{ $value }} messages of {{ $labels.queue }} are fetched and not acknowledged",
      description:
        "A consumer fetches more than it can handle: its prefetch is not bounded. If it dies, all of them are delivered again.",
    },
  ];
}
