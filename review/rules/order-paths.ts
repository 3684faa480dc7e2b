import { nearest } from "../../components/schema";
import { brokerModel, type Queue } from "../orders/broker";
import { flowOf, isRelay, type Flow, type Sending } from "../orders/flow";
import { programTitle, type PlannedProgram } from "../orders/programs";
import { isPredeclared } from "../orders/routing";
import type { Plan, Resource } from "../plan/plan";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "order-paths";
const { error, warning } = reporter(name);

export const orderPaths: Rule = {
  name,
  title:
    "Every message with an order gets from whoever sends it through an exchange and a binding to a queue, and from there to a program that runs and can write it down; every role that serves requests is led to.",
  why: "A binding with a misspelt key, a role that is switched off or a relay that is gone stops orders in silence: every pod is healthy, and no customer gets anything.",
  check: (plan) => {
    const [stack] = plan.resources;
    const flow = flowOf(plan);
    if (stack === undefined) return [];
    if (flow === undefined) return unknownFlow(plan);
    return [
      ...partFindings(flow, stack),
      ...outboxFindings(flow),
      ...flow.sendings.flatMap((sending) => sendingFindings(sending, flow)),
      ...unstatedFindings(flow),
      ...flow.broker.queues.filter((queue) => !flow.parking.has(queue)).flatMap((queue) => queueFindings(queue, flow)),
      ...flow.programs.flatMap((one) => missingQueues(one, flow)),
      ...flow.running.flatMap((one) => [
        ...databaseFindings(one, flow),
        ...requestFindings(one, flow),
        ...toldFindings(one),
        ...besideOutbox(one, flow),
      ]),
    ];
  },
};

function unknownFlow(plan: Plan): Finding[] {
  const [queue] = brokerModel(plan).queues;
  if (queue === undefined) return [];
  const message = "the plan does not say which programs publish and consume, so nobody has looked whether orders get through";
  return [warning(queue.object.resource, "", message)];
}

/** Parts of the MES on the way of an order that nobody runs. An image of other parts is not looked at. */
function partFindings({ facts, programs, running }: Flow, stack: Resource): Finding[] {
  const roles = programs.filter(({ program }) => !program.outside);
  const parts = Object.entries(facts.parts);
  const named = new Set(roles.flatMap(({ program }) => program.parts));
  if (!parts.some(([part]) => named.has(part))) return [];
  const missing = parts.flatMap(([part, { does, stops }]) => {
    if (running.some(({ program }) => program.parts.includes(part))) return [];
    const off = roles.find(({ program }) => program.parts.includes(part));
    if (off !== undefined)
      return [error(off.resource, "", `${off.program.name}, which ${does}, ${off.off ?? "does not run"}: ${stops}`)];
    const message = `no role of mes:roles runs ${part}, which ${does}: ${stops}; add the role, unless another program does it`;
    return [warning(stack, "", message)];
  });
  const unknown = roles.flatMap(({ program, resource, off }) => {
    if (off !== undefined) return [];
    return program.parts.flatMap((part) => {
      const free = parts.map(([one]) => one).filter((one) => !named.has(one));
      const meant = Object.hasOwn(facts.parts, part) ? undefined : nearest(part, free);
      if (meant === undefined) return [];
      const message = `${program.name} runs ${part}, which the image does not know, so it ends at its start; did you mean ${meant}? Correct ${program.key}.runs`;
      return [error(resource, "", message)];
    });
  });
  return [...unknown, ...missing, ...readerFindings(running, stack, facts.parts)];
}

