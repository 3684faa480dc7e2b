import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { inWords, rabbitmqBytes } from "../../kubernetes/sizes";
import { brokerSettings, isBroker } from "../../kubernetes/systems";
import { coresAt, numberAt, textAt } from "../../kubernetes/value";
import { brokerModel, clusterOf, nameOf, scopeOf } from "../../orders/broker";
import { flowOf } from "../../orders/flow";
import { plannedPrograms, type PlannedProgram } from "../../orders/programs";
import type { Plan } from "../../plan/plan";
import { count, listed, reporter, type Finding } from "../rule";
import { unknownSettings } from "./broker-keys";

const { error, warning } = reporter("settings-fit");

const CONFIG = "spec.rabbitmq.additionalConfig";

/** What a broker, its virtual hosts and its users let in, against what there is. */
export function brokersTake(plan: Plan, known: Inventory): Finding[] {
  const programs = plannedPrograms(plan).filter(({ off }) => off === undefined);
  const ofRabbit = (kind: string) => known.ofKind(kind).filter(({ group }) => group === "rabbitmq.com");
  return [
    ...known.objects
      .filter(isBroker)
      .flatMap((broker) => [
        ...unknownSettings(broker),
        ...messageSize(broker),
        ...handshakes(broker),
        ...queueLimit(broker, plan),
        ...connectionLimit(broker, programs, known),
        ...cores(broker, plan),
        ...mover(broker, plan),
      ]),
    ...elsewhereLimit(ofRabbit("Vhost"), programs, plan, known),
    ...ofRabbit("Vhost").flatMap((vhost) => vhostLimits(vhost, programs, plan, known)),
    ...ofRabbit("User").flatMap((user) => userLimits(user, programs, known)),
  ];
}

/** Bytes of an order with everything that belongs to it. */
const MESSAGE = { least: 64 * 2 ** 10, usual: 2 ** 20 };

/** Source: https://www.rabbitmq.com/docs/configure#config-items, max_message_size */
function messageSize(broker: KubeObject): Finding[] {
  const size = rabbitmqBytes(brokerSettings(broker).get("max_message_size") ?? "");
  if (size === undefined || size >= MESSAGE.usual) return [];
  const report = size < MESSAGE.least ? error : warning;
  const message = `max_message_size is ${inWords(size)}: the broker closes the channel at each larger message, and orders with it; remove it (16 MiB are its own)`;
  return [report(broker.resource, CONFIG, message)];
}

/** Milliseconds in which a program that connects has shown who it is: it asks for the certificate and for its rights, beside all others after a failover. */
const HANDSHAKE = { least: 200, usual: 2000 };

/** Source: https://www.rabbitmq.com/docs/configure#config-items, handshake_timeout (its own is 10 s) and ssl_handshake_timeout (5 s) */
function handshakes(broker: KubeObject): Finding[] {
  return ["handshake_timeout", "ssl_handshake_timeout"].flatMap((key) => {
    const time = numberOf(broker, key);
    if (time === undefined || time >= HANDSHAKE.usual) return [];
    const message = `${key} is ${time} ms: when all connect again after a failover, the broker hangs up before they are through, again and again; remove it`;
    return [(time < HANDSHAKE.least ? error : warning)(broker.resource, CONFIG, message)];
  });
}

/** Source: https://www.rabbitmq.com/docs/configure#config-items, cluster_queue_limit */
function queueLimit(broker: KubeObject, plan: Plan): Finding[] {
  const limit = numberOf(broker, "cluster_queue_limit");
  const own = `${broker.namespace}/${broker.name}`;
  const queues = brokerModel(plan).queues.filter(({ object }) => clusterOf(object) === own);
  if (limit === undefined || queues.length <= limit) return [];
  const message = `cluster_queue_limit is ${limit}, and there are ${queues.length} queues (${listed(queues.map(({ name }) => name))}): some are never declared; raise it`;
  return [error(broker.resource, CONFIG, message)];
}

