import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { inWords, rabbitmqBytes, timeInWords } from "../kubernetes/sizes";
import { brokerSettings, isBroker } from "../kubernetes/systems";
import { bytesAt, numberAt, textAt } from "../kubernetes/value";
import { brokerModel, clusterOf, matchesName, nameOf, scopeOf, type BrokerModel, type Queue } from "../orders/broker";
import { flowOf, type Flow } from "../orders/flow";
import { parkingQueues } from "../orders/routing";
import { queueTriggers, type QueueTrigger } from "../orders/triggers";
import { workSeconds } from "../orders/work";
import type { Plan } from "../plan/plan";
import { refusedTerms } from "./queues/terms";
import { count, listed, reporter, type Finding, type Rule } from "./rule";

const name = "queue-limits";
const { error, warning } = reporter(name);

export const queueLimits: Rule = {
  name,
  title:
    "Every queue bears an outage: failed messages are tried again and then parked, nothing expires on the way, and what queues may hold fits their consumers, their autoscalers and the broker's disk.",
  why: "A queue that is full after seconds, a message that expires or is parked while the database fails over, or a disk that is full before a queue is: each stops orders although nothing is broken for good.",
  check: (plan) => {
    const broker = brokerModel(plan);
    const known = inventory(plan);
    const context = { plan, broker, known, flow: flowOf(plan), triggers: queueTriggers(known), parking: parkingQueues(broker) };
    return [
      ...broker.queues.filter(({ type }) => type !== "stream").flatMap((queue) => queueFindings(queue, context)),
      ...policyFindings(broker),
      ...refusedTerms(broker),
      ...known.objects.filter(isBroker).flatMap((cluster) => diskFindings(cluster, broker)),
    ];
  },
};

interface Context {
  readonly plan: Plan;
  readonly broker: BrokerModel;
  readonly known: Inventory;
  readonly flow: Flow | undefined;
  readonly triggers: readonly QueueTrigger[];
  readonly parking: ReadonlySet<Queue>;
}

/** Finds something at the setting that a queue has from its arguments or from a policy. */
function finding(report: typeof error, queue: Queue, setting: string, message: string): Finding {
  const { object, path } = queue.origin(setting);
  return report(object.resource, path, message);
}

function key(queue: Queue, setting: string): string {
  return `mes:broker.queues.${queue.name}.${setting}`;
}

function queueFindings(queue: Queue, context: Context): Finding[] {
  if (context.parking.has(queue)) return parkingFindings(queue, context);
  return [
    ...attemptFindings(queue, context),
    ...expiryFindings(queue, context),
    ...lengthFindings(queue, context),
    ...orderedFindings(queue, context),
    ...unsupported(queue),
  ];
}

/** What a quorum queue does where nothing says it. Source: https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling */
const DELIVERY_LIMIT = 20;
/** A database that fails over is back within this time, in seconds. Source: the end-to-end tests of CloudNativePG 1.30 */
const FAILOVER = 20;
/** Attempts above which a message that cannot be handled keeps consumers busy for nothing. */
const MANY_ATTEMPTS = 1000;

/** Whether the broker of a queue knows pauses between attempts; one that does not is told of among what nobody can promise. */
function knowsRetries({ scope }: Queue, { facts }: Plan): boolean {
  const elsewhere = facts?.brokerElsewhere;
  return elsewhere === undefined || elsewhere.retries || !scope.startsWith(`${elsewhere.cluster} `);
}

