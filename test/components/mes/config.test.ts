import { reconciliationConfig, rolesConfig } from "../../../components/mes/config";
import { RESOURCES, WHOLE, roles } from "./fixture";

/** What is wrong with a role, e.g. `path: message`. */
function problems(given: object): string[] {
  const result = rolesConfig.safeParse({ role: { resources: RESOURCES, ...given } });
  return (result.error?.issues ?? []).map((issue) => {
    const messages = issue.code === "invalid_key" ? issue.issues.map(({ message }) => message) : [issue.message];
    return `${issue.path.slice(1).join(".")}: ${messages.join("; ")}`;
  });
}

const CONSUMES = [{ queue: "orders.inbound" }];

describe("roles of a stack file", () => {
  it.each<[string, object]>([
    ["nothing but a size", {}],
    ["no http, no broker, no database", { args: ["serve"], env: { FEATURE: "on" } }],
    ["min = max", { scale: { min: 3, max: 3, cpu: 70 } }],
    ["a fixed number, also none", { replicas: 0 }],
    [
      "asleep until a message comes",
      { consumes: CONSUMES, scale: { min: 0, max: 2, queue: [{ name: "orders.inbound", length: 5 }] } },
    ],
    [
      "asleep outside of a window",
      { scale: { min: 0, max: 2, schedule: [{ start: "0 6 * * 1-5", end: "0 20 * * *", replicas: 2 }] } },
    ],
    ["several parts of the MES in one", { runs: ["order-intake", "outbox-relay"] }],
    ["an image that honours nothing", { http: {}, management: false, probes: { liveness: false, startup: { tcp: true } } }],
    ["one port for requests, health and metrics", { http: { port: 3000 }, management: { port: 3000, metrics: "/prom" } }],
    ["one pod with a volume of its own", { replicas: 1, volumes: { "/data": { size: "1Gi" } } }],
    ["several pods with one volume", { volumes: { "/data": { claim: "nfs", shared: true } } }],
    ["names with dots and dashes", { env: { "spring.datasource.url": "x", "A-B": "y" } }],
    ["a role that relays what it writes", { database: { access: ["readwrite", "relay"] }, publishes: ["orders"] }],
    ["several queues", { consumes: [{ queue: "a" }, { queue: "b", prefetch: 1, handlingTime: "5m" }] }],
    ["a GPU of another make", { gpu: { count: 2, resource: "amd.com/gpu" }, http: {}, scale: { min: 1, max: 2, gpu: 80 } }],
    [
      "everything that scales",
      {
        http: {},
        gpu: {},
        consumes: CONSUMES,
        scale: {
          min: 1,
          max: 9,
          cpu: 70,
          memory: 80,
          requestsPerSecond: 0.5,
          queue: [{ name: "orders.inbound", length: 1, rate: 0.1 }],
          gpu: 50,
          schedule: [{ start: "0 6 * * *", end: "0 7 * * *", timezone: "Europe/Berlin", replicas: 9 }],
        },
      },
    ],
  ])("accepts %s", (_, given) => {
    expect(problems(given)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["replicas beside scale", { replicas: 2, scale: { min: 1, max: 2, cpu: 70 } }, "replicas: cannot be combined with scale"],
    ["min > max", { scale: { min: 5, max: 2, cpu: 70 } }, "scale.min: is greater than max (2)"],
    ["a scale on nothing", { scale: { min: 1, max: 2 } }, "scale: needs something to scale on"],
    [
      "a scale on a queue that is not consumed",
      {
        consumes: CONSUMES,
        scale: { min: 1, max: 2, queue: [{ name: "orders.inbond", length: 5 }] },
      },
      "scale.queue.0.name: this role does not consume the queue orders.inbond; did you mean orders.inbound?",
    ],
    ["a scale on a queue without any", { scale: { min: 1, max: 2, queue: [{ name: "q", length: 5 }] } }, "it consumes none"],
    ["a scale on a GPU without one", { scale: { min: 1, max: 2, gpu: 70 } }, "scale.gpu: needs gpu"],
    [
      "a scale on requests without http",
      { scale: { min: 1, max: 2, requestsPerSecond: 5 } },
      "scale.requestsPerSecond: needs http",
    ],
    [
      "no pod for a role with http",
      {
        http: {},
        consumes: CONSUMES,
        scale: { min: 0, max: 2, queue: [{ name: "orders.inbound", length: 5 }] },
      },
      "scale.min: may not be 0 for a role with http",
    ],
    [
      "no pod and nothing that wakes",
      { scale: { min: 0, max: 2, cpu: 70 } },
      "scale.min: may be 0 only with a queue or a schedule",
    ],
    [
      "a window with more pods than max",
      {
        scale: { min: 1, max: 2, schedule: [{ start: "0 6 * * *", end: "0 7 * * *", replicas: 5 }] },
      },
      "scale.schedule.0.replicas: expected a number from min (1) to max (2), found 5",
    ],
    [
      "a time zone that is none",
      {
        scale: { min: 1, max: 2, schedule: [{ start: "0 6 * * *", end: "0 7 * * *", timezone: "Berlin", replicas: 2 }] },
      },
      "is no time zone",
    ],
    [
      "a schedule that KEDA does not know",
      {
        scale: { min: 1, max: 2, schedule: [{ start: "@daily", end: "0 7 * * *", replicas: 2 }] },
      },
      "expected a cron schedule of five fields",
    ],
    [
      "a fallback beyond max",
      { http: {}, scale: { min: 1, max: 2, requestsPerSecond: 5, fallback: { replicas: 3 } } },
      "scale.fallback.replicas",
    ],
    ["routes without http", { routes: [{ paths: ["/"] }] }, "routes: needs http"],
    ["the management port for requests", { http: { port: 8081 } }, "http.port: is the port of health and metrics (8081)"],
    [
      "a relay that publishes nothing",
      { database: { access: "relay" } },
      "database.access: relay reads the outbox to publish it",
    ],
    ["one queue twice", { consumes: [...CONSUMES, ...CONSUMES] }, "consumes: the queue orders.inbound is there twice"],
    ["one exchange twice", { publishes: ["orders", "orders"] }, "publishes: the exchange orders is there twice"],
    ["one role called twice", { calls: ["a", "a"] }, "calls: the role a is there twice"],
    ["one part twice", { runs: ["a", "a"] }, "runs: a is there twice"],
    ["one directory twice", { scratch: ["/drafts", "/drafts/"] }, "scratch: the directory /drafts is there twice"],
    ["a secret variable twice", { env: { A: "1" }, secrets: { A: { secure: "v1:x" } } }, "env: the variable A is there twice"],
    ["a variable of the platform", { env: { PGPASSWORD: "x" } }, "env.PGPASSWORD: "],
    ["a variable that is no name", { env: { "A B": "x" } }, "expected the name of a variable"],
    ["a variable that begins with a digit", { env: { "1A": "x" } }, "expected the name of a variable"],
    ["a variable that refers to itself", { env: { A: "$(B)", B: "$(A)" } }, "env.A: refers to itself (A → B → A)"],
    [
      "the port of health for requests too, unsaid",
      { http: { port: 9000 }, management: { port: 9000 }, ports: { http: 1 } },
      "ports.http",
    ],
    ["a port that is taken", { http: {}, ports: { socket: 8080 } }, "ports.socket: 8080 is the port of http already"],
    [
      "a route to a port that is not there",
      { http: {}, ports: { socket: 9000 }, routes: [{ paths: ["/"], port: "sock" }] },
      "did you mean socket?",
    ],
    ["root", { image: { user: 0 } }, "image.user: is root, and Pod Security refuses such a pod"],
    ["two ways to ask", { probes: { readiness: { tcp: true, path: "/up" } } }, "probes.readiness.tcp: is one way to ask"],
    ["a command that asks a port", { probes: { liveness: { command: ["ok"], port: "http" } } }, "is asked by no command"],
    ["a probe of a port that is not there", { http: {}, probes: { readiness: { port: "htp" } } }, "did you mean http?"],
    [
      "a path to ask without any port",
      { management: false, probes: { readiness: { path: "/up" } } },
      "needs a port, and this role has none",
    ],
    ["a volume of nothing", { volumes: { "/data": {} } }, "expected one of claim, size, secret and configMap"],
    [
      "a volume of two things",
      { volumes: { "/data": { claim: "a", secret: "b" } } },
      "expected one of claim, size, secret and configMap",
    ],
    [
      "a key of a claim",
      { volumes: { "/data": { claim: "a", key: "b" } } },
      "volumes./data.key: belongs to a secret or a configMap",
    ],
    ["one volume for two pods", { volumes: { "/data": { claim: "a" } } }, "the role has up to 2 pods: set replicas: 1"],
    [
      "one volume for a pod and its successor",
      { replicas: 1, volumes: { "/data": { size: "1Gi" } }, rollout: { maxSurge: 1, maxUnavailable: 0 } },
      "rollout.maxSurge: starts a new pod before the old one goes",
    ],
    [
      "a directory that is mounted twice",
      { volumes: { "/tmp": { secret: "a" } } },
      "/tmp is mounted twice, by scratch and volumes",
    ],
    ["a file in the platform's own directory", { files: { "/etc/mes/ca/mine.crt": "x" } }, "choose another path"],
    ["a container before the first of its name", { init: [{ name: "mes" }] }, "is the name of the container that comes after it"],
    ["two kinds of access that are one", { database: { access: ["readwrite", "readonly"] } }, "readwrite reads too"],
    ["a variable twice", { env: { A: "1" }, secretRefs: { A: { name: "s", key: "k" } } }, "env: the variable A is there twice"],
    ["a secret in plain text", { secrets: { TOKEN: "hunter2" } }, "must not be here in plain text"],
    [
      "a rollout that never rolls",
      { rollout: { maxSurge: 0, maxUnavailable: "0%" } },
      "rollout: maxSurge and maxUnavailable cannot both be 0",
    ],
    ["no time to handle a message", { consumes: [{ queue: "q", handlingTime: "0s" }] }, "expected at least one second"],
    ["an objective that no histogram can tell", { http: { objectives: { latency: 60 } } }, "http.objectives.latency"],
    ["a path without a slash", { http: {}, routes: [{ paths: ["api"] }] }, "expected a path that begins with a slash"],
    ["an unknown key", { replica: 2 }, "Unrecognized key"],
    ["no value for Equal", { tolerations: [{ key: "a", operator: "Equal" }] }, "tolerations.0.value: missing"],
  ])("refuses %s", (_, given, message) => {
    expect(problems(given).join("\n")).toContain(message);
  });

  it.each<[string, Record<string, object>, string]>([
    ["no role at all", {}, "needs at least one role"],
    ["a call to nobody", { a: { calls: ["prcing"] }, pricing: { http: {} } }, "there is no role prcing; did you mean pricing?"],
    ["a call to a role without http", { a: { calls: ["b"] }, b: {} }, "the role b has no http"],
    ["a call to a role that is off", { a: { calls: ["b"] }, b: { http: {}, enabled: false } }, "the role b is switched off"],
    ["a name that is too long", { ["r".repeat(41)]: {} }, "Invalid key"],
  ])("refuses %s", (_, given, message) => {
    const whole = Object.fromEntries(Object.entries(given).map(([name, role]) => [name, { resources: RESOURCES, ...role }]));
    expect(JSON.stringify(rolesConfig.safeParse(whole).error?.issues ?? [])).toContain(message);
  });

  it("takes a whole MES", () => {
    expect(Object.keys(roles(WHOLE))).toHaveLength(5);
  });
});

describe("the comparison of orders", () => {
  it("needs a long time that is longer than the short one", () => {
    expect(reconciliationConfig.safeParse({ window: "2h", longWindow: "1h" }).success).toBe(false);
    expect(reconciliationConfig.safeParse({ window: "1h", longWindow: "1d" }).success).toBe(true);
  });
});
