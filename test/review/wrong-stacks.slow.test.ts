import type { Document } from "yaml";
import { findingsOf } from "../../review/rules";
import { planOfChanged, type StackChange } from "../helpers/changed-stack";

/*
 * Changes of the production stack's file that are valid and stop orders, or make them late: each is an error, of the rule that knows why.
 */

const set =
  (values: Readonly<Record<string, unknown>>): StackChange =>
  (file: Document) => {
    for (const [key, value] of Object.entries(values)) file.setIn(["config", ...key.split("/")], file.createNode(value));
  };
const remove =
  (...keys: string[]): StackChange =>
  (file: Document) => {
    for (const key of keys) file.deleteIn(["config", ...key.split("/")]);
  };
const all =
  (...changes: StackChange[]): StackChange =>
  (file) => {
    for (const change of changes) change(file);
  };
const bind = (queue: string, routingKey: string, exchange = "orders") =>
  set({ [`mes:broker/queues/${queue}/bindings`]: [{ exchange, routingKey }] });

const INBOUND = "mes:broker/queues/orders.inbound";
const CRM = "mes:broker/externalClients/crm";
const ROLES = "mes:roles";

type Case = readonly [change: StackChange, rule: string, message: RegExp];

/** Caught also where the file does not say what programs send, by the keys of the contract. */
const KEYS: Readonly<Record<string, Case>> = {
  "a binding is misspelt": [
    bind("orders.inbound", "order.inbond.#"),
    "order-paths",
    /no queue takes order.inbound.* of the client crm/,
  ],
  "a binding has a word too many": [bind("orders.status", "orders.status.*.done"), "order-paths", /no queue takes order.status/],
  "an exchange takes everything": [
    set({ "mes:broker/exchanges/orders/type": "fanout" }),
    "order-paths",
    /order.status.* of order-intake comes back to order-intake itself through orders.inbound/,
  ],
  "two queues are swapped": [
    all(bind("orders.inbound", "order.public.#"), bind("orders.public", "order.inbound.#")),
    "order-paths",
    /gets to orders.public only, from where the client crm itself takes it/,
  ],
  "a queue takes what is for others": [bind("orders.inbound", "#"), "order-paths", /comes back to order-intake itself/],
  "a queue is bound to another exchange": [
    all(set({ "mes:broker/exchanges/other": { type: "topic" } }), bind("orders.inbound", "order.inbound.#", "other")),
    "order-paths",
    /no queue takes order.inbound/,
  ],
  "the relay publishes elsewhere": [
    set({ "mes:broker/exchanges/other": { type: "topic" }, [`${ROLES}/outbox-relay/publishes`]: ["other"] }),
    "order-paths",
    /no queue takes order.status/,
  ],
};

const PATHS: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    (
      [
        ["order-intake", /order-intake, which takes orders of the CRM, is switched off/],
        ["order-api", /order-api, which takes orders of partners and shops, is switched off/],
        ["outbox-relay", /outbox-relay, which sends what is in the outbox, is switched off/],
        ["dashboard", /dashboard, which shows orders to the operators, is switched off/],
      ] as const
    ).map(([role, message]): [string, Case] => [
      `${role} is switched off`,
      [set({ [`${ROLES}/${role}/enabled`]: false }), "order-paths", message],
    ]),
  ),
  "order-intake is gone": [remove(`${ROLES}/order-intake`), "order-paths", /nobody consumes orders.inbound/],
  "order-api is gone": [remove(`${ROLES}/order-api`), "order-paths", /no running program sends what orders.public is bound for/],
  "the relay is gone": [
    remove(`${ROLES}/outbox-relay`),
    "order-paths",
    /nobody sends what order-intake and order-api write to the outbox/,
  ],
  "the dashboard is gone": [remove(`${ROLES}/dashboard`), "order-paths", /no role shows them to the operators/],
  "order-intake consumes nothing": [
    remove(`${ROLES}/order-intake/consumes`, `${ROLES}/order-intake/scale/queue`),
    "order-paths",
    /nobody consumes orders.inbound/,
  ],
  "order-intake has no pods": [
    all(remove(`${ROLES}/order-intake/scale`), set({ [`${ROLES}/order-intake/replicas`]: 0 })),
    "order-paths",
    /has 0 pods \(mes:roles.order-intake.replicas\)/,
  ],
  "order-intake may only read": [
    set({ [`${ROLES}/order-intake/database/access`]: "readonly" }),
    "order-paths",
    /takes messages from orders.inbound with database.access: readonly/,
  ],
  "order-intake has no database": [remove(`${ROLES}/order-intake/database`), "order-paths", /with no access to the database/],
  "order-api may only read": [
    set({ [`${ROLES}/order-api/database/access`]: "readonly" }),
    "order-paths",
    /can write nothing to the outbox/,
  ],
  "the relay is no relay": [set({ [`${ROLES}/outbox-relay/database/access`]: "readwrite" }), "order-paths", /nobody sends what/],
  "the CRM takes no statuses": [set({ [`${CRM}/consumes`]: ["orders.public"] }), "order-paths", /nobody consumes orders.status/],
  "the CRM publishes nothing": [
    all(set({ [`${CRM}/publishes`]: [] }), remove(`${CRM}/sends`)),
    "order-paths",
    /no running program sends what orders.inbound is bound for/,
  ],
  "the CRM is gone": [all(remove(CRM), remove("mes:broker/external")), "order-paths", /nobody consumes orders.status/],
  "a queue and its consumer are gone": [
    all(remove("mes:broker/queues/orders.status"), set({ [`${CRM}/consumes`]: ["orders.public"] })),
    "order-paths",
    /no queue takes order.status/,
  ],
  "nothing leads to order-api": [remove(`${ROLES}/order-api/routes`), "order-paths", /order-api serves requests, but no path/],
};