function attemptFindings(queue: Queue, { flow, plan }: Context): Finding[] {
  if (queue.type !== "quorum") return [];
  const { settings } = queue;
  const limit = numberAt(settings, "delivery-limit") ?? DELIVERY_LIMIT;
  if (limit < 0) {
    const message = `${queue.name} gives a failed message back without an end, so that one that can never be handled keeps its consumers busy for ever; set ${key(queue, "deliveryLimit")}`;
    return [finding(error, queue, "delivery-limit", message)];
  }
  if (limit > MANY_ATTEMPTS) {
    const message = `${queue.name} tries a message ${limit} times before it is parked; lower ${key(queue, "deliveryLimit")}`;
    return [finding(error, queue, "delivery-limit", message)];
  }
  const findings: Finding[] = [];
  const pauses = pausesOf(queue);
  const wait = flow?.waiting(queue);
  if (pauses === undefined) {
    // A queue with one consumer at a time has none, to keep the order.
    if (settings["single-active-consumer"] !== true && knowsRetries(queue, plan)) {
      const message = `${queue.name} tries a failed message again at once, ${count(limit, "time")} within milliseconds, so that a failover of the database parks what is handled then; set ${key(queue, "retry")}`;
      findings.push(finding(error, queue, "delayed-retry-type", message));
    }
  } else {
    const total = Array.from({ length: Math.min(limit, MANY_ATTEMPTS) }, (_, i) =>
      Math.min(pauses.first * (i + 1), pauses.longest),
    ).reduce((sum, pause) => sum + pause, 0);
    if (total < FAILOVER) {
      const report = total < FAILOVER / 2 ? error : warning;
      const message = `${queue.name} gives a message up after ${timeInWords(total)} of trying (${count(limit, "attempt")}), before the database has failed over (${FAILOVER} s): orders are parked that need only wait; raise ${key(queue, "deliveryLimit")} or retry.delay`;
      findings.push(finding(report, queue, "delivery-limit", message));
    }
    if (wait !== undefined && pauses.first > wait) {
      const message = `${queue.name} tries a failed message again after ${timeInWords(pauses.first)}, although one may wait ${timeInWords(wait)} only (drainWithin); lower ${key(queue, "retry.delay")}`;
      findings.push(finding(error, queue, "delayed-retry-min", message));
    }
  }
  return findings;
}

/** Pauses before a failed message is tried again, in seconds. Source: https://www.rabbitmq.com/docs/quorum-queues#delayed-retry */
function pausesOf({ settings }: Queue): { first: number; longest: number } | undefined {
  const type = textAt(settings, "delayed-retry-type") ?? "disabled";
  const first = numberAt(settings, "delayed-retry-min");
  if (!["failed", "all"].includes(type) || first === undefined || first <= 0) return undefined;
  return { first: first / 1000, longest: Math.max(first, numberAt(settings, "delayed-retry-max") ?? first) / 1000 };
}

/** An outage that people need to notice and to repair, in seconds. */
const OUTAGE = 3600;

function expiryFindings(queue: Queue, { flow }: Context): Finding[] {
  const ttl = numberAt(queue.settings, "message-ttl");
  if (ttl === undefined) return [];
  const seconds = ttl / 1000;
  const path = key(queue, "messageTtl");
  if (queue.settings["dead-letter-exchange"] === undefined) {
    const message = `${queue.name} deletes messages that have waited ${timeInWords(seconds)}; take message-ttl away, or give it a dead-letter exchange`;
    return [finding(error, queue, "message-ttl", message)];
  }
  const wait = flow?.waiting(queue);
  const work = Math.max(0, ...(flow?.consumers(queue) ?? []).map(({ program }) => workSeconds(program)));
  if (seconds <= Math.max(wait ?? 0, work)) {
    const what =
      wait !== undefined && wait >= work
        ? `they may wait ${timeInWords(wait)} (drainWithin)`
        : `a pod takes ${timeInWords(work)} for what it has fetched`;
    const message = `${queue.name} parks messages after ${timeInWords(seconds)}, although ${what}: orders are parked that are only late; raise ${path}, or take it out`;
    return [finding(error, queue, "message-ttl", message)];
  }
  if (seconds >= OUTAGE) return [];
  const message = `${queue.name} parks messages after ${timeInWords(seconds)}, so an outage of the consumer or of the database that lasts longer parks every order; raise ${path}, or take it out`;
  return [finding(warning, queue, "message-ttl", message)];
}

