import { queuesKeepOrders } from "../../../review/rules/queues-keep-orders";
import type { Resource } from "../../../review/plan/plan";
import { found, object } from "../fixtures";

const rabbit = (kind: string, name: string, spec: Record<string, unknown>): Resource =>
  object("rabbitmq.com/v1beta1", kind, name, { spec: { vhost: "mes", rabbitmqClusterReference: { name: "broker" }, ...spec } });

const SAFE = {
  "x-overflow": "reject-publish",
  "x-dead-letter-exchange": "orders.dead",
  "x-dead-letter-strategy": "at-least-once",
};

const queue = (name: string, args: Record<string, unknown> = SAFE, spec: Record<string, unknown> = {}) =>
  rabbit("Queue", name, { name, type: "quorum", durable: true, arguments: args, ...spec });

/** The exchange for dead letters, and the queue where they end. */
const DEAD_LETTERS = [
  rabbit("Exchange", "orders.dead", { name: "orders.dead", type: "fanout", durable: true }),
  queue("orders.parked", { "x-overflow": "reject-publish" }),
  rabbit("Binding", "dead", { source: "orders.dead", destination: "orders.parked", destinationType: "queue" }),
];

describe("a queue keeps its orders", () => {
  it("as a quorum queue that refuses what it cannot hold and parks what fails", () => {
    expect(found(queuesKeepOrders, [queue("orders"), ...DEAD_LETTERS])).toEqual([]);
  });

  it("by a policy instead of its own arguments", () => {
    const policy = (name: string, priority: number, definition: Record<string, unknown>) =>
      rabbit("Policy", name, { pattern: "^orders$", applyTo: "queues", priority, definition });
    const definition = {
      overflow: "reject-publish",
      "dead-letter-exchange": "orders.dead",
      "dead-letter-strategy": "at-least-once",
    };
    expect(found(queuesKeepOrders, [queue("orders", {}), policy("keep", 1, definition), ...DEAD_LETTERS])).toEqual([]);
    // RabbitMQ applies one policy only: a stronger one with fewer settings takes the others away.
    const weaker = [policy("keep", 1, definition), policy("limit", 9, { "max-length": 10 })];
    expect(found(queuesKeepOrders, [queue("orders", {}), ...weaker, ...DEAD_LETTERS])).not.toEqual([]);
  });

  it.each([
    ["a classic queue", queue("orders", SAFE, { type: "classic" }), "is a classic queue, on one node only"],
    ["no type at all", queue("orders", SAFE, { type: undefined }), "is a classic queue, on one node only"],
    ["a queue that is not durable", queue("orders", SAFE, { durable: false }), "gone after a restart"],
    ["drop-head", queue("orders", { ...SAFE, "x-overflow": "drop-head" }), "overflow is drop-head: a full queue drops"],
    ["no overflow", queue("orders", { ...SAFE, "x-overflow": undefined }), "overflow is drop-head by default"],
    ["no dead-letter path", queue("orders", { "x-overflow": "reject-publish" }), "a message that fails too often is deleted"],
    [
      "dead letters at most once",
      queue("orders", { ...SAFE, "x-dead-letter-strategy": undefined }),
      "dead letters are moved at most once",
    ],
    [
      "an exchange that is not there",
      queue("orders", { ...SAFE, "x-dead-letter-exchange": "typo" }),
      "the exchange typo is not declared",
    ],
  ])("but not with %s", (_, one, message) => {
    expect(found(queuesKeepOrders, [one, ...DEAD_LETTERS])).toContainEqual(expect.stringContaining(message));
  });

  it("but not when nothing is bound to its dead-letter exchange", () => {
    const exchange = rabbit("Exchange", "orders.dead", { name: "orders.dead", durable: true });
    expect(found(queuesKeepOrders, [queue("orders"), exchange])).toEqual([
      expect.stringContaining("nothing is bound to orders.dead: dead letters of orders are dropped"),
    ]);
  });
});