function numberOf(broker: KubeObject, key: string): number | undefined {
  const text = brokerSettings(broker).get(key) ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Pods of programs that connect; a client outside is one. */
function podsOf(programs: readonly PlannedProgram[], known: Inventory): { readonly min: number; readonly max: number } {
  const scales = programs.map(({ group }) => (group === undefined ? { min: 1, max: 1 } : known.scale(group)));
  return {
    min: scales.reduce((sum, { min }) => sum + Math.max(1, min), 0),
    max: scales.reduce((sum, { max }) => sum + Math.max(1, max), 0),
  };
}

/** @param who as `the virtual host mes` */
function tooFew(
  object: KubeObject,
  path: string,
  limit: number | undefined,
  who: string,
  wanted: { readonly min: number; readonly max: number },
): Finding[] {
  if (limit === undefined || limit < 0 || wanted.max === 0 || limit >= wanted.max) return [];
  const message = `${who} may have ${count(limit, "connection")}, and ${count(wanted.max, "pod")} connect at full scale (${wanted.min} at the least): the others are refused, and orders wait; raise it, or remove it`;
  return [error(object.resource, path, message)];
}

/** Source: https://www.rabbitmq.com/docs/connections#limiting-connections; it is for each node, and all may come to one. */
function connectionLimit(broker: KubeObject, programs: readonly PlannedProgram[], known: Inventory): Finding[] {
  const own = programs.filter(({ scope }) => scope?.startsWith(`${broker.namespace}/${broker.name} `) === true);
  return tooFew(broker, CONFIG, numberOf(broker, "connection_max"), "a node of the broker (connection_max)", podsOf(own, known));
}

/** A broker that is there already has other clients too: those of the stack are counted alone. */
function elsewhereLimit(
  vhosts: readonly KubeObject[],
  programs: readonly PlannedProgram[],
  { facts }: Plan,
  known: Inventory,
): Finding[] {
  const elsewhere = facts?.brokerElsewhere;
  const vhost = vhosts.find((one) => clusterOf(one) === elsewhere?.cluster);
  if (elsewhere === undefined || vhost === undefined) return [];
  const own = programs.filter(({ scope }) => scope?.startsWith(`${elsewhere.cluster} `) === true);
  const who = `the broker at ${elsewhere.host} (mes:broker.existing.maxConnections)`;
  return tooFew(vhost, "", elsewhere.maxConnections, who, podsOf(own, known));
}

/** Source: https://www.rabbitmq.com/docs/vhosts#limits */
function vhostLimits(vhost: KubeObject, programs: readonly PlannedProgram[], plan: Plan, known: Inventory): Finding[] {
  const scope = `${clusterOf(vhost)} ${nameOf(vhost)}`;
  const who = `the virtual host ${nameOf(vhost)}`;
  const own = programs.filter((one) => one.scope === scope);
  const findings = tooFew(
    vhost,
    "spec.limits.connections",
    numberAt(vhost.spec, "limits", "connections"),
    who,
    podsOf(own, known),
  );
  const queues = brokerModel(plan).queues.filter(({ object }) => scopeOf(object) === scope);
  const limit = numberAt(vhost.spec, "limits", "queues");
  if (limit === undefined || limit < 0 || queues.length <= limit) return findings;
  const message = `${who} may have ${count(limit, "queue")}, and there are ${queues.length}: some are never declared; raise it, or remove it`;
  return [...findings, error(vhost.resource, "spec.limits.queues", message)];
}

/** Source: https://www.rabbitmq.com/docs/user-limits */
function userLimits(user: KubeObject, programs: readonly PlannedProgram[], known: Inventory): Finding[] {
  const own = programs.filter((one) => one.user?.object.resource.urn === user.resource.urn);
  const pods = podsOf(own, known);
  const who = `the user ${user.name}`;
  const connections = tooFew(user, "spec.limits.connections", numberAt(user.spec, "limits", "connections"), who, pods);
  const channels = numberAt(user.spec, "limits", "channels");
  if (channels === undefined || channels < 0 || own.length === 0 || channels >= pods.max) return connections;
  const message = `${who} may have ${count(channels, "channel")}, and ${count(pods.max, "pod")} open one or more each: the others are refused; raise it, or remove it`;
  return [...connections, error(user.resource, "spec.limits.channels", message)];
}

/** Cores of a node of a broker that several nodes make. Source: https://www.rabbitmq.com/docs/production-checklist#cpu */
const CORES = { least: 0.25, usual: 1 };

function cores(broker: KubeObject, { facts }: Plan): Finding[] {
  if (facts?.protectData !== true || (numberAt(broker.spec, "replicas") ?? 1) < 3) return [];
  const limit = coresAt(broker.spec, "resources", "limits", "cpu") ?? coresAt(broker.spec, "resources", "requests", "cpu");
  if (limit === undefined || limit >= CORES.usual) return [];
  const report = limit < CORES.least ? error : warning;
  const message = `a node may use ${limit} of a core, which replicating queues and answering its peers need for themselves under load: queues lose their majority; raise mes:broker.resources.cpu to ${CORES.usual} or more`;
  return [report(broker.resource, "spec.resources", message)];
}

/** Messages are moved back from where they are parked by a shovel. Source: docs/operations, and https://www.rabbitmq.com/docs/shovel */
function mover(broker: KubeObject, plan: Plan): Finding[] {
  const own = `${broker.namespace}/${broker.name}`;
  const parked = [...(flowOf(plan)?.parking ?? [])].filter(({ object }) => clusterOf(object) === own);
  const plugins = JSON.stringify(broker.spec.rabbitmq ?? {});
  if (parked.length === 0 || plugins.includes("rabbitmq_shovel") || textAt(broker.spec, "image") === undefined) return [];
  const message = `without rabbitmq_shovel nobody can move parked messages (${listed(parked.map(({ name }) => name))}) back into their queues; add it to mes:broker.plugins`;
  return [warning(broker.resource, "spec.rabbitmq.additionalPlugins", message)];
}
