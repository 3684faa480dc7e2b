import { textAt } from "../kubernetes/value";
import type { Binding, BrokerModel, Queue } from "./broker";

/** A word that no binding names: what it matches, it matches by a wildcard. */
const ANY_WORD = "\u0001";

/**
 * Keys that stand for all keys of a pattern: `*` becomes a word that no binding names, `#` none, one and two of them. A binding that takes
 * these takes every key of the pattern.
 */
export function keysOf(pattern: string): string[] {
  const words = pattern.split(".");
  return words
    .reduce<string[][]>(
      (keys, word) => {
        const choices = word === "*" ? [[ANY_WORD]] : word === "#" ? [[], [ANY_WORD], [ANY_WORD, ANY_WORD]] : [[word]];
        return keys.flatMap((key) => choices.map((choice) => [...key, ...choice]));
      },
      [[]],
    )
    .slice(0, 64)
    .map((key) => key.join("."));
}

/** The queues that a message of an exchange gets to, through exchanges that are bound to exchanges too. */
export function queuesOf(broker: BrokerModel, scope: string, exchange: string, routingKey: string): Set<Queue> {
  return routed(broker, scope, exchange, (binding, type) => takes(binding, type, routingKey), routingKey);
}

/** The queues that some message of an exchange with one of a pattern's keys may get to. */
export function queuesOfSome(broker: BrokerModel, scope: string, exchange: string, pattern: string): Set<Queue> {
  const follows = (binding: Binding, type: string) => takesSome(binding, type, pattern);
  return routed(broker, scope, exchange, follows, isPattern(pattern) ? undefined : pattern);
}

/** The queues that any message of an exchange may get to. */
export function queuesOfAny(broker: BrokerModel, scope: string, exchange: string): Set<Queue> {
  return routed(broker, scope, exchange, () => true, undefined);
}

function takesSome(binding: Binding, type: string, pattern: string): boolean {
  if (type === "topic") return overlap(words(binding.routingKey), words(pattern));
  // Nobody means a key with a star in it.
  if (type === "direct") return !isPattern(binding.routingKey) && matchesTopic(words(pattern), words(binding.routingKey));
  return takes(binding, type, pattern);
}

/** Whether a routing key has a word that stands for others. */
function isPattern(key: string): boolean {
  return key.split(".").some((word) => word === "*" || word === "#");
}

/** @param key for the default exchange, which hands to the queue of that name; absent: to none */
function routed(
  broker: BrokerModel,
  scope: string,
  exchange: string,
  follows: (binding: Binding, type: string) => boolean,
  key: string | undefined,
): Set<Queue> {
  const queues = new Set<Queue>();
  if (exchange === "") {
    const named = key === undefined ? undefined : broker.queue(scope, key);
    return named === undefined ? queues : queues.add(named);
  }
  const seen = new Set<string>();
  const open = [exchange];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const type = typeOf(broker, scope, next);
    const taking = broker.bindingsFrom(scope, next).filter((binding) => follows(binding, type));
    for (const { toExchange, destination } of taking) {
      if (toExchange) open.push(destination);
      else {
        const queue = broker.queue(scope, destination);
        if (queue !== undefined) queues.add(queue);
      }
    }
    const alternate = textAt(broker.exchange(scope, next)?.settings, "alternate-exchange");
    if (taking.length === 0 && alternate !== undefined) open.push(alternate);
  }
  return queues;
}

/** Those that RabbitMQ itself declares. Source: https://www.rabbitmq.com/docs/exchanges#predeclared */
const PREDECLARED: Readonly<Record<string, string>> = {
  "amq.direct": "direct",
  "amq.fanout": "fanout",
  "amq.topic": "topic",
  "amq.headers": "headers",
  "amq.match": "headers",
};

export function isPredeclared(exchange: string): boolean {
  return exchange === "" || Object.hasOwn(PREDECLARED, exchange);
}