/** Orders that are taken and that no operator gets to see. */
function readerFindings(running: readonly PlannedProgram[], stack: Resource, known: Flow["facts"]["parts"]): Finding[] {
  const programs = running.map(({ program }) => program).filter(({ outside }) => !outside);
  const takes = programs.filter(({ database }) => database === "readwrite");
  const shows = programs.filter(
    ({ database, http, parts }) =>
      http !== undefined &&
      database !== undefined &&
      (database === "readonly" || parts.includes("dashboard") || !parts.some((part) => Object.hasOwn(known, part))),
  );
  if (takes.length === 0 || shows.length > 0) return [];
  const message = `${listed(takes.map(({ name: one }) => one))} write orders down, and no role shows them to the operators (http, and database.access: readonly): they produce none; add the dashboard to mes:roles`;
  return [error(stack, "", message)];
}

/** Messages that are written to the outbox and that nobody sends. */
function outboxFindings({ relays, running, sendings, programs }: Flow): Finding[] {
  if (relays.length > 0) return [];
  const writers = running.filter(({ program }) => program.database === "readwrite" && program.publishes.length === 0);
  const [writer] = writers;
  if (writer === undefined) return [];
  const keys = sendings.filter((sending) => sending.relays !== undefined).map(({ key }) => key);
  const what = `what ${listed(writers.map(({ program }) => program.name))} write to the outbox${keys.length === 0 ? "" : ` (${listed(keys)})`}`;
  const off = programs.find(({ program }) => isRelay(program) && program.publishes.length > 0);
  const why =
    off === undefined ? "no role of mes:roles has database.access: relay and publishes" : `${off.program.name} ${off.off ?? ""}`;
  const message = `nobody sends ${what}: ${why}; orders and statuses for the CRM wait there for ever`;
  const known = keys.length > 0 || writers.some(({ program }) => program.sends.length > 0);
  return [(known ? error : warning)((off ?? writer).resource, "", message)];
}

function sendingFindings(sending: Sending, flow: Flow): Finding[] {
  const { sender, key, exchanges, queues, some, relays, stated } = sending;
  // Said already: there is no relay.
  if (relays?.length === 0) return [];
  const what = `${key} of ${programTitle(sender.program)}`;
  const names = [...new Set(exchanges.map(({ name: exchange }) => exchange))];
  const place = placeOf(sending, flow);
  // Said already: it cannot write to the outbox.
  if (exchanges.length === 0 && !sender.program.outside && sender.program.publishes.length === 0) return [];
  if (exchanges.length === 0) {
    const message = `sends ${key}, and publishes to no exchange of the plan; add it to ${sender.program.key}.publishes, or take ${key} out of sends`;
    return [error(sender.resource, "", message)];
  }
  if (queues.size === 0) {
    if (some.size > 0) {
      const message = `of ${what} only some get to a queue (${listed([...some].map((queue) => queue.name))}), the others to none; widen the bindings of mes:broker.queues, or narrow ${sender.program.key}.sends`;
      return [(stated ? error : warning)(place, "", message)];
    }
    const message = `no queue takes ${what}: these messages never arrive; correct the routingKey of a binding in mes:broker.queues to ${names.join(" or ")}, or ${sender.program.key}.sends`;
    return [error(place, "", message)];
  }
  const takers = new Set([...queues].flatMap((queue) => flow.consumers(queue)).filter(({ off }) => off === undefined));
  // That nobody takes from a queue is said of the queue.
  if (takers.size === 0 || !takers.has(sender)) return [];
  const back = listed([...queues].filter((queue) => flow.consumers(queue).includes(sender)).map((queue) => queue.name));
  if (takers.size === 1) {
    const message = `${what} gets to ${back} only, from where ${programTitle(sender.program)} itself takes it, and nobody else; correct the bindings of mes:broker.queues`;
    return [error(place, "", message)];
  }
  if (exchanges.length > 1) return [];
  const message = `${what} comes back to ${programTitle(sender.program)} itself through ${back}; narrow the routingKey of its binding in mes:broker.queues`;
  return [error(place, "", message)];
}

function placeOf({ exchanges, sender }: Sending, { broker }: Flow): Resource {
  const [first] = exchanges;
  const exchange = first === undefined ? undefined : broker.exchange(first.scope, first.name);
  return exchange?.object.resource ?? sender.resource;
}

