import type { Program, Resource } from "../../../review/plan/plan";
import { shortestWindow } from "../../../review/orders/windows";
import { timeBudgets } from "../../../review/rules/time-budgets";
import { deployment, found, object } from "../fixtures";
import { orders, program, queue } from "../orders";

const pods = (name: string, env: Record<string, string>, { grace = 120, preStop = 10, annotations = {} } = {}) =>
  deployment(name, {
    spec: { replicas: 2 },
    pod: { terminationGracePeriodSeconds: grace },
    annotations,
    container: {
      env: Object.entries({ AMQP_HOST: "broker.mes.svc", AMQP_VHOST: "mes", ...env }).map(([one, value]) => ({
        name: one,
        value,
      })),
      lifecycle: { preStop: { sleep: { seconds: preStop } } },
    },
  });
const api = (seconds: number, fields: Partial<Program> = {}) =>
  program("api", { http: { requestSeconds: seconds, routed: true }, calls: ["prices"], database: "readwrite", ...fields });
const prices = (seconds: number) => program("prices", { http: { requestSeconds: seconds, routed: false } });
const intake = (prefetch = 20) =>
  program("intake", { consumes: [{ queue: "new", prefetch, handlingSeconds: 2 }], database: "readwrite" });
const told = (seconds: number) => ({ MES_REQUEST_TIMEOUT_SECONDS: String(seconds), MES_DRAIN_SECONDS: String(seconds) });
const work = (seconds = 40) => ({ MES_DRAIN_SECONDS: String(seconds) });

const route = (request: string | undefined) =>
  object("gateway.networking.k8s.io/v1", "HTTPRoute", "api", {
    spec: {
      rules: [
        {
          matches: [{ path: { value: "/orders" } }],
          backendRefs: [{ name: "api", port: 80 }],
          ...(request === undefined ? {} : { timeouts: { request } }),
        },
      ],
    },
  });

const RIGHT = [
  pods("api", told(70)),
  pods("prices", told(60)),
  pods("intake", work()),
  route("70s"),
  queue("new", { "x-consumer-timeout": 1_800_000 }),
];
const PROGRAMS = [api(70), prices(60), intake()];
const findings = (resources: readonly Resource[], programs: readonly Program[] = PROGRAMS, waiting = 600) =>
  found(timeBudgets, resources, orders(programs, { waiting: { new: waiting } }));
/** The right plan with a resource of the same kind and name in place of its own. */
const changed = (...others: Resource[]) => [...RIGHT.filter((one) => !others.some(({ urn }) => urn === one.urn)), ...others];

const scaler = (spec: Record<string, unknown>) =>
  object("keda.sh/v1alpha1", "ScaledObject", "intake", {
    spec: { scaleTargetRef: { name: "intake" }, minReplicaCount: 2, ...spec },
  });
const behavior = (scaleDown: number, scaleUp = 0) => ({
  advanced: {
    horizontalPodAutoscalerConfig: {
      behavior: {
        scaleDown: { stabilizationWindowSeconds: scaleDown },
        scaleUp: { stabilizationWindowSeconds: scaleUp },
      },
    },
  },
});
const window = (start: string, end: string) =>
  scaler({ triggers: [{ type: "cron", metadata: { start, end, desiredReplicas: "5" } }] });
const settings = (text: string) => object("v1", "ConfigMap", "outbox", { data: { "settings.sql": text } });
const postgres = (spec: Record<string, unknown>) =>
  object("postgresql.cnpg.io/v1", "Cluster", "postgres", {
    spec: { instances: 3, stopDelay: 300, smartShutdownTimeout: 10, ...spec },
  });

