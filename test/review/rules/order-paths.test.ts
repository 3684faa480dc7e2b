import type { Program, Resource } from "../../../review/plan/plan";
import { orderPaths } from "../../../review/rules/order-paths";
import { deployment, found, object } from "../fixtures";
import { bind, exchange, orders, program, queue, rabbit } from "../orders";

const crm = (fields: Partial<Program> = {}) =>
  program("crm", {
    key: "mes:broker.externalClients.crm",
    outside: true,
    parts: [],
    publishes: ["orders"],
    sends: ["order.new"],
    consumes: [{ queue: "statuses" }],
    ...fields,
  });
const intake = (fields: Partial<Program> = {}) =>
  program("intake", { consumes: [{ queue: "new" }], database: "readwrite", sends: ["order.status.*"], ...fields });
const relay = (fields: Partial<Program> = {}) => program("relay", { database: "relay", publishes: ["orders"], ...fields });
const PROGRAMS = [crm(), intake(), relay()];

/** The pods of a role, connected to the broker. */
const pods = (name: string, spec = {}) =>
  deployment(name, {
    spec: { replicas: 2, ...spec },
    container: {
      env: [
        { name: "AMQP_HOST", value: "broker.mes.svc" },
        { name: "AMQP_VHOST", value: "mes" },
      ],
    },
  });
const PODS = [pods("intake"), pods("relay")];
const QUEUES = [queue("new"), queue("statuses")];
const BINDINGS = [bind("orders", "order.new", "new"), bind("orders", "order.status.#", "statuses")];
const TOPOLOGY = [exchange("orders", "topic"), ...QUEUES, ...BINDINGS];

const findings = (resources: readonly Resource[], programs: readonly Program[] = PROGRAMS) =>
  found(orderPaths, resources, orders(programs));

describe("orders get through", () => {
  it("from who sends them by a binding to a queue and a program that can write them down", () => {
    expect(findings([...TOPOLOGY, ...PODS])).toEqual([]);
  });

  it.each([
    ["a direct exchange", "direct", "order.new", ["order.new"]],
    ["a pattern of one word", "topic", "order.*", ["order.new"]],
    ["a pattern of any words", "topic", "#.new", ["order.new"]],
    ["a pattern that is narrower than nothing sent", "topic", "order.new.#", ["order.new", "order.new.*"]],
  ])("by %s", (_, type, routingKey, sends) => {
    const into = [exchange("in", type), bind("in", routingKey, "new")];
    const programs = [crm({ publishes: ["in"], sends }), intake(), relay()];
    expect(findings([...TOPOLOGY, ...into, ...PODS], programs)).toEqual([]);
  });

  it("through an exchange that is bound to another one, and through an alternate exchange", () => {
    const into = [
      exchange("in", "fanout"),
      bind("in", "", "orders", { destinationType: "exchange" }),
      exchange("orders", "topic"),
      ...BINDINGS,
      ...QUEUES,
    ];
    expect(findings([...into, ...PODS], [crm({ publishes: ["in"] }), intake(), relay()])).toEqual([]);
    const alternate = [
      rabbit("Exchange", "in", { name: "in", type: "topic", arguments: { "alternate-exchange": "orders" } }),
      ...TOPOLOGY,
    ];
    expect(findings([...alternate, ...PODS], [crm({ publishes: ["in"] }), intake(), relay()])).toEqual([]);
  });
});

