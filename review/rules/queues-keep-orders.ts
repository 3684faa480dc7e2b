import { inventory, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { numberAt, recordAt, textAt, type Json } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "queues-keep-orders";
const { error } = reporter(name);

export const queuesKeepOrders: Rule = {
  name,
  title:
    "Every queue is replicated, refuses what it cannot hold instead of dropping it, and leads what fails to a dead-letter queue.",
  why: "A classic queue dies with its node; drop-head silently throws away the oldest orders under load; a message that fails too often is deleted unless a dead-letter path catches it.",
  check: (plan) => {
    const known = inventory(plan);
    const topology = topologyOf(known);
    return topology.queues.flatMap((queue) => findingsOf(queue, topology));
  },
};

interface Queue {
  readonly object: KubeObject;
  readonly key: string;
  readonly type: string;
  readonly settings: Json;
}

interface Topology {
  readonly queues: readonly Queue[];
  readonly exchanges: ReadonlySet<string>;
  /** Keys of the queues and exchanges bound to an exchange, by the exchange's key. */
  readonly bindings: ReadonlyMap<string, readonly string[]>;
  /** Keys of the queues that a dead-letter exchange leads to. */
  readonly deadLetterQueues: ReadonlySet<string>;
}

function topologyOf(known: Inventory): Topology {
  const ofRabbit = (kind: string) => known.ofKind(kind).filter((object) => object.group === "rabbitmq.com");
  const policies = [...ofRabbit("Policy"), ...ofRabbit("OperatorPolicy")];
  const queues = ofRabbit("Queue").map((object) => {
    const queueName = textAt(object.spec, "name") ?? object.name;
    const settings = { ...policySettings(object, queueName, policies), ...withoutPrefix(recordAt(object.spec, "arguments")) };
    const type =
      textAt(object.spec, "type") ?? textAt(object.spec, "arguments", "x-queue-type") ?? vhostDefault(object, ofRabbit("Vhost"));
    return { object, key: key(object, queueName), type, settings };
  });
  const bindings = new Map<string, string[]>();
  for (const { spec, ...object } of ofRabbit("Binding")) {
    const from = key({ ...object, spec }, textAt(spec, "source") ?? "");
    bindings.set(from, [...(bindings.get(from) ?? []), key({ ...object, spec }, textAt(spec, "destination") ?? "")]);
  }
  const exchanges = new Set(ofRabbit("Exchange").map((object) => key(object, textAt(object.spec, "name") ?? object.name)));
  const withoutEnds = { queues, exchanges, bindings, deadLetterQueues: new Set<string>() };
  const deadLetterQueues = new Set(queues.flatMap((queue) => deadLetterTargets(queue, withoutEnds)));
  return { ...withoutEnds, deadLetterQueues };
}

function findingsOf(queue: Queue, topology: Topology): Finding[] {
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
  const overflow = textAt(settings, "overflow");
  if (overflow !== "reject-publish") {
    const message = `overflow is ${overflow ?? "drop-head by default"}: a full queue drops its oldest messages; use reject-publish`;
    findings.push(error(object.resource, "spec.arguments.x-overflow", message));
  }
  return [...findings, ...deadLetterFindings(queue, topology)];
}

function deadLetterFindings(queue: Queue, topology: Topology): Finding[] {
  const { object, settings } = queue;
  const exchange = textAt(settings, "dead-letter-exchange");
  const path = "spec.arguments.x-dead-letter-exchange";
  if (exchange === undefined) {
    // Where failed messages end up, nothing consumes by itself, so that nothing can fail there again.
    if (topology.deadLetterQueues.has(queue.key)) return [];
    return [
      error(object.resource, path, "a message that fails too often is deleted; name a dead-letter exchange, bound to a queue"),
    ];
  }
  const findings: Finding[] = [];
  if (exchange !== "" && !topology.exchanges.has(key(object, exchange))) {
    findings.push(error(object.resource, path, `the exchange ${exchange} is not declared in the same virtual host; declare it`));
  } else if (deadLetterTargets(queue, topology).length === 0) {
    const message = `nothing is bound to ${exchange === "" ? "the dead-letter routing key" : exchange}: dead letters are dropped; bind a queue`;
    findings.push(error(object.resource, path, message));
  }
  if (queue.type === "quorum" && textAt(settings, "dead-letter-strategy") !== "at-least-once") {
    const message = "dead letters are moved at most once, and are lost when their target does not take them; use at-least-once";
    findings.push(error(object.resource, "spec.arguments.x-dead-letter-strategy", message));
  }
  return findings;
}

/** Keys of the queues that a queue's dead letters get to, through exchanges bound to exchanges too. */
function deadLetterTargets({ object, settings }: Queue, { queues, bindings }: Topology): string[] {
  const exchange = textAt(settings, "dead-letter-exchange");
  if (exchange === undefined) return [];
  const isQueue = new Set(queues.map((queue) => queue.key));
  // The default exchange hands to the queue named by the routing key.
  if (exchange === "") return [key(object, textAt(settings, "dead-letter-routing-key") ?? "")].filter((k) => isQueue.has(k));
  const seen = new Set<string>();
  const open = [key(object, exchange)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(bindings.get(next) ?? []));
  }
  return [...seen].filter((k) => isQueue.has(k));
}

/** Settings that policies give a queue: of all that match, RabbitMQ applies the one of the highest priority. */
function policySettings(queue: KubeObject, queueName: string, policies: readonly KubeObject[]): Json {
  const applied = (kind: string) =>
    policies
      .filter((policy) => policy.kind === kind && scope(policy) === scope(queue))
      .filter((policy) => ["all", "queues", "quorum_queues"].includes(textAt(policy.spec, "applyTo") ?? "all"))
      .filter((policy) => matches(textAt(policy.spec, "pattern") ?? "", queueName))
      .sort((a, b) => (numberAt(b.spec, "priority") ?? 0) - (numberAt(a.spec, "priority") ?? 0))[0];
  return { ...recordAt(applied("Policy")?.spec, "definition"), ...recordAt(applied("OperatorPolicy")?.spec, "definition") };
}

function matches(pattern: string, queueName: string): boolean {
  try {
    return new RegExp(pattern).test(queueName);
  } catch {
    return false;
  }
}

function vhostDefault(queue: KubeObject, vhosts: readonly KubeObject[]): string {
  const vhost = vhosts.find((one) => (textAt(one.spec, "name") ?? one.name) === (textAt(queue.spec, "vhost") ?? "/"));
  return textAt(vhost?.spec, "defaultQueueType") ?? "classic";
}

function withoutPrefix(settings: Json): Json {
  return Object.fromEntries(Object.entries(settings).map(([setting, value]) => [setting.replace(/^x-/, ""), value]));
}

/** Broker and virtual host. */
function scope({ namespace, spec }: Pick<KubeObject, "namespace" | "spec">): string {
  const cluster = recordAt(spec, "rabbitmqClusterReference");
  return `${textAt(cluster, "namespace") ?? namespace}/${textAt(cluster, "name") ?? ""}/${textAt(spec, "vhost") ?? "/"}`;
}

function key(object: Pick<KubeObject, "namespace" | "spec">, queueOrExchange: string): string {
  return `${scope(object)}/${queueOrExchange}`;
}