/** Who sends something of which nobody says the routing keys. */
function unstatedFindings({ unknown, broker }: Flow): Finding[] {
  if (broker.queues.length === 0) return [];
  return [...unknown.keys()]
    .filter(({ program }) => program.sends.length > 0 || program.publishes.length > 0)
    .map(({ program, resource }) => {
      const message = `nobody says with which routing keys ${programTitle(program)} publishes, so whether they get to a queue is not known; set ${program.key}.sends`;
      return warning(resource, "", message);
    });
}

function queueFindings(queue: Queue, flow: Flow): Finding[] {
  const { resource } = queue.object;
  const coming = flow.sendings.filter(({ some }) => some.has(queue));
  const what =
    coming.length === 0
      ? "what gets there"
      : listed(coming.map(({ key, sender }) => `${key} of ${programTitle(sender.program)}`));
  const findings: Finding[] = [];
  const consumers = flow.consumers(queue);
  if (!consumers.some(({ off }) => off === undefined)) {
    const [off] = consumers;
    const why =
      off === undefined
        ? "add it to consumes of a role (mes:roles) or of an external client (mes:broker.externalClients)"
        : `${off.program.name}, which consumes it, ${off.off ?? "does not run"}`;
    findings.push(error(resource, "", `nobody consumes ${queue.name}: ${what} stops there; ${why}`));
  }
  const fed = coming.length > 0 || [...flow.unknown.values()].some((queues) => queues.has(queue));
  // Without a relay that is said of the outbox.
  if (!fed && !flow.sendings.some(({ relays }) => relays?.length === 0)) findings.push(error(resource, "", unfed(queue, flow)));
  return findings;
}

function unfed(queue: Queue, { broker, facts, programs, running }: Flow): string {
  const into = broker.bindings.filter(
    ({ scope, destination, toExchange }) => !toExchange && scope === queue.scope && destination === queue.name,
  );
  if (into.length === 0)
    return `nothing is bound to ${queue.name}, so no message ever gets there; add bindings to mes:broker.queues.${queue.name}`;
  const ways = listed(into.map(({ source, routingKey }) => `${routingKey} of ${source}`));
  const missing = Object.entries(facts.parts)
    .filter(([part, { sends }]) => sends.length > 0 && !running.some(({ program }) => program.parts.includes(part)))
    .map(([part, { sends }]) => `${listed(sends)} of ${part}, which no role runs`);
  const off = programs
    .filter((one) => one.off !== undefined && one.program.sends.length > 0)
    .map((one) => `${one.program.name} ${one.off ?? ""}`);
  const hint =
    [...missing, ...off][0] ?? `correct the bindings of mes:broker.queues.${queue.name}, or sends of whoever publishes`;
  return `no running program sends what ${queue.name} is bound for (${ways}), so no order gets there: ${hint}`;
}

/** Queues and exchanges that a program uses and nothing declares. */
function missingQueues({ program, scope, off, resource }: PlannedProgram, { broker }: Flow): Finding[] {
  if (scope === undefined || off !== undefined) return [];
  const queues = program.consumes
    .filter(({ queue }) => broker.queue(scope, queue) === undefined)
    .map(({ queue }) => `the queue ${queue}`);
  const exchanges = program.publishes
    .filter((exchange) => !isPredeclared(exchange) && broker.exchange(scope, exchange) === undefined)
    .map((exchange) => `the exchange ${exchange}`);
  return [...queues, ...exchanges].map((what) =>
    error(
      resource,
      "",
      `${programTitle(program)} uses ${what}, which nothing declares in its virtual host; declare it in mes:broker`,
    ),
  );
}

