import { didYouMean, formatBytes, parseBytes } from "../schema";
import type { BrokerConfig } from "./config";
import { diskFreeLimitBytes, memoryWatermarkBytes } from "./sizes";
import { DEAD_LETTER_EXCHANGE, PARKED } from "./topology";

export interface BrokerProblem {
  readonly path: (string | number)[];
  readonly message: string;
  /** The queue or exchange that is named and not there, for whoever looks for what was meant. */
  readonly params?: { readonly unknownName: { readonly name: string; readonly definedAt: string[] }; readonly depth: number };
}

/** @param unknown a name that is not among the queues or exchanges */
type Report = (path: (string | number)[], message: string, unknown?: { name: string; definedAt: string[] }) => void;

/** What is wrong with a broker although each of its values is right. @param defaults one of which nothing is said */
export function brokerProblems(broker: BrokerConfig, defaults: () => BrokerConfig): BrokerProblem[] {
  const problems: BrokerProblem[] = [];
  const report: Report = (path, message, unknownName) =>
    problems.push({ path, message, ...(unknownName && { params: { unknownName, depth: path.length } }) });
  namesTaken(broker, report);
  wrongBindings(broker, report);
  wrongClients(broker, report);
  if (broker.existing === undefined) wrongSizes(broker, report);
  else settingsOfNodes(broker, defaults(), report);
  return problems;
}

function namesTaken({ exchanges, queues }: BrokerConfig, report: Report): void {
  for (const name of Object.keys(exchanges)) {
    if (name === DEAD_LETTER_EXCHANGE) report(["exchanges", name], "is the exchange of the parking queues; choose another name");
    if (name.startsWith("amq.")) report(["exchanges", name], "names that begin with amq. belong to RabbitMQ");
  }
  for (const name of Object.keys(queues)) {
    if (name.endsWith(PARKED)) report(["queues", name], `names that end with ${PARKED} belong to the parking queues`);
    if (name.startsWith("amq.")) report(["queues", name], "names that begin with amq. belong to RabbitMQ");
  }
}

function wrongBindings({ exchanges, queues }: BrokerConfig, report: Report): void {
  const known = Object.keys(exchanges);
  for (const [name, { bindings }] of Object.entries(queues)) {
    const seen = new Set<string>();
    for (const [i, { exchange, routingKey }] of bindings.entries()) {
      if (!known.includes(exchange))
        report(["queues", name, "bindings", i, "exchange"], `there is no exchange ${exchange}${didYouMean(exchange, known)}`, {
          name: exchange,
          definedAt: ["exchanges"],
        });
      const key = `${exchange} ${routingKey}`;
      if (seen.has(key)) report(["queues", name, "bindings", i], "is there twice");
      seen.add(key);
    }
  }
}

function wrongClients({ exchanges, queues, externalClients, external, existing }: BrokerConfig, report: Report): void {
  if (external !== undefined && !Object.values(externalClients).some((client) => client.cidrs !== undefined))
    report(["external"], "would be open to nobody: give an external client cidrs, or leave it out");
  const knownQueues = Object.keys(queues);
  const knownExchanges = Object.keys(exchanges);
  for (const [name, client] of Object.entries(externalClients)) {
    const path = ["externalClients", name];
    for (const [i, queue] of client.consumes.entries()) {
      if (!knownQueues.includes(queue))
        report([...path, "consumes", i], `there is no queue ${queue}${didYouMean(queue, knownQueues)}`, {
          name: queue,
          definedAt: ["queues"],
        });
    }
    for (const [i, exchange] of client.publishes.entries()) {
      if (!knownExchanges.includes(exchange))
        report([...path, "publishes", i], `there is no exchange ${exchange}${didYouMean(exchange, knownExchanges)}`, {
          name: exchange,
          definedAt: ["exchanges"],
        });
    }
    if (client.consumes.length + client.publishes.length === 0) report(path, "neither consumes nor publishes anything");
    if (existing !== undefined) {
      const where = (["pods", "cidrs"] as const).find((key) => client[key] !== undefined);
      if (where !== undefined)
        report([...path, where], "is of no use with existing: whoever runs that broker says who reaches it");
      continue;
    }
    if (client.pods === undefined && client.cidrs === undefined)
      report(path, "needs pods (it runs in this cluster) or cidrs (it runs elsewhere): nothing else may connect");
    if (client.cidrs !== undefined && external === undefined)
      report(
        [...path, "cidrs"],
        "needs external (a load balancer): nothing outside of the cluster reaches the broker without it",
      );
  }
}

/** Keys of what concerns the nodes of a broker that the platform runs, and nothing that is declared in it. */
const OF_NODES = [
  "replicas",
  "resources",
  "storage",
  "nodeTls",
  "memoryHighWatermark",
  "diskFreeLimit",
  "terminationGracePeriod",
  "startDelay",
  "plugins",
  "external",
] as const satisfies readonly (keyof BrokerConfig)[];

/** Who says how nodes are of a broker that somebody else runs is in error about who runs it. */
function settingsOfNodes(broker: BrokerConfig, defaults: BrokerConfig, report: Report): void {
  for (const key of OF_NODES)
    if (JSON.stringify(broker[key]) !== JSON.stringify(defaults[key]))
      report(
        [key],
        "is of nodes that the platform runs, and existing names a broker that is there already: leave one of them out",
      );
}

/** Part of the volume that messages may fill: a segment file is freed only when all of its messages are gone. */
const USABLE = 0.5;

function wrongSizes(broker: BrokerConfig, report: Report): void {
  const { storage, queues, parking } = broker;
  const memory = parseBytes(broker.resources.memory);
  const watermark = memoryWatermarkBytes(memory, broker.memoryHighWatermark);
  const freeLimit = diskFreeLimitBytes(broker);
  if (freeLimit < watermark)
    report(
      ["diskFreeLimit"],
      `expected at least ${formatBytes(watermark)}, as much as a node may hold in memory: it has to be able to write it down`,
    );
  const volume = parseBytes(storage);
  const perParking = parseBytes(parking.maxLengthBytes);
  const held = Object.values(queues).reduce((sum, queue) => sum + parseBytes(queue.maxLengthBytes) + perParking, 0);
  const usable = (volume - freeLimit) * USABLE;
  if (held > usable)
    report(
      ["storage"],
      `the queues may hold ${formatBytes(held)}, but of ${storage} only ${formatBytes(Math.max(0, usable))} can hold messages ` +
        `(half of what is left above the free-disk limit of ${formatBytes(freeLimit)}); enlarge it or lower maxLengthBytes`,
    );
}
