import { topologyOf } from "../../../components/broker/topology";
import { exactly, rightsOf } from "../../../components/broker/users";
import { config } from "./fixture";

const topology = (values: object = {}) => topologyOf(config(values));
const definition = (name: string, values: object = {}) =>
  topology(values).queues.find((queue) => queue.name === name)?.policy.definition;

describe("the topology", () => {
  it("never drops a message: a full queue refuses, a failed message is parked, and both ends confirm", () => {
    expect(definition("orders.inbound")).toEqual({
      overflow: "reject-publish",
      "queue-leader-locator": "balanced",
      "delivery-limit": 10,
      "delayed-retry-type": "failed",
      "delayed-retry-min": 5000,
      "delayed-retry-max": 60_000,
      "consumer-timeout": 1_800_000,
      "dead-letter-exchange": "dead-letters",
      "dead-letter-routing-key": "orders.inbound",
      "dead-letter-strategy": "at-least-once",
      "max-length": 100_000,
      "max-length-bytes": 2 ** 30,
    });
  });

  it("has a way from each queue to its parking queue", () => {
    const { queues, bindings } = topology();
    for (const queue of queues.filter(({ name }) => !name.endsWith(".parked"))) {
      const { "dead-letter-exchange": exchange, "dead-letter-routing-key": routingKey } = queue.policy.definition;
      expect(bindings).toContainEqual(expect.objectContaining({ exchange, routingKey, queue: `${queue.name}.parked` }));
      expect(queues).toContainEqual(expect.objectContaining({ name: `${queue.name}.parked` }));
    }
  });

  it("lets people look at a parked message as often as they like", () => {
    expect(definition("orders.inbound.parked")).toMatchObject({ "delivery-limit": -1, overflow: "reject-publish" });
    expect(definition("orders.inbound.parked")).not.toHaveProperty("dead-letter-exchange");
  });

  it("gives each policy to exactly one queue, because RabbitMQ applies only one", () => {
    const { queues } = topology();
    for (const { policy } of queues) {
      expect(queues.map(({ name }) => name).filter((name) => new RegExp(policy.pattern).test(name))).toEqual([policy.name]);
    }
  });

  it("tries a failed message again after a pause, unless the order of messages would be lost by it", () => {
    const bindings = [{ exchange: "orders" }];
    const queues = {
      patient: { bindings, retry: { delay: "30s", longest: "10m" } },
      ordered: { bindings, singleActiveConsumer: true },
    };
    expect(definition("patient", { queues })).toMatchObject({ "delayed-retry-min": 30_000, "delayed-retry-max": 600_000 });
    expect(Object.keys(definition("ordered", { queues }) ?? {}).filter((key) => key.startsWith("delayed"))).toEqual([]);
    expect(definition("orders.inbound.parked")).not.toHaveProperty("delayed-retry-type");
  });

  it("takes a consumer for dead by policy, which restarts no node, and by queue where one says so", () => {
    const bindings = [{ exchange: "orders" }];
    const queues = { slow: { bindings, consumerTimeout: "2h" }, usual: { bindings } };
    const of = (name: string) => definition(name, { consumerTimeout: "10m", queues })?.["consumer-timeout"];
    expect([of("slow"), of("usual")]).toEqual([7_200_000, 600_000]);
  });

  it("parks what has become too old", () => {
    const queues = { q: { bindings: [{ exchange: "orders" }], messageTtl: "1h30m" } };
    expect(definition("q", { queues })).toMatchObject({ "message-ttl": 5_400_000 });
  });

  it("names a binding by what it binds, because a binding can never be changed", () => {
    const bound = (routingKey: string) =>
      topology({ queues: { q: { bindings: [{ exchange: "orders", routingKey }] } } }).bindings.find(({ queue }) => queue === "q")
        ?.name;
    expect(bound("a.#")).toMatch(/^q-[0-9a-f]{8}$/);
    expect(bound("a.#")).toEqual(bound("a.#"));
    expect(bound("a.#")).not.toEqual(bound("b.#"));
  });
});

describe("the rights of a user", () => {
  it("are to read its queues, to write to its exchanges, and nothing else", () => {
    expect(rightsOf({ consumes: ["orders.inbound", "orders.public"], publishes: ["orders"] })).toEqual({
      configure: "^$",
      read: String.raw`^(orders\.inbound|orders\.public)$`,
      write: "^(orders)$",
    });
    expect(rightsOf({ consumes: [], publishes: [] })).toEqual({ configure: "^$", read: "^$", write: "^$" });
  });

  it("take a dot for a dot", () => {
    const pattern = new RegExp(exactly(["orders.inbound"]));
    expect(pattern.test("orders.inbound")).toBe(true);
    expect(pattern.test("ordersXinbound")).toBe(false);
    expect(pattern.test("orders.inbound.parked")).toBe(false);
  });
});