/** Whoever takes an order must be able to write it down. */
function databaseFindings({ program, resource }: PlannedProgram, { facts }: Flow): Finding[] {
  if (program.outside) return [];
  const findings: Finding[] = [];
  if (program.consumes.length > 0 && program.database !== "readwrite") {
    const queues = listed(program.consumes.map(({ queue }) => queue));
    const has = program.database === undefined ? "no access to the database" : `database.access: ${program.database}`;
    const message = `${program.name} takes messages from ${queues} with ${has}, so it can neither write an order nor remember that it has had it; set ${program.key}.database.access to readwrite`;
    const onPath = program.database !== undefined || program.parts.some((part) => Object.hasOwn(facts.parts, part));
    findings.push((onPath ? error : warning)(resource, "", message));
  }
  const outbox = program.sends.length > 0 && program.publishes.length === 0 && program.database !== "readwrite";
  if (outbox) {
    const has = program.database === undefined ? "no access to the database" : `database.access: ${program.database}`;
    const message = `${program.name} sends ${listed(program.sends)} with ${has}, so it can write nothing to the outbox; set ${program.key}.database.access to readwrite`;
    findings.push(error(resource, "", message));
  }
  return findings;
}

/** A role that serves requests and to which nothing leads. */
function requestFindings({ program, resource }: PlannedProgram, { running, facts }: Flow): Finding[] {
  if (program.http === undefined || program.http.routed) return [];
  if (running.some((other) => other.program.calls.includes(program.name))) return [];
  const stops = Object.entries(facts.parts).flatMap(([part, { stops: what }]) => (program.parts.includes(part) ? [what] : []));
  const message = `${program.name} serves requests, but no path of the gateway and no other role leads to it${stops.length === 0 ? "" : `: ${listed(stops)}`}; add ${program.key}.routes, or calls of another role`;
  return [error(resource, "", message)];
}

/** What the pods of a role are told has to be what the stack file says. */
function toldFindings({ program, variables, group, resource }: PlannedProgram): Finding[] {
  // Pods that are told nothing in this way are those of another image.
  if (group === undefined || !variables.has("MES_ROLE")) return [];
  const wanted: readonly (readonly [string, string])[] = [
    ["MES_ROLE", program.parts.join(",")],
    ["MES_CONSUME", program.consumes.map(({ queue, prefetch = 0 }) => `${queue}=${prefetch}`).join(",")],
    ["MES_PUBLISH_EXCHANGES", program.publishes.join(",")],
    ["MES_DB_ACCESS", [program.database ?? [], program.relays ? "relay" : []].flat().join(",")],
  ];
  const wrong = wanted.flatMap(([variable, value]) => {
    const told = variables.get(variable);
    if ((told?.value ?? "") === value) return [];
    const what = told === undefined ? "nothing" : told.value;
    const message = `${program.name} is told ${what} by ${variable}, and the stack file says ${value === "" ? "nothing" : value} (${program.key}); it does what it is told`;
    return [error(resource, told?.path ?? group.specPath, message)];
  });
  const missing = program.calls
    .filter((called) => !variables.has(`MES_${called.replaceAll("-", "_").toUpperCase()}_URL`))
    .map((called) =>
      error(
        resource,
        group.specPath,
        `${program.name} calls ${called} (${program.key}.calls), and is not told where it is; give it the address`,
      ),
    );
  return [...wrong, ...missing];
}

/** Whoever writes to the database and publishes itself does one of the two without the other when it dies in between. */
function besideOutbox({ program, resource }: PlannedProgram, { relays }: Flow): Finding[] {
  if (program.outside || program.database !== "readwrite" || program.publishes.length === 0 || relays.length === 0) return [];
  if (isRelay(program)) return [];
  const message = `${program.name} publishes to ${listed(program.publishes)} itself, beside the outbox: when it dies between the database and the broker, a message is lost, or tells of what was never written; leave it to ${relays[0]?.program.name ?? "the relay"} (${program.key}.publishes)`;
  return [warning(resource, "", message)];
}