function typeOf(broker: BrokerModel, scope: string, exchange: string): string {
  return (
    broker.exchange(scope, exchange)?.type ??
    (Object.hasOwn(PREDECLARED, exchange) ? PREDECLARED[exchange] : undefined) ??
    "direct"
  );
}

/** Whether a binding takes a message. What depends on its headers, or on a plug-in's type of exchange, is taken to be so. */
function takes(binding: Binding, type: string, key: string): boolean {
  switch (type) {
    case "direct":
      return binding.routingKey === key;
    case "topic":
      return matchesTopic(words(binding.routingKey), words(key));
    case "headers":
      // Without a header to look at, `all` takes everything and `any` nothing.
      return Object.keys(binding.arguments).some((name) => !name.startsWith("x-")) || binding.arguments["x-match"] !== "any";
    default:
      return true;
  }
}

/** The words of a key; the empty key has none. Two `#` in a row are one. */
function words(key: string): readonly string[] {
  if (key === "") return [];
  return key.split(".").filter((word, i, all) => word !== "#" || all[i - 1] !== "#");
}

/** `*` stands for exactly one word, `#` for any number. Source: https://www.rabbitmq.com/tutorials/tutorial-five-javascript */
function matchesTopic(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return key.length === 0;
  if (first === "#") {
    if (rest.length === 0) return true;
    return Array.from({ length: key.length + 1 }, (_, from) => key.slice(from)).some((tail) => matchesTopic(rest, tail));
  }
  return key.length > 0 && (first === "*" || first === key[0]) && matchesTopic(rest, key.slice(1));
}

/** Whether some key is of both patterns. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  const [x, ...restOfA] = a;
  const [y, ...restOfB] = b;
  if (x === undefined || y === undefined) return [...a, ...b].every((word) => word === "#");
  if (x === "#") return overlap(restOfA, b) || overlap(a, restOfB);
  if (y === "#") return overlap(a, restOfB) || overlap(restOfA, b);
  return (x === "*" || y === "*" || x === y) && overlap(restOfA, restOfB);
}

/**
 * The queues that a queue's dead letters get to; undefined if it names no exchange for them. They keep the keys they came with unless the
 * queue gives them another one: only queues that take all of them count.
 */
export function deadLetterQueues(broker: BrokerModel, queue: Queue): Set<Queue> | undefined {
  const exchange = textAt(queue.settings, "dead-letter-exchange");
  if (exchange === undefined) return undefined;
  const own = textAt(queue.settings, "dead-letter-routing-key");
  const keys = own === undefined ? keysInto(broker, queue).flatMap(keysOf) : [own];
  if (keys.length === 0) return queuesOfAny(broker, queue.scope, exchange);
  const targets = keys.map((key) => queuesOf(broker, queue.scope, exchange, key));
  return targets.some((found) => found.size === 0) ? new Set() : new Set(targets.flatMap((found) => [...found]));
}

function keysInto({ bindings }: BrokerModel, { scope, name }: Queue): string[] {
  return bindings
    .filter((binding) => binding.scope === scope && !binding.toExchange && binding.destination === name)
    .map(({ routingKey }) => routingKey);
}

/** Queues that only dead letters get to: people look at them, no program does. */
export function parkingQueues(broker: BrokerModel): Set<Queue> {
  const exchanges = new Set(
    broker.queues.flatMap(({ scope, settings }) => {
      const exchange = textAt(settings, "dead-letter-exchange");
      return exchange === undefined ? [] : [`${scope} ${exchange}`];
    }),
  );
  return new Set(
    broker.queues.flatMap((queue) => {
      const into = broker.bindings.filter(
        ({ scope, destination, toExchange }) => !toExchange && scope === queue.scope && destination === queue.name,
      );
      const parked = into.length > 0 && into.every(({ scope, source }) => exchanges.has(`${scope} ${source}`));
      return parked ? [queue] : [];
    }),
  );
}
