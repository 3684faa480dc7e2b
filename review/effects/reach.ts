import { inventory } from "../kubernetes/inventory";
import { kubeObject, type KubeObject } from "../kubernetes/objects";
import { objectReferences, podReferences } from "../kubernetes/references";
import { isBroker, isDatabase } from "../kubernetes/systems";
import { brokerModel } from "../orders/broker";
import { flowOf, type Flow } from "../orders/flow";
import { plannedPrograms, programTitle, type PlannedProgram } from "../orders/programs";
import type { Plan, Resource } from "../plan/plan";
import { listed } from "../rules/rule";
import type { Severity } from "./effect";

/**
 * What depends on a changed resource, in sentences, as far as the orders; none for what nobody feels.
 * @param resource as it is, or as it was where it is destroyed
 */
export function reachOf(resource: Resource, severity: Severity, plan: Plan): string[] {
  const object = kubeObject(resource);
  if (object === undefined || severity === "acts") return [];
  const away = severity === "lost" || severity === "stops";
  const programs = plannedPrograms(plan).filter(({ off }) => off === undefined);
  const own = programs.find((one) => one.resource.urn === resource.urn && !one.program.outside);
  if (own !== undefined) return ofProgram(own, away, programs, flowOf(plan));
  if (object.group === "rabbitmq.com" && object.kind === "Queue") return ofQueue(object, away, plan);
  const users = programs.filter((one) => isUserOf(one, object));
  if (isBroker(object)) return ofBroker(users, away);
  if (users.length > 0) return ofServer(object, users, away);
  const readers = readersOf(object, plan);
  return readers.length === 0 ? [] : [`${listed(readers)} need${readers.length === 1 ? "s" : ""} it`];
}

function ofProgram(
  { program }: PlannedProgram,
  away: boolean,
  programs: readonly PlannedProgram[],
  flow: Flow | undefined,
): string[] {
  const parts = Object.entries(flow?.facts.parts ?? {}).filter(([part]) => program.parts.includes(part));
  const callers = programs.filter((one) => one.program.calls.includes(program.name)).map((one) => one.program.name);
  const called = callers.length === 0 ? [] : [`${listed(callers)} ${away ? "get no answer of it" : "still get their answers"}`];
  if (!away) return [...parts.map(([, { does }]) => `it still ${does}`), ...called];
  return [...parts.map(([, { stops }]) => `${stops} until it is back`), ...called];
}

function ofQueue(object: KubeObject, away: boolean, plan: Plan): string[] {
  const flow = flowOf(plan);
  const queue = brokerModel(plan).queues.find((one) => one.object.resource.urn === object.resource.urn);
  if (flow === undefined || queue === undefined) return [];
  const senders = flow.sendings
    .filter(({ some }) => some.has(queue))
    .map(({ key, sender }) => `${key} of ${programTitle(sender.program)}`);
  const takers = flow.consumers(queue).map(({ program }) => programTitle(program));
  const what = away ? "have nowhere to go until it is there again" : "go on as before";
  return [
    ...(senders.length === 0 ? [] : [`${listed([...new Set(senders)])} ${what}`]),
    ...(takers.length === 0 || !away ? [] : [`${listed(takers)} get nothing from it`]),
  ];
}

function ofBroker(users: readonly PlannedProgram[], away: boolean): string[] {
  if (users.length === 0) return [];
  const names = listed(users.map(({ program }) => program.name));
  return away
    ? [`${names} can neither send nor take messages; what the outbox has waits there`]
    : [`${names} connect again to another node; messages stay in quorum queues, and unconfirmed ones are sent again`];
}

function ofServer(object: KubeObject, users: readonly PlannedProgram[], away: boolean): string[] {
  const names = listed(users.map(({ program }) => program.name));
  const writes = isDatabase(object) && users.some(({ program }) => program.database === "readwrite");
  if (!away) return [`${names} connect again${writes ? "; orders that are being written are tried again" : ""}`];
  return [`${names} wait for it${writes ? ": no order is written down meanwhile" : ""}`];
}

/** Whether a program is told a host name of the object's Services: its own name, or that with the ending of a database's. */
function isUserOf({ variables }: PlannedProgram, { name, namespace }: KubeObject): boolean {
  const host = new RegExp(`(?:^|[/@,])${name}(?:-(?:rw|ro|r|pooler-rw|pooler-ro|nodes))?\\.${namespace}(?:[.:/]|$)`);
  return [...variables.values()].some(({ value }) => typeof value === "string" && host.test(value));
}

/** Objects of the plan that name it. */
function readersOf(object: KubeObject, plan: Plan): string[] {
  const known = inventory(plan);
  const names = (reference: { kind: string; namespace: string; name: string }) =>
    reference.kind === object.kind && reference.namespace === object.namespace && reference.name === object.name;
  const pods = known.pods
    .filter((group) => podReferences(group).some(names))
    .map((group) => `${group.object.kind} ${group.object.name}`);
  const objects = known.objects.filter((one) => objectReferences(one).some(names)).map((one) => `${one.kind} ${one.name}`);
  return [...new Set([...pods, ...objects])];
}
