import { brokerConfig } from "../../../components/broker/config";

const refused = (values: object): string[] => {
  const result = brokerConfig.safeParse(values);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};
const queue = (overrides: object = {}) => ({ bindings: [{ exchange: "orders" }], ...overrides });

describe("the configuration of the broker", () => {
  it("needs nothing: without a word it carries the flow of orders on three nodes", () => {
    const config = brokerConfig.parse({});
    expect(config.replicas).toBe(3);
    expect(Object.keys(config.queues)).toEqual(["orders.inbound", "orders.status", "orders.public"]);
    expect(config.queues["orders.inbound"]).toMatchObject({ deliveryLimit: 10, maxLength: 100_000, drainWithin: "10m" });
  });

  it.each([
    ["one node", { replicas: 1 }],
    ["other queues", { exchanges: { a: {} }, queues: { b: { bindings: [{ exchange: "a", routingKey: "x.*" }] } } }],
    ["a client in the cluster", { externalClients: { crm: { publishes: ["orders"], pods: { namespace: "crm" } } } }],
    [
      "a client elsewhere",
      {
        external: { hostname: "broker.example.com" },
        externalClients: { crm: { consumes: ["orders.status"], cidrs: ["10.0.0.0/8"] } },
      },
    ],
    ["a small node", { resources: { cpu: "100m", memory: "512Mi" }, storage: "13Gi" }],
  ])("accepts %s", (_, values) => {
    expect(refused(values)).toEqual([]);
  });

  it.each([
    ["an even number of nodes", { replicas: 2 }, "replicas: expected 1, 3, 5 or 7"],
    ["a queue without a binding", { queues: { q: { bindings: [] } } }, "queues.q.bindings: expected at least one binding"],
    [
      "a binding to an exchange that is not there",
      { queues: { q: { bindings: [{ exchange: "order" }] } } },
      "queues.q.bindings.0.exchange: there is no exchange order; did you mean orders?",
    ],
    [
      "a binding twice",
      { queues: { q: { bindings: [{ exchange: "orders" }, { exchange: "orders", routingKey: "#" }] } } },
      "queues.q.bindings.1: is there twice",
    ],
    ["the name of a parking queue", { queues: { "a.parked": queue() } }, "queues.a.parked: names that end with .parked belong"],
    [
      "the exchange of the parking queues",
      { exchanges: { orders: {}, "dead-letters": {} } },
      "exchanges.dead-letters: is the exchange of",
    ],
    ["a name of RabbitMQ's own", { exchanges: { orders: {}, "amq.mine": {} } }, "exchanges.amq.mine: names that begin with amq."],
    ["a queue that no message survives", { queues: { q: queue({ deliveryLimit: 0 }) } }, "queues.q.deliveryLimit"],
    [
      "a consumer that is given less time than RabbitMQ can measure",
      { queues: { q: queue({ consumerTimeout: "30s" }) } },
      "queues.q.consumerTimeout: expected at least 1m",
    ],
    [
      "a longest pause that is shorter than the first",
      { queues: { q: queue({ retry: { delay: "2m" } }) } },
      "queues.q.retry.longest: expected at least as long as delay",
    ],
    [
      "a client of a queue that is not there",
      { externalClients: { crm: { consumes: ["orders.statu"], pods: { namespace: "crm" } } } },
      "externalClients.crm.consumes.0: there is no queue orders.statu; did you mean orders.status?",
    ],
    [
      "a client that connects from nowhere",
      { externalClients: { crm: { publishes: ["orders"] } } },
      "externalClients.crm: needs pods (it runs in this cluster) or cidrs",
    ],
    [
      "a client elsewhere without a load balancer",
      { externalClients: { crm: { publishes: ["orders"], cidrs: ["10.0.0.0/8"] } } },
      "externalClients.crm.cidrs: needs external",
    ],
    ["a load balancer open to nobody", { external: { hostname: "broker.example.com" } }, "external: would be open to nobody"],
    [
      "a client that does nothing",
      { externalClients: { crm: { pods: { namespace: "crm" } } } },
      "externalClients.crm: neither consumes nor",
    ],
    ["less free disk than memory in use", { diskFreeLimit: "1Gi" }, "diskFreeLimit: expected at least 1.9Gi"],
    [
      "a volume that the queues would fill",
      { storage: "10Gi" },
      "storage: the queues may hold 6Gi, but of 10Gi only 3Gi can hold",
    ],
    ["an unknown key", { nodes: 3 }, "Unrecognized key"],
    ["a plugin by another name", { plugins: ["shovel"] }, "plugins.0: expected a plugin, e.g. rabbitmq_shovel"],
  ])("refuses %s and says why", (_, values, message) => {
    expect(refused(values)).toContainEqual(expect.stringContaining(message));
  });
});
