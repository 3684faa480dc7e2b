import { isAtLeast, type ExistingBroker } from "./existing-config";

/** What nobody can see or promise of a broker that somebody else runs, each in a sentence. */
export function unpromised(existing: ExistingBroker): string[] {
  const { kind, tls, version, nodes, metrics, maxConnections } = existing;
  return [
    ...(metrics === undefined
      ? [
          "queues, messages and alarms of the broker: nothing reads its metrics, so nobody is told of a backlog or of parked messages, and what waits there counts as not arrived",
        ]
      : []),
    ...(nodes < 3
      ? [`that a message outlives a node: of ${nodes} no majority is left when one is lost, and nothing moves until it is back`]
      : ["that a confirmed message is on a majority of its nodes: they are not this stack's"]),
    ...(isAtLeast(version, [4, 3])
      ? []
      : [
          `pauses between the attempts at a message: RabbitMQ ${version} has none, so a failure of minutes parks what is delivered meanwhile`,
        ]),
    ...(tls ? [] : ["that nobody reads along: orders and passwords go in plain text"]),
    ...(maxConnections === undefined ? ["whether it takes the connections of all pods (existing.maxConnections)"] : []),
    ...(kind === "rabbitmq"
      ? ["who patches it, who restores it, and that its disk is never full"]
      : ["its restarts: the service updates it in its maintenance window, and clients have to connect again"]),
  ];
}