describe("orders stop", () => {
  const without = (name: string) => [...TOPOLOGY, ...PODS].filter((one) => one.name !== name);
  const rebound = (...bindings: Resource[]) => [exchange("orders", "topic"), ...QUEUES, ...PODS, ...bindings];

  it.each<[string, Resource[], Program[] | undefined, string]>([
    [
      "at a key that is misspelt",
      rebound(bind("orders", "order.nwe", "new"), bind("orders", "order.status.#", "statuses")),
      undefined,
      "no queue takes order.new of the client crm",
    ],
    [
      "at a pattern of too few words",
      rebound(bind("orders", "order.new", "new"), bind("orders", "order.*", "statuses")),
      undefined,
      "no queue takes order.status.* of intake",
    ],
    [
      "where only some of the keys are bound",
      rebound(bind("orders", "order.new", "new"), bind("orders", "order.status.shipped", "statuses")),
      undefined,
      "of order.status.* of intake only some get to a queue (statuses)",
    ],
    [
      "at an exchange that compares the pattern letter by letter",
      [...without("orders"), exchange("orders", "direct")],
      undefined,
      "no queue takes order.status.* of intake",
    ],
    [
      "at a binding to a queue of another virtual host",
      [...without("new"), rabbit("Queue", "new", { name: "new", vhost: "other", type: "quorum" })],
      undefined,
      "no queue takes order.new of the client crm",
    ],
    ["at a queue that nothing is bound to", rebound(BINDINGS[0]!), undefined, "nothing is bound to statuses"],
    ["at a queue that nobody consumes", without(""), [crm({ consumes: [] }), intake(), relay()], "nobody consumes statuses"],
    [
      "at a consumer without pods",
      [...TOPOLOGY, pods("intake", { replicas: 0 }), pods("relay")],
      undefined,
      "nobody consumes new: order.new of the client crm stops there; intake, which consumes it, has 0 pods",
    ],
    [
      "at a consumer whose autoscaler is paused",
      [
        ...TOPOLOGY,
        pods("intake", { replicas: undefined }),
        pods("relay"),
        object("keda.sh/v1alpha1", "ScaledObject", "intake", {
          metadata: { annotations: { "autoscaling.keda.sh/paused-replicas": "0" } },
          spec: { scaleTargetRef: { name: "intake" }, maxReplicaCount: 5 },
        }),
      ],
      undefined,
      "is held at 0 pods by the annotation",
    ],
    ["at a consumer that is not there", without("intake"), undefined, "intake, which consumes it, has no Deployment"],
    [
      "at a consumer that may only read",
      without(""),
      [crm(), intake({ database: "readonly", sends: [] }), relay()],
      "takes messages from new with database.access: readonly",
    ],
    ["in the outbox, without a relay", without("relay"), [crm(), intake()], "nobody sends what intake write to the outbox"],
    [
      "in the outbox, whose relay is switched off",
      without(""),
      [crm(), intake(), relay({ enabled: false })],
      "relay is switched off (mes:roles.relay.enabled)",
    ],
    [
      "at an exchange that nothing declares",
      without(""),
      [crm(), intake(), relay({ publishes: ["ordres"] })],
      "relay uses the exchange ordres, which nothing declares",
    ],
    [
      "where nobody sends what a queue is for",
      without(""),
      [crm({ publishes: [], sends: [] }), intake(), relay()],
      "no running program sends what new is bound for (order.new of orders)",
    ],
    [
      "where they go round",
      rebound(bind("orders", "order.#", "new"), bind("orders", "order.status.#", "statuses")),
      undefined,
      "order.status.* of intake comes back to intake itself through new",
    ],
    [
      "where two queues are swapped",
      rebound(bind("orders", "order.new", "statuses"), bind("orders", "order.status.#", "new")),
      undefined,
      "order.new of the client crm gets to statuses only, from where the client crm itself takes it",
    ],
    [
      "before a role that nothing leads to",
      [...without(""), pods("api")],
      [...PROGRAMS, program("api", { http: { requestSeconds: 30, routed: false } })],
      "api serves requests, but no path of the gateway and no other role leads to it",
    ],
    [
      "at a part of the image that is switched off",
      without(""),
      [
        ...PROGRAMS,
        program("board", { parts: ["dashboard"], enabled: false }),
        program("api", { parts: ["order-api"], enabled: false }),
      ],
      "board, which shows orders to the operators, is switched off (mes:roles.board.enabled): operators see no orders",
    ],
    [
      "at a part whose name the image does not know",
      [...without(""), pods("prices")],
      [...PROGRAMS, program("prices", { parts: ["order-ap"] }), program("board", { parts: ["dashboard"] })],
      "prices runs order-ap, which the image does not know, so it ends at its start; did you mean order-api?",
    ],
  ])("%s", (_, resources, programs, message) => {
    const errors = findings(resources, programs).filter((finding) => finding.startsWith("error"));
    expect(errors).toContainEqual(expect.stringContaining(message));
  });
});

describe("a role does what the stack file says", () => {
  const told = (env: Record<string, string>) =>
    deployment("intake", {
      spec: { replicas: 2 },
      container: {
        env: Object.entries({
          MES_ROLE: "intake",
          MES_CONSUME: "new=20",
          MES_DB_ACCESS: "readwrite",
          AMQP_HOST: "broker.mes.svc",
          AMQP_VHOST: "mes",
          ...env,
        }).map(([name, value]) => ({ name, value })),
      },
    });
  const reading = (fields: Partial<Program> = {}) => [
    crm(),
    intake({ consumes: [{ queue: "new", prefetch: 20 }], ...fields }),
    relay(),
  ];

  it("by the variables of its pods", () => {
    expect(findings([...TOPOLOGY, told({}), pods("relay")], reading())).toEqual([]);
  });

  it.each<[Record<string, string>, string]>([
    [{ MES_CONSUME: "statuses=20" }, "is told statuses=20 by MES_CONSUME, and the stack file says new=20"],
    [{ MES_ROLE: "order-api" }, "is told order-api by MES_ROLE"],
    [{ MES_DB_ACCESS: "readonly" }, "is told readonly by MES_DB_ACCESS"],
    [{ MES_PUBLISH_EXCHANGES: "orders" }, "is told orders by MES_PUBLISH_EXCHANGES, and the stack file says nothing"],
  ])("and not otherwise, as by %j", (env, message) => {
    expect(findings([...TOPOLOGY, told(env), pods("relay")], reading())).toEqual([expect.stringContaining(message)]);
  });

  it("and knows whom it calls", () => {
    expect(findings([...TOPOLOGY, told({}), pods("relay")], reading({ calls: ["prices"] }))).toEqual([
      expect.stringContaining("calls prices (mes:roles.intake.calls), and is not told where it is"),
    ]);
  });

  it("and leaves publishing to the relay", () => {
    const own = reading({ publishes: ["orders"], sends: ["order.status.*"] });
    expect(findings([...TOPOLOGY, pods("intake"), pods("relay")], own)).toEqual([
      expect.stringMatching(/^warning Deployment intake: intake publishes to orders itself, beside the outbox/),
    ]);
  });
});

describe("what is not known is said", () => {
  it("where a plan has queues and no word of who uses them", () => {
    expect(found(orderPaths, TOPOLOGY)).toEqual([expect.stringMatching(/^warning Queue .* nobody has looked/)]);
    expect(found(orderPaths, [deployment("web")])).toEqual([]);
  });

  it("where an image has routing keys of its own", () => {
    const silent = { sendsStated: false, sends: ["contract.key"] };
    const programs = [crm(silent), intake(silent), relay()];
    expect(findings([...TOPOLOGY, ...PODS], programs)).toEqual([
      expect.stringMatching(
        /^warning .*with which routing keys the client crm publishes.*set mes:broker.externalClients.crm.sends/,
      ),
      expect.stringMatching(/^warning .*with which routing keys intake publishes/),
    ]);
  });
});
