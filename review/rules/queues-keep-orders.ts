import { brokerModel, type BrokerModel, type Queue } from "../orders/broker";
import { deadLetterQueues, isPredeclared, parkingQueues } from "../orders/routing";
import { recordAt, textAt } from "../kubernetes/value";
import { lastingExchanges, parkedApart } from "./queues/exchanges";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "queues-keep-orders";
const { error } = reporter(name);

export const queuesKeepOrders: Rule = {
  name,
  title:
    "Every queue is replicated, refuses what it cannot hold instead of dropping it, and leads what fails to a dead-letter queue.",
  why: "A classic queue dies with its node; drop-head silently throws away the oldest orders under load; a message that fails too often is deleted unless a dead-letter path catches it.",
  check: (plan) => {
    const broker = brokerModel(plan);
    const parking = parkingQueues(broker);
    return [
      ...broker.queues.flatMap((queue) => findingsOf(queue, broker, parking)),
      ...lastingExchanges(broker),
      ...parkedApart(broker, parking),
    ];
  },
};

function findingsOf(queue: Queue, broker: BrokerModel, parking: ReadonlySet<Queue>): Finding[] {
  const { object, type, settings } = queue;
  const findings: Finding[] = [];
  if (type === "stream") return [];
  if (type !== "quorum") {
    const message = `is a ${type} queue, on one node only; use type: quorum`;
    findings.push(error(object.resource, "spec.type", message));
  }
  if (recordAt(object.spec).durable === false) {
    findings.push(error(object.resource, "spec.durable", "is gone after a restart of the broker; use durable: true"));
  }
  for (const [field, what] of [
    ["autoDelete", "is deleted with everything in it when its last consumer goes"],
    ["exclusive", "belongs to one connection, and is deleted with it"],
  ] as const) {
    if (object.spec[field] === true) findings.push(error(object.resource, `spec.${field}`, `${what}; leave ${field} out`));
  }
  if (typeof settings.expires === "number") {
    const { object: place, path } = queue.origin("expires");
    const message = `${queue.name} is deleted with everything in it when nobody uses it for ${settings.expires / 1000} s; leave expires out`;
    findings.push(error(place.resource, path, message));
  }
  const overflow = textAt(settings, "overflow");
  if (overflow !== "reject-publish") {
    const message = `overflow is ${overflow ?? "drop-head by default"}: a full queue drops its oldest messages; use reject-publish`;
    findings.push(error(object.resource, "spec.arguments.x-overflow", message));
  }
  return [...findings, ...deadLetterFindings(queue, broker, parking)];
}

function deadLetterFindings(queue: Queue, broker: BrokerModel, parking: ReadonlySet<Queue>): Finding[] {
  const { object, settings, scope } = queue;
  const exchange = textAt(settings, "dead-letter-exchange");
  const targets = deadLetterQueues(broker, queue);
  if (exchange === undefined || targets === undefined) {
    // Where failed messages end up, nothing consumes by itself, so that nothing can fail there again.
    if (parking.has(queue)) return [];
    const path = "spec.arguments.x-dead-letter-exchange";
    return [
      error(object.resource, path, "a message that fails too often is deleted; name a dead-letter exchange, bound to a queue"),
    ];
  }
  const { object: place, path } = queue.origin("dead-letter-exchange");
  const findings: Finding[] = [];
  if (!isPredeclared(exchange) && broker.exchange(scope, exchange) === undefined) {
    findings.push(error(place.resource, path, `the exchange ${exchange} is not declared in the same virtual host; declare it`));
  } else if (targets.size === 0) {
    const key = textAt(settings, "dead-letter-routing-key");
    const where = exchange === "" ? "the dead-letter routing key" : exchange;
    const with_ = key === undefined ? "" : ` for the key ${key}`;
    const message = `nothing is bound to ${where}${with_}: dead letters of ${queue.name} are dropped; bind a queue`;
    findings.push(error(place.resource, path, message));
  } else if (targets.has(queue)) {
    const message = `dead letters of ${queue.name} come back into it, and go round without an end; lead them to a queue of their own`;
    findings.push(error(place.resource, path, message));
  } else {
    const worked = [...targets].filter((target) => !parking.has(target));
    if (worked.length > 0) {
      const message = `dead letters of ${queue.name} get to ${listed(worked.map((target) => target.name))}, where programs take them for new messages; lead them to a queue of their own`;
      findings.push(error(place.resource, path, message));
    }
  }
  if (queue.type === "quorum" && textAt(settings, "dead-letter-strategy") !== "at-least-once") {
    const message = "dead letters are moved at most once, and are lost when their target does not take them; use at-least-once";
    findings.push(error(object.resource, "spec.arguments.x-dead-letter-strategy", message));
  }
  return findings;
}
