import { numberAt, textAt } from "../kubernetes/value";
import { count } from "../rules/rule";
import { effectOf, type Changed, type Effect } from "./effect";
import { volumeEffects } from "./volumes";

/** Fields of a RabbitmqCluster that get into its pods or into what they read at their start. */
const NODES =
  /^spec\.(?:image|resources|affinity|tolerations|tls|terminationGracePeriodSeconds|delayStartSeconds|override\.statefulSet|rabbitmq\.(?:additionalConfig|advancedConfig|envConfig|erlangInetConfig))(?:[.[]|$)/;

/**
 * What RabbitMQ's operator does with a broker that runs.
 * Source: https://www.rabbitmq.com/kubernetes/operator/using-operator (update, scale, plugins, persistence)
 */
export function brokerEffects(changed: Changed): Effect[] {
  const number = numberAt(changed.is, "spec", "replicas") ?? 1;
  const before = numberAt(changed.was, "spec", "replicas") ?? 1;
  const rolling = `${count(number, "node")} restart one after the other, the last one first: each time its connections drop and queues that it led get another leader`;
  return [
    ...effectOf(
      changed,
      NODES,
      number === 1 ? "stops" : "restarts",
      number === 1 ? "the only node restarts: there is no broker meanwhile" : rolling,
    ),
    ...effectOf(changed, /^spec\.rabbitmq\.additionalPlugins/, "acts", "plugins are switched on and off while the nodes run"),
    ...effectOf(
      changed,
      /^spec\.replicas$/,
      number < before ? "refused" : "acts",
      number < before
        ? `the operator refuses fewer nodes (${before} to ${number}): what they hold would have to go to others first`
        : `${count(number - before, "more node")} join; queues that are there do not get members on them by themselves`,
    ),
    ...volumeEffects(changed, [["spec", "persistence"]], "online"),
  ];
}

/**
 * Objects in a broker, as the topology operator changes them.
 * Source: the validating webhooks of messaging-topology-operator 1.20: of a queue, an exchange or a binding nothing can be changed but what a policy sets
 */
export function topologyEffects(changed: Changed): Effect[] {
  const { kind } = changed.object;
  if (["Queue", "Exchange", "Binding", "Vhost"].includes(kind)) {
    const what = `the operator refuses to change a ${kind === "Vhost" ? "virtual host" : kind.toLowerCase()} that is there: declare another one, or delete this one first`;
    return effectOf(changed, /^spec\.(?!deletionPolicy|tags|defaultQueueType)/, "refused", what);
  }
  if (kind === "Policy" || kind === "OperatorPolicy") {
    const queues = textAt(changed.is, "spec", "pattern") ?? "";
    return effectOf(
      changed,
      /^spec\.(?:definition|pattern|priority|applyTo)/,
      "acts",
      `queues that ${queues} names follow it at once`,
    );
  }
  if (kind === "Permission")
    return effectOf(changed, /^spec\./, "acts", "connections that are open keep working within the new rights");
  return [];
}
