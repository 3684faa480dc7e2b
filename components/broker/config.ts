import { z } from "zod";
import {
  bytes,
  cidr,
  cidrOfOneParty,
  dnsLabel,
  duration,
  holds,
  hostname,
  labelKey,
  labels,
  namespaceName,
  parseDuration,
  positiveDuration,
  resources,
  routingKeys,
  rule,
} from "../schema";
import { existingBroker } from "./existing-config";
import { brokerProblems } from "./problems";

/** Names of queues, exchanges and the virtual host; they also name the objects that declare them in Kubernetes. */
const topologyName = z
  .string()
  .max(200)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
    "expected lower-case letters, digits, dashes and dots, e.g. orders.inbound",
  );

const binding = z.strictObject({
  exchange: topologyName.describe("exchange that messages come from"),
  routingKey: z
    .string()
    .max(255, "expected at most 255 characters")
    .default("#")
    .describe("messages with this routing key; in a topic exchange * stands for one word and # for any number of them"),
});

const exchange = z.strictObject({
  type: z
    .enum(["topic", "direct", "fanout", "headers"])
    .default("topic")
    .describe("how it chooses queues; topic: by a pattern of the routing key"),
});

/** Source of the bound: https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout */
const consumerTimeout = duration.check(
  holds((value) => parseDuration(value) >= 60, "expected at least 1m: RabbitMQ supports no shorter one"),
);

const queue = z.strictObject({
  bindings: z
    .array(binding)
    .min(1, "expected at least one binding: nothing would ever reach the queue")
    .describe("which messages it gets"),
  deliveryLimit: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe(
      "failed attempts at handling a message that are forgiven; the next one parks it. RabbitMQ's own default of 20 would drop it without a parking queue",
    ),
  retry: z
    .strictObject({
      delay: positiveDuration
        .default("5s")
        .describe("pause after the first failure; after the second one twice as long, after the third one three times"),
      longest: positiveDuration.default("1m").describe("longest pause"),
    })
    .check(
      holds(({ delay, longest }) => parseDuration(delay) <= parseDuration(longest), {
        message: "expected at least as long as delay",
        path: ["longest"],
      }),
    )
    .prefault({})
    .describe(
      "pauses between the attempts, so that a failover of the database does not use them all up; a queue with singleActiveConsumer has none, to keep the order",
    ),
  consumerTimeout: consumerTimeout
    .optional()
    .describe("consumerTimeout of this queue alone; consumers that connect from then on have it. Default: that of the broker"),
  maxLength: z
    .int()
    .min(1)
    .default(100_000)
    .describe("messages it holds; beyond that publishers are refused and keep theirs, nothing is dropped"),
  maxLengthBytes: bytes.default("1Gi").describe("bytes it holds; beyond that publishers are refused and keep theirs"),
  messageTtl: positiveDuration.optional().describe("age at which a message is parked instead of delivered; default: never"),
  singleActiveConsumer: z
    .boolean()
    .default(false)
    .describe("only one consumer at a time gets messages, which keeps their order and does not scale; cannot be changed later"),
  drainWithin: positiveDuration
    .default("10m")
    .describe("longest time a message may wait: a backlog that takes longer to work off, at the present pace, wakes somebody"),
});

const externalClient = z.strictObject({
  consumes: z.array(topologyName).default([]).describe("queues it reads from"),
  publishes: z.array(topologyName).default([]).describe("exchanges it writes to"),
  sends: routingKeys
    .optional()
    .describe(
      "routing keys of the messages that it publishes, * for any word: a plan checks that each gets to somebody. Default: those of the CRM (docs/app-contract.md)",
    ),
  pods: z
    .strictObject({
      namespace: namespaceName.describe("namespace of its pods"),
      labels: labels.default({}).describe("labels of its pods; default: all pods of the namespace"),
    })
    .optional()
    .describe("where it runs, if it runs in this cluster"),
  cidrs: z
    .array(cidrOfOneParty)
    .min(1)
    .optional()
    .describe("addresses that it connects from, if it runs outside of this cluster"),
});