const OTHERS: Readonly<Record<string, Case>> = {
  "an exchange compares letter by letter": [
    set({ "mes:broker/exchanges/orders/type": "direct" }),
    "order-paths",
    /no queue takes order.inbound/,
  ],
  "a binding is too narrow": [
    bind("orders.public", "order.public.b2b"),
    "order-paths",
    /of order.public.* of order-api only some/,
  ],
  "a part is misspelt": [set({ [`${ROLES}/order-intake/runs`]: ["order-intak"] }), "order-paths", /did you mean order-intake/],

  "a queue is small": [set({ [`${INBOUND}/maxLength`]: 5_000 }), "queue-limits", /before anybody is told that it waits/],
  "a queue is small by bytes": [set({ [`${INBOUND}/maxLengthBytes`]: "1Mi" }), "queue-limits", /before anybody is told/],
  "a queue never wakes its autoscaler": [
    set({ [`${ROLES}/order-intake/scale/queue`]: [{ name: "orders.inbound", length: 1_000_000 }] }),
    "queue-limits",
    /it never does/,
  ],
  "messages expire early": [set({ [`${INBOUND}/messageTtl`]: "1m" }), "queue-limits", /orders are parked that are only late/],
  "one attempt is all": [set({ [`${INBOUND}/deliveryLimit`]: 1 }), "queue-limits", /before the database has failed over/],
  "a failed order waits for an hour": [
    set({ [`${INBOUND}/retry`]: { delay: "1h", longest: "2h" } }),
    "queue-limits",
    /although one may wait 10 min only/,
  ],
  "one consumer gets all": [
    set({ [`${INBOUND}/singleActiveConsumer`]: true }),
    "queue-limits",
    /of which only one gets messages/,
  ],
  "one order may be parked": [
    set({ "mes:broker/parking": { maxLength: 1 } }),
    "queue-limits",
    /orders.inbound.parked holds 1 message/,
  ],

  "order-api is impatient": [
    set({ [`${ROLES}/order-api/http/requestTimeout`]: "5s" }),
    "time-budgets",
    /but pricing, which it calls/,
  ],
  "pricing takes its time": [
    set({ [`${ROLES}/pricing/http/requestTimeout`]: "5m" }),
    "time-budgets",
    /works on it for up to 5 min/,
  ],
  "the gateway is impatient": [
    set({ [`${ROLES}/order-api/routes`]: [{ paths: ["/api/orders"], timeout: "5s" }] }),
    "time-budgets",
    /the route to order-api \(\/api\/orders\) gives a request up after 5 s/,
  ],
  "statements never end": [set({ "mes:postgres/statementTimeout": "0s" }), "time-budgets", /the database never ends a statement/],
  "pods stop at once": [
    set({ [`${ROLES}/order-api/shutdown`]: { preStop: "0s" } }),
    "time-budgets",
    /requests that still come are refused/,
  ],
  "pods are killed at once": [
    set({ [`${ROLES}/order-intake/shutdown`]: { margin: "0s", linger: "0s" } }),
    "graceful-shutdown",
    /killed 40 s after/,
  ],
  "nodes of the broker are killed": [
    set({ "mes:broker/terminationGracePeriod": "30s" }),
    "time-budgets",
    /a node is killed 30 s after/,
  ],
  "pods go at every pause": [
    set({ [`${ROLES}/order-intake/scale/behavior`]: { down: { stabilization: "10s" } } }),
    "time-budgets",
    /pods come and go all the time/,
  ],
  "pods come after an hour": [
    set({ [`${ROLES}/order-intake/scale/behavior`]: { up: { stabilization: "1h" } } }),
    "time-budgets",
    /orders wait for that long/,
  ],
  "a window is a minute": [
    set({ [`${ROLES}/order-api/scale/schedule`]: [{ start: "30 6 * * 1-5", end: "31 6 * * 1-5", replicas: 6 }] }),
    "time-budgets",
    /is open for 1 min/,
  ],
  "nobody is told for a month": [set({ [`${INBOUND}/drainWithin`]: "30d" }), "time-budgets", /before an order has waited 30 d/],
  "a program waits for a connection for ever": [
    set({ "mes:postgres/poolers/rw/queryWait": "0s" }),
    "time-budgets",
    /waits for a connection for ever/,
  ],
};

async function expectError([change, rule, message]: Case): Promise<void> {
  const plan = await planOfChanged("prod", (file) => {
    // They name roles too, and are refused before a rule is asked.
    for (const section of ["mes:forecast", "mes:slos"]) file.deleteIn(["config", section]);
    change(file);
  });
  const findings = findingsOf(plan);
  const errors = findings.filter((finding) => finding.severity === "error" && finding.rule === rule).map((one) => one.message);
  expect(errors).toContainEqual(expect.stringMatching(message));
}

test.each(Object.entries({ ...KEYS, ...PATHS, ...OTHERS }))("an error where %s", async (_, one) => {
  await expectError(one);
});

const silent = remove(`${CRM}/sends`, `${ROLES}/order-intake/sends`, `${ROLES}/order-api/sends`);

test.each(Object.entries(KEYS))(
  "and where the file does not say what programs send, and %s",
  async (_, [change, rule, message]) => {
    await expectError([all(silent, change), rule, message]);
  },
);