describe("times fit into each other", () => {
  it("from the gateway to the database, and when a pod is stopped", () => {
    const others = [
      scaler({ ...behavior(600), cooldownPeriod: 300 }),
      settings("ALTER DATABASE x SET statement_timeout = '30s';"),
      postgres({}),
    ];
    expect(findings([...RIGHT, ...others])).toEqual([]);
    expect(findings(changed(route("90s"), window("30 6 * * 1-5", "0 10 * * MON-FRI")))).toEqual([]);
  });

  it.each<[string, Resource[], Program[] | undefined, string]>([
    [
      "a caller gives up before whom it calls",
      changed(pods("api", told(30)), route("30s")),
      undefined,
      "api gives a request up after 30 s, but prices, which it calls, works on it for up to 1 min",
    ],
    [
      "the gateway gives up before the program",
      changed(route("5s")),
      undefined,
      "the route to api (/orders) gives a request up after 5 s",
    ],
    ["the gateway's own limit counts", changed(route(undefined)), undefined, "has no timeout, so that the gateway's own counts"],
    [
      "a statement outlives its request",
      [...RIGHT, settings("ALTER DATABASE x SET statement_timeout = '5min';")],
      undefined,
      "the database ends a statement after 5 min only",
    ],
    [
      "a statement never ends",
      [...RIGHT, settings("SET statement_timeout TO 0")],
      undefined,
      "the database never ends a statement",
    ],
    [
      "the broker takes a busy consumer for dead",
      changed(queue("new", { "x-consumer-timeout": 60_000 }), pods("intake", work(100), { grace: 150 })),
      [api(70), prices(60), intake(50)],
      "takes intake for dead after 1 min, but its last message may wait 100 s",
    ],
    [
      "a pod is killed in the middle of its work",
      changed(pods("intake", work(), { grace: 45 })),
      undefined,
      "intake is killed 45 s after",
    ],
    [
      "a pod is told to hurry",
      changed(pods("intake", work(5))),
      undefined,
      "told to finish within 5 s (MES_DRAIN_SECONDS), but may need 40 s",
    ],
    ["requests come after the stop", changed(pods("api", told(70), { preStop: 0 })), undefined, "api is told to stop 0 s after"],
    [
      "a relay leaves its batch",
      [...RIGHT, pods("relay", work(0))],
      [...PROGRAMS, program("relay", { database: "relay", publishes: ["orders"] })],
      "a batch that is published and not marked is sent again",
    ],
    ["pods go at every pause", [...RIGHT, scaler(behavior(10))], undefined, "takes pods away after 10 s of less load"],
    ["pods come too late", [...RIGHT, scaler(behavior(600, 3600))], undefined, "adds pods only after 1 h of more load"],
    [
      "the last pod goes before it has finished",
      [...RIGHT, scaler({ minReplicaCount: 0, cooldownPeriod: 30 })],
      undefined,
      "takes the last pod away after 30 s without work",
    ],
    ["a window is shorter than a start", [...RIGHT, window("30 6 * * *", "31 6 * * *")], undefined, "is open for 1 min"],
    ["a window never closes", [...RIGHT, window("30 6 * * *", "0 25 * * *")], undefined, "never opens, or never closes"],
    [
      "a database is killed while it writes",
      [...RIGHT, postgres({ stopDelay: 20 })],
      undefined,
      "is killed 20 s after it is asked to stop, of which it waits 10 s",
    ],
    ["a database may not recover", [...RIGHT, postgres({ startDelay: 30 })], undefined, "recovers for longer than 30 s"],
    [
      "a replica waits to take over",
      [...RIGHT, postgres({ failoverDelay: 3600 })],
      undefined,
      "no replica takes over before the primary is away for 1 h",
    ],
    [
      "a pooler breaks statements off",
      [
        ...RIGHT,
        object("postgresql.cnpg.io/v1", "Pooler", "rw", { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } }),
      ],
      undefined,
      "a pooler is killed 5 s after",
    ],
    [
      "a program waits for a connection for ever",
      [
        ...RIGHT,
        object("postgresql.cnpg.io/v1", "Pooler", "rw", { spec: { pgbouncer: { parameters: { query_wait_timeout: "0" } } } }),
      ],
      undefined,
      "waits for a connection for ever",
    ],
    [
      "a node of the broker does not wait for its queues",
      [
        ...RIGHT,
        object("rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", { spec: { replicas: 3, terminationGracePeriodSeconds: 60 } }),
      ],
      undefined,
      "a node is killed 1 min after it is asked to stop",
    ],
  ])("but not where %s", (_, resources, programs, message) => {
    expect(findings(resources, programs)).toContainEqual(expect.stringMatching(new RegExp(`^error .*${escaped(message)}`)));
  });

  it("and people are told of what waits in time", () => {
    expect(findings(RIGHT, PROGRAMS, 30 * 86_400)).toEqual([expect.stringContaining("before an order has waited 30 d in new")]);
    expect(findings(RIGHT, PROGRAMS, 1)).toEqual([
      expect.stringMatching(/^error Queue new: somebody is woken when a message of new waits 1 s/),
    ]);
    expect(findings(RIGHT, PROGRAMS, 30)).toEqual([expect.stringMatching(/^warning Queue new: somebody is woken/)]);
  });

  it("as far as a plan knows its programs", () => {
    expect(found(timeBudgets, RIGHT)).toEqual([]);
  });
});

describe("the time that a window is open", () => {
  it.each([
    ["30 6 * * 1-5", "0 10 * * 1-5", 3.5 * 3600],
    ["0 22 * * *", "0 6 * * *", 8 * 3600],
    ["0 6 1 * *", "0 6 2 * *", 86_400],
    ["*/15 * * * *", "5-59/15 * * * *", 300],
    ["0 6 * * MON", "0 6 * * SUN", 6 * 86_400],
  ])("from %s to %s", (start, end, seconds) => {
    expect(shortestWindow(start, end)).toBe(seconds);
  });

  it("is none where it never opens", () => {
    expect(shortestWindow("0 25 * * *", "0 6 * * *")).toBeUndefined();
    expect(shortestWindow("@daily", "0 6 * * *")).toBeUndefined();
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
