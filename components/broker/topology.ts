import { shortHash } from "../objects/short-hash";
import { parseBytes, parseDuration } from "../schema";
import type { BrokerConfig, QueueConfig } from "./config";
import { isAtLeast } from "./existing-config";
import type { ExchangeType, PolicyRule } from "./kinds";
import { exactly } from "./users";

/** Exchange that takes messages out of queues that cannot handle them, to the parking queue of each. */
export const DEAD_LETTER_EXCHANGE = "dead-letters";
/** End of the name of a parking queue. */
export const PARKED = ".parked";

/** Where messages of a queue go that its consumers cannot handle. */
export function parkingQueue(queue: string): string {
  return `${queue}${PARKED}`;
}

interface ExchangePlan {
  readonly name: string;
  readonly type: ExchangeType;
}

export interface QueuePlan {
  readonly name: string;
  /** Arguments can never be changed: here is only what no policy can say. */
  readonly arguments: Readonly<Record<string, boolean>>;
  readonly policy: PolicyRule;
}

interface BindingPlan {
  /** Says what is bound: another binding is another object, because a binding can never be changed. */
  readonly name: string;
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
}

export interface Topology {
  readonly exchanges: readonly ExchangePlan[];
  readonly queues: readonly QueuePlan[];
  readonly bindings: readonly BindingPlan[];
  /** Holds for every queue, even one that nobody planned. */
  readonly operatorPolicy: PolicyRule;
}

/** Whether a broker knows pauses between attempts, and `-1` in a policy for any number of them. The platform's own does. */
export function knowsRetries({ existing }: Pick<BrokerConfig, "existing">): boolean {
  return existing === undefined || isAtLeast(existing.version, [4, 3]);
}

/** Everything in the broker's virtual host. */
export function topologyOf(config: BrokerConfig): Topology {
  const queues = Object.entries(config.queues);
  const retries = knowsRetries(config);
  return {
    exchanges: [
      ...Object.entries(config.exchanges).map(([name, { type }]) => ({ name, type })),
      { name: DEAD_LETTER_EXCHANGE, type: "direct" },
    ],
    queues: queues.flatMap(([name, queue]) => [
      parking(name, config.parking, retries),
      working(name, queue, config.consumerTimeout, retries),
    ]),
    bindings: queues.flatMap(([name, queue]) => bindingsOf(name, queue)),
    operatorPolicy: {
      name: "never-drop",
      pattern: ".*",
      applyTo: "quorum_queues",
      priority: 0,
      // Without it a full queue drops its oldest message (drop-head). Operator policies cannot be overridden by others.
      definition: { overflow: "reject-publish" },
    },
  };
}

/** What all quorum queues of the platform have in common; one policy a queue, because RabbitMQ applies only one. */
function policy(queue: string, definition: PolicyRule["definition"]): PolicyRule {
  return {
    name: queue,
    pattern: exactly([queue]),
    applyTo: "quorum_queues",
    priority: 10,
    definition: { overflow: "reject-publish", "queue-leader-locator": "balanced", ...definition },
  };
}

function working(name: string, queue: QueueConfig, consumerTimeout: string, retries: boolean): QueuePlan {
  return {
    name,
    arguments: queue.singleActiveConsumer ? { "x-single-active-consumer": true } : {},
    policy: policy(name, {
      "delivery-limit": queue.deliveryLimit,
      ...(queue.singleActiveConsumer || !retries ? {} : pauses(queue.retry)),
      "consumer-timeout": milliseconds(queue.consumerTimeout ?? consumerTimeout),
      "dead-letter-exchange": DEAD_LETTER_EXCHANGE,
      "dead-letter-routing-key": name,
      // The message leaves only when the parking queue has confirmed it. Works with overflow reject-publish alone.
      "dead-letter-strategy": "at-least-once",
      "max-length": queue.maxLength,
      "max-length-bytes": Math.floor(parseBytes(queue.maxLengthBytes)),
      ...(queue.messageTtl === undefined ? {} : { "message-ttl": milliseconds(queue.messageTtl) }),
    }),
  };
}

/**
 * Without them a message uses up its attempts within milliseconds. Only failures pause: what was given back unbegun has waited enough.
 * Source: https://www.rabbitmq.com/docs/quorum-queues#delayed-retry
 */
function pauses({ delay, longest }: QueueConfig["retry"]): PolicyRule["definition"] {
  return {
    "delayed-retry-type": "failed",
    "delayed-retry-min": milliseconds(delay),
    "delayed-retry-max": milliseconds(longest),
  };
}

function milliseconds(duration: string): number {
  return parseDuration(duration) * 1000;
}

/** A limit that nobody reaches, for brokers that do not take `-1` in a policy, or take it for none at all. */
const OUT_OF_REACH = 1_000_000;

function parking(queue: string, bounds: BrokerConfig["parking"], retries: boolean): QueuePlan {
  const name = parkingQueue(queue);
  return {
    name,
    arguments: {},
    policy: policy(name, {
      // Looking at a parked message and putting it back counts as an attempt: without -1 the twentieth look would drop it.
      // Source: https://www.rabbitmq.com/docs/quorum-queues#position-of-requeued-messages-and-delivery-limit and pull request 16035 of rabbitmq-server
      "delivery-limit": retries ? -1 : OUT_OF_REACH,
      "max-length": bounds.maxLength,
      "max-length-bytes": Math.floor(parseBytes(bounds.maxLengthBytes)),
    }),
  };
}

function bindingsOf(name: string, queue: QueueConfig): BindingPlan[] {
  return [
    binding(DEAD_LETTER_EXCHANGE, parkingQueue(name), name),
    ...queue.bindings.map(({ exchange, routingKey }) => binding(exchange, name, routingKey)),
  ];
}

function binding(exchange: string, queue: string, routingKey: string): BindingPlan {
  return { name: `${queue}-${shortHash(`${exchange}\0${routingKey}`)}`, exchange, queue, routingKey };
}