/** Bytes of a small message: a queue that ends by its bytes ends before the messages that it may hold. */
const SMALL_MESSAGE = 1024;
/** Bytes of an order with a few lines, as JSON. */
const USUAL_MESSAGE = 4096;
/** Messages that a queue should hold where nothing is known of their rate. */
const FEW_MESSAGES = 1000;

function lengthFindings(queue: Queue, { flow, known, triggers }: Context): Finding[] {
  const length = numberAt(queue.settings, "max-length");
  const bytes = numberAt(queue.settings, "max-length-bytes");
  if (length === undefined && bytes === undefined) {
    const message = `${queue.name} may grow until the disk of the broker is full, and then nobody can publish to any queue; set ${key(queue, "maxLength")} and maxLengthBytes`;
    return [finding(error, queue, "max-length", message)];
  }
  const byBytes = bytes === undefined ? Infinity : Math.floor(bytes / SMALL_MESSAGE);
  const holds = Math.min(length ?? Infinity, byBytes);
  const setting = holds === length ? "max-length" : "max-length-bytes";
  const size = setting === "max-length" ? count(holds, "message") : `${inWords(bytes ?? 0)}, ${count(holds, "message")} of 1 KiB`;
  const path = key(queue, setting === "max-length" ? "maxLength" : "maxLengthBytes");
  const findings: Finding[] = [];
  const found = (report: typeof error, message: string) =>
    findings.push(finding(report, queue, setting, `${message}; raise ${path}`));

  const consumers = (flow?.consumers(queue) ?? []).filter(({ off }) => off === undefined);
  const fetched = consumers.reduce((sum, { program, group }) => {
    const prefetch = program.consumes.find((consumed) => consumed.queue === queue.name)?.prefetch ?? 0;
    return sum + prefetch * (group === undefined ? 0 : known.scale(group).max);
  }, 0);
  const own = triggers.filter((trigger) => trigger.queue === queue.name);
  const rates = own.filter(({ mode }) => mode === "MessageRate").map(({ value, min }) => value * Math.max(1, min));
  const usual = Math.max(0, ...rates);
  const wait = Math.min(OUTAGE, flow?.waiting(queue) ?? 0);
  if (holds <= fetched) {
    found(
      error,
      `${queue.name} holds ${size}, and its consumers fetch ${fetched}: it is full before one of them is late, and refuses its publishers`,
    );
  } else if (usual > 0 && holds / usual < Math.max(wait, FAILOVER)) {
    const time = `${timeInWords(holds / usual)} at ${usual} messages a second`;
    found(
      error,
      `${queue.name} holds ${size}, which is ${time}: it is full, and refuses its publishers, before anybody is told that it waits`,
    );
  } else if (bytes !== undefined && holds >= FEW_MESSAGES && bytes / USUAL_MESSAGE < FEW_MESSAGES) {
    const usually = count(Math.floor(bytes / USUAL_MESSAGE), "order");
    found(
      warning,
      `${queue.name} holds ${inWords(bytes)}, which is ${usually} of 4 KiB: a short outage of its consumers fills it, and publishers are refused`,
    );
  } else if (holds < FEW_MESSAGES) {
    found(error, `${queue.name} holds ${size}: a short outage of its consumers fills it, and publishers are refused`);
  } else if (usual > 0 && holds / usual < OUTAGE) {
    const time = `${timeInWords(holds / usual)} at ${usual} messages a second`;
    found(warning, `${queue.name} holds ${size}, which is ${time} of an outage of its consumers`);
  }
  for (const trigger of own.filter(({ mode }) => mode === "QueueLength")) {
    if (trigger.value * Math.max(1, trigger.min) < holds) continue;
    const message = `adds pods to ${count(trigger.min, "pod")} when more than ${trigger.value * Math.max(1, trigger.min)} messages wait, and ${queue.name} holds ${size}: it never does; lower its length (scale.queue of the role ${trigger.object.name} in mes:roles), or raise ${path}`;
    findings.push(error(trigger.object.resource, trigger.path, message));
  }
  return findings;
}

