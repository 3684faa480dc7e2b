import { textAt } from "../../kubernetes/value";
import type { BrokerModel, Queue } from "../../orders/broker";
import { deadLetterQueues } from "../../orders/routing";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("queues-keep-orders");

/** Exchanges that are there after a restart. Source: https://www.rabbitmq.com/docs/exchanges#durability; the operator's own default is not durable */
export function lastingExchanges({ exchanges }: BrokerModel): Finding[] {
  return exchanges.flatMap(({ object, name }) => {
    const findings: Finding[] = [];
    if (object.spec.durable !== true) {
      const message = `${name} is gone after a restart of the broker, with all its bindings: publishers are refused; use durable: true`;
      findings.push(error(object.resource, "spec.durable", message));
    }
    if (object.spec.autoDelete === true) {
      const message = `${name} is deleted with its last binding: publishers are refused; leave autoDelete out`;
      findings.push(error(object.resource, "spec.autoDelete", message));
    }
    return findings;
  });
}

/**
 * What fails is parked once, and where people expect it. One parking queue for all is one way to do it; where queues have their own, one that is
 * left out, and another that gets the messages of two, are a slip.
 */
export function parkedApart(broker: BrokerModel, parking: ReadonlySet<Queue>): Finding[] {
  const pairs = broker.queues
    .filter((queue) => !parking.has(queue))
    .map((queue) => ({ queue, targets: [...(deadLetterQueues(broker, queue) ?? [])].filter((one) => parking.has(one)) }));
  const used = new Set(pairs.flatMap(({ targets }) => targets));
  const idle = [...parking].filter((queue) => !used.has(queue));
  return pairs.flatMap(({ queue, targets }) => {
    const { object, path } = queue.origin("dead-letter-routing-key");
    const exchange = broker.exchange(queue.scope, textAt(queue.settings, "dead-letter-exchange") ?? "");
    if (targets.length > 1 && exchange !== undefined && ["headers", "fanout"].includes(exchange.type)) {
      const message = `${exchange.name} is of type ${exchange.type}, to which the routing key of a dead letter means nothing: what fails in ${queue.name} gets to ${listed(targets.map(({ name }) => name))}, and is moved back to the wrong programs; use type direct`;
      return [error(exchange.object.resource, "spec.type", message)];
    }
    if (targets.length > 1) {
      const message = `what fails in ${queue.name} is parked ${targets.length} times, in ${listed(targets.map(({ name }) => name))}: whoever moves it back makes the same order several times; lead it to one queue`;
      return [warning(object.resource, path, message)];
    }
    const [target] = targets;
    const others = pairs.filter((other) => other.queue !== queue && target !== undefined && other.targets.includes(target));
    const free = idle.filter(({ scope }) => scope === queue.scope);
    // The queue that is named like its parking queue is the one that belongs there.
    if (target === undefined || others.length === 0 || free.length === 0 || target.name.includes(queue.name)) return [];
    const message = `what fails in ${queue.name} is parked in ${target.name}, with that of ${listed(others.map((other) => other.queue.name))}, while ${listed(free.map(({ name }) => name))} gets nothing: it is moved back to the wrong programs; correct the dead-letter routing key`;
    return [error(object.resource, path, message)];
  });
}