const shape = z
  .strictObject({
    existing: existingBroker.optional(),
    replicas: z
      .int()
      .check(
        holds((n) => n >= 1 && n <= 7 && n % 2 === 1, "expected 1, 3, 5 or 7: with an even number a split leaves no majority"),
      )
      .default(3)
      .describe("nodes; a queue lives on a majority of them, so 3 nodes bear the loss of one"),
    resources: resources
      .default({ cpu: "4", memory: "4Gi" })
      .describe("of one node; the CPU limit defaults to the request, so that a node never depends on what others leave"),
    storage: bytes.default("50Gi").describe("volume of one node"),
    nodeTls: z
      .boolean()
      .default(true)
      .describe(
        "nodes talk to each other over TLS too, each with a certificate; a broker that runs without it has to stop for a moment to change (docs/operations/broker.md)",
      ),
    memoryHighWatermark: z
      .number()
      .min(0.2)
      .max(0.8)
      .default(0.6)
      .describe("share of a node's memory from which publishers have to wait"),
    diskFreeLimit: bytes
      .optional()
      .describe("free disk from which publishers have to wait; default: as much as a node has memory"),
    consumerTimeout: consumerTimeout
      .default("30m")
      .describe(
        "how long a consumer may keep a message without acknowledging it, time in its prefetch included; then it is cancelled and the message is delivered again",
      ),
    terminationGracePeriod: duration
      .default("7d")
      .describe(
        "how long a node may wait at shutdown until all queues have a majority without it; cutting it short loses that guarantee",
      ),
    startDelay: duration.default("30s").describe("pause before a node starts, for the DNS entries of its peers"),
    plugins: z
      .array(z.string().regex(/^rabbitmq_[a-z0-9_]+$/, "expected a plugin, e.g. rabbitmq_shovel"))
      .default(["rabbitmq_shovel"])
      .describe("plugins beside management, metrics and peer discovery; the shovel moves parked messages back into their queue"),
    rotation: z.string().min(1).default("1").describe("change it to give every user a new password"),
    vhost: topologyName.default("mes").describe("virtual host of the whole topology"),
    exchanges: z
      .record(topologyName, exchange)
      .default({ orders: { type: "topic" } })
      .describe("exchanges by name; all are durable"),
    queues: z
      .record(topologyName, queue)
      .prefault({
        "orders.inbound": { bindings: [{ exchange: "orders", routingKey: "order.inbound.#" }] },
        "orders.status": { bindings: [{ exchange: "orders", routingKey: "order.status.#" }] },
        "orders.public": { bindings: [{ exchange: "orders", routingKey: "order.public.#" }] },
      })
      .describe("queues by name; all are quorum queues, and each has a parking queue (NAME.parked) for what cannot be handled"),
    parking: z
      .strictObject({
        maxLength: z
          .int()
          .min(1)
          .default(100_000)
          .describe("messages a parking queue holds; beyond that they stay in the queue they come from"),
        maxLengthBytes: bytes.default("1Gi").describe("bytes a parking queue holds"),
      })
      .prefault({})
      .describe("bounds of the parking queues"),
    externalClients: z
      .record(dnsLabel, externalClient)
      .default({})
      .describe(
        "programs outside of the platform that use the broker, by name: each gets a user of its own and a Secret with it",
      ),
    external: z
      .strictObject({
        hostname: hostname.describe("name by which clients outside of the cluster connect; the certificate carries it"),
        annotations: z
          .record(labelKey, z.string())
          .default({})
          .describe("annotations of the load balancer, in the words of the cloud"),
        healthCheckCidrs: z
          .array(cidr)
          .default([])
          .describe(
            "subnets of the load balancer, where it sends to the pods themselves (target type ip): it checks their health from there, whatever address the clients keep",
          ),
      })
      .optional()
      .describe("a load balancer for AMQP over TLS, open to the addresses of the external clients only; default: none"),
  })
  .describe("The message broker: nodes, exchanges, queues, clients");

/** The message broker (RabbitMQ): its nodes, and all exchanges, queues and users. */
export const brokerConfig = shape.check(
  rule((broker, context) => {
    for (const problem of brokerProblems(broker, () => shape.parse({}))) context.addIssue({ code: "custom", ...problem });
  }),
);

export type BrokerConfig = z.infer<typeof shape>;
export type QueueConfig = BrokerConfig["queues"][string];