/** One consumer at a time: further pods wait for it to go. */
function orderedFindings(queue: Queue, { known, triggers, flow }: Context): Finding[] {
  if (queue.settings["single-active-consumer"] !== true) return [];
  const own = triggers.filter((trigger) => trigger.queue === queue.name && trigger.max > 1);
  const scaled = (flow?.consumers(queue) ?? []).filter(
    ({ group, program }) =>
      group !== undefined &&
      known.scale(group).max > known.scale(group).min &&
      program.consumes.length === 1 &&
      !own.some(({ object }) => object.name === group.object.name),
  );
  return [
    ...own.map((trigger) =>
      error(
        trigger.object.resource,
        trigger.path,
        `adds pods for ${queue.name}, of which only one gets messages (singleActiveConsumer): a backlog is worked off no faster; take ${key(queue, "singleActiveConsumer")} away, or the trigger`,
      ),
    ),
    ...scaled.map(({ resource, program }) =>
      warning(
        resource,
        "",
        `is scaled, but of its pods only one gets messages of ${queue.name} (${key(queue, "singleActiveConsumer")}); use ${program.key}.replicas: 2, one of them to take over`,
      ),
    ),
  ];
}

/** Arguments that a quorum queue refuses, or takes and ignores. Source: https://www.rabbitmq.com/docs/quorum-queues#feature-comparison */
const NOT_FOR_QUORUM: Readonly<Record<string, string>> = {
  "max-priority": "has no priorities of this kind",
  "queue-mode": "has no modes",
  "queue-master-locator": "has queue-leader-locator",
};

function unsupported(queue: Queue): Finding[] {
  if (queue.type !== "quorum") return [];
  return Object.entries(NOT_FOR_QUORUM)
    .filter(([setting]) => queue.settings[setting] !== undefined)
    .map(([setting, why]) => finding(error, queue, setting, `${setting}: a quorum queue ${why}; take it out of ${queue.name}`));
}

/** Looks at a parked message that nobody takes, where a broker knows no end of them. */
const OUT_OF_REACH = 100_000;

/** Where messages wait for people: nothing may take them away, and there must be room for a bad day. */
function parkingFindings(queue: Queue, { plan }: Context): Finding[] {
  const { settings, type } = queue;
  const findings: Finding[] = [];
  const dead = settings["dead-letter-exchange"] !== undefined;
  const limit = numberAt(settings, "delivery-limit") ?? (type === "quorum" ? DELIVERY_LIMIT : -1);
  if (limit >= 0 && !dead && (knowsRetries(queue, plan) || limit < OUT_OF_REACH)) {
    const message = `${queue.name} deletes a parked order when somebody has looked at it ${limit + 1} times; use delivery-limit: -1`;
    findings.push(finding(error, queue, "delivery-limit", message));
  }
  const ttl = numberAt(settings, "message-ttl");
  if (ttl !== undefined && !dead) {
    const message = `${queue.name} deletes parked orders after ${timeInWords(ttl / 1000)}; take message-ttl away`;
    findings.push(finding(error, queue, "message-ttl", message));
  }
  const length = numberAt(settings, "max-length");
  const bytes = numberAt(settings, "max-length-bytes");
  const holds = Math.min(length ?? Infinity, bytes === undefined ? Infinity : Math.floor(bytes / SMALL_MESSAGE));
  if (holds < FEW_MESSAGES) {
    const setting = holds === length ? "max-length" : "max-length-bytes";
    const message = `${queue.name} holds ${count(holds, "message")}: after a bad release those that fail stay in the queue they come from, and fill it; raise mes:broker.parking.${setting === "max-length" ? "maxLength" : "maxLengthBytes"}`;
    findings.push(finding(error, queue, setting, message));
  }
  return findings;
}

/** Policies that no queue has, and those of which chance decides. */
function policyFindings({ policies, queues, exchanges }: BrokerModel): Finding[] {
  const findings: Finding[] = [];
  for (const policy of policies) {
    const pattern = textAt(policy.spec, "pattern") ?? "";
    const inScope = (one: { scope: string; name: string }) => one.scope === scopeOf(policy) && matchesName(pattern, one.name);
    const applyTo = textAt(policy.spec, "applyTo") ?? "all";
    const matched = queues.filter(inScope);
    const others = ["all", "exchanges"].includes(applyTo) && exchanges.some(inScope);
    const applied = matched.filter(({ type }) => applies(applyTo, type));
    if (applied.length > 0 || others) continue;
    const why =
      matched.length === 0
        ? `its pattern ${pattern} matches no queue of the virtual host`
        : `it is for ${applyTo}, and ${listed(matched.map((queue) => queue.name))} ${matched.length === 1 ? "is" : "are"} ${matched[0]?.type ?? ""}`;
    findings.push(error(policy.resource, "spec", `${title(policy)} applies to nothing: ${why}; correct it`));
  }
  for (const queue of queues) {
    const highest = Math.max(...queue.policies.map((policy) => numberAt(policy.spec, "priority") ?? 0));
    const tied = queue.policies.filter((policy) => (numberAt(policy.spec, "priority") ?? 0) === highest);
    const [, second] = tied;
    if (second === undefined) continue;
    const message = `${listed(tied.map(nameOf))} match ${queue.name} with the same priority, and RabbitMQ applies one of them, nobody knows which; give them different priorities, or narrow a pattern`;
    findings.push(error(second.resource, "spec.priority", message));
  }
  return findings;
}

function applies(applyTo: string, type: string): boolean {
  return ["all", "queues", `${type}_queues`].includes(applyTo) || (type === "stream" && applyTo === "streams");
}

/** Part of what is free that messages may fill: a segment file is freed only when all of its messages are gone. */
const USABLE = 0.5;
/** Of RabbitMQ, "too low for production". Source: https://www.rabbitmq.com/docs/disk-alarms#configure */
const DISK_FREE = 50_000_000;

function diskFindings(cluster: KubeObject, { queues }: BrokerModel): Finding[] {
  const volume = bytesAt(cluster.spec, "persistence", "storage");
  if (volume === undefined) return [];
  const own = queues.filter(({ object }) => clusterOf(object) === `${cluster.namespace}/${cluster.name}`);
  const bounded = own.filter(({ settings }) => numberAt(settings, "max-length-bytes") !== undefined);
  const held = bounded.reduce((sum, { settings }) => sum + (numberAt(settings, "max-length-bytes") ?? 0), 0);
  const settings = brokerSettings(cluster);
  const free = rabbitmqBytes(settings.get("disk_free_limit.absolute") ?? "") ?? DISK_FREE;
  const usable = Math.max(0, (volume - free) * USABLE);
  const findings: Finding[] = [];
  if (held > usable) {
    const message = `${count(own.length, "queue")} may hold ${inWords(held)}, but of the ${inWords(volume)} of a node ${inWords(usable)} can hold messages (half of what is above disk_free_limit, ${inWords(free)}): beyond that nobody can publish to any queue; raise mes:broker.storage, or lower maxLengthBytes`;
    findings.push(error(cluster.resource, "spec.persistence.storage", message));
  }
  const unbounded = own.filter((queue) => !bounded.includes(queue) && queue.type !== "stream");
  if (unbounded.length > 0 && bounded.length > 0) {
    const message = `${listed(unbounded.map((queue) => queue.name))} may hold any number of bytes, so nothing says whether the ${inWords(volume)} of a node are enough; set max-length-bytes`;
    findings.push(warning(cluster.resource, "spec.persistence.storage", message));
  }
  return findings;
}
