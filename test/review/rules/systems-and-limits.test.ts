import type { Plan } from "../../../review/plan/plan";
import type { Rule } from "../../../review/rules/rule";
import { settingsFit } from "../../../review/rules/settings-fit";
import { timeBudgets } from "../../../review/rules/time-budgets";
import { uniqueObjects } from "../../../review/rules/unique-objects";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, named, type Change, type Inputs } from "./changed-plan";

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

/** What a rule says of the changed plan and not of the unchanged one. */
function said(rule: Rule, kind: string, name: string | RegExp, change: Change): string[] {
  const usual = new Set(rule.check(plan).map(line));
  const concerns = typeof name === "string" ? named(name) : ({ metadata }: Inputs) => name.test(metadata?.name);
  const changed = changedIn(plan, kind, change, concerns);
  return rule
    .check(changed)
    .map(line)
    .filter((one) => !usual.has(one));
}

const conf =
  (line_: string): Change =>
  ({ spec }) =>
    (spec.rabbitmq.additionalConfig += `${line_}\n`);
const text =
  (from: RegExp, to: string): Change =>
  ({ data }) => {
    const [key] = Object.keys(data).filter((one) => from.test(data[one]));
    expect(key).toBeDefined();
    data[key ?? ""] = data[key ?? ""].replace(from, to);
  };
const resources =
  (values: Record<string, string>): Change =>
  (inputs) =>
    Object.assign(containersOf(inputs)[0].resources.limits, values);
const variable =
  (name: string, value: string): Change =>
  (inputs) =>
    (containersOf(inputs)[0].env = [...containersOf(inputs)[0].env.filter((one: Inputs) => one.name !== name), { name, value }]);
const tolerated = (seconds?: number): Change => {
  const one = { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" };
  return ({ spec }) => (spec.template.spec.tolerations = [seconds === undefined ? one : { ...one, tolerationSeconds: seconds }]);
};

describe("times of systems that operators make", () => {
  it.each<[string, string, string | RegExp, Change, RegExp[]]>([
    [
      "liveness of a second",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.livenessProbeTimeout = 1),
      [/^error .*given up after 1 s/],
    ],
    [
      "liveness of hours",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.livenessProbeTimeout = 7200),
      [/^error .*given up after 2 h only/],
    ],
    ["usual liveness", "Cluster", "postgres", ({ spec }) => (spec.livenessProbeTimeout = 60), []],
    [
      "a start of six seconds",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.probes.startup.failureThreshold = 3),
      [/^error .*startup of an instance is given up after 6 s/],
    ],
    [
      "a start of four minutes",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.probes.startup.failureThreshold = 120),
      [/^warning .*4 min/],
    ],
    ["a start of an hour", "Cluster", "postgres", ({ spec }) => (spec.probes.startup.failureThreshold = 1800), []],
    [
      "readiness of ten minutes",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.probes.readiness = { failureThreshold: 60 }),
      [/^error .*10 min only/],
    ],
    ["no heartbeat", "RabbitmqCluster", "broker", conf("heartbeat = 0"), [/^warning .*heartbeat is 0/]],
    ["a heartbeat of a second", "RabbitmqCluster", "broker", conf("heartbeat = 1"), [/^error .*heartbeat is 1 s/]],
    ["a heartbeat of three seconds", "RabbitmqCluster", "broker", conf("heartbeat = 3"), [/^warning .*heartbeat is 3 s/]],
    ["a heartbeat of a minute", "RabbitmqCluster", "broker", conf("heartbeat = 60"), []],
    ["a tick of an hour", "RabbitmqCluster", "broker", conf("net_ticktime = 3600"), [/^warning .*net_ticktime is 1 h/]],
    [
      "a start after two hours",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.delayStartSeconds = 7200),
      [/^error .*waits 2 h before/],
    ],
    ["a start after a minute", "RabbitmqCluster", "broker", ({ spec }) => (spec.delayStartSeconds = 60), []],
    [
      "patience of a week",
      "RabbitmqCluster",
      "broker",
      conf("consumer_timeout = 604800000"),
      [/^warning .*consumer_timeout is 7 d/],
    ],
    ["patience of an hour", "RabbitmqCluster", "broker", conf("consumer_timeout = 3600000"), []],
    [
      "a pooler that tries again late",
      "Pooler",
      "postgres-pooler-rw",
      ({ spec }) => (spec.pgbouncer.parameters.server_login_retry = "600"),
      [/^error .*server_login_retry is 10 min/],
    ],
    [
      "a pooler's own retry",
      "Pooler",
      "postgres-pooler-rw",
      ({ spec }) => (spec.pgbouncer.parameters.server_login_retry = "15"),
      [],
    ],
    ["an hour on a dead node", "Deployment", "outbox-relay", tolerated(3600), [/^warning .*gone for 1 h/]],
    ["an hour of the only pod", "Deployment", "cache", tolerated(3600), [/^error .*gone for 1 h/]],
    ["for ever on a dead node", "Deployment", "outbox-relay", tolerated(), [/^warning .*for ever/]],
    ["a minute on a dead node", "Deployment", "outbox-relay", tolerated(60), []],
    [
      "an hour of a database on a dead node",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.affinity.tolerations = [{ operator: "Exists", tolerationSeconds: 3600 }]),
      [/^warning .*Cluster mes-data\/postgres stays/],
    ],
    ["ten minutes for Helm", "Release", /./, (inputs) => (inputs.timeout = 600), []],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(timeBudgets, kind, name, change)).toEqual(expected.map((one) => expect.stringMatching(one)));
  });

  it("gives Helm time", () => {
    const changed = changedIn(
      plan,
      "Release",
      (inputs) => (inputs.timeout = 5),
      ({ name }) => name === "cloudnative-pg",
    );
    expect(timeBudgets.check(changed).map(line)).toContainEqual(
      expect.stringMatching(/^error .*Helm waits 5 s .* and taken back/),
    );
  });
});

describe("limits against what there is", () => {
  it.each<[string, string, string | RegExp, Change, RegExp[]]>([
    [
      "messages of half a kibibyte",
      "RabbitmqCluster",
      "broker",
      conf("max_message_size = 512"),
      [/^error .*max_message_size is 512 B/],
    ],
    [
      "a tenth of a second to connect",
      "RabbitmqCluster",
      "broker",
      conf("handshake_timeout = 100"),
      [/^error .*handshake_timeout is 100 ms/],
    ],
    ["ten seconds to connect", "RabbitmqCluster", "broker", conf("handshake_timeout = 10000"), []],
    [
      "memory of another machine",
      "RabbitmqCluster",
      "broker",
      conf("total_memory_available_override_value = 64GB"),
      [/^error .*vm_memory_high_watermark is .* of 8 GiB: the node is killed/],
    ],
    ["its own memory", "RabbitmqCluster", "broker", conf("total_memory_available_override_value = 8GiB"), []],
    ["messages of 128 MiB", "RabbitmqCluster", "broker", conf("max_message_size = 134217728"), []],
    ["three queues of six", "RabbitmqCluster", "broker", conf("cluster_queue_limit = 3"), [/^error .*there are 6 queues/]],
    ["as many queues as there are", "RabbitmqCluster", "broker", conf("cluster_queue_limit = 6"), []],
    ["five connections to a node", "RabbitmqCluster", "broker", conf("connection_max = 5"), [/^error .*connection_max/]],
    ["a thousand connections to a node", "RabbitmqCluster", "broker", conf("connection_max = 1000"), []],
    [
      "five connections to the virtual host",
      "Vhost",
      "mes",
      ({ spec }) => (spec.limits = { connections: 5 }),
      [/^error .*virtual host mes may have 5 connections/],
    ],
    [
      "three queues in the virtual host",
      "Vhost",
      "mes",
      ({ spec }) => (spec.limits = { queues: 3 }),
      [/^error .*may have 3 queues, and there are 6/],
    ],
    ["no limits", "Vhost", "mes", ({ spec }) => (spec.limits = { connections: -1, queues: -1 }), []],
    [
      "one connection of a user",
      "User",
      "order-intake",
      ({ spec }) => (spec.limits = { connections: 1, channels: 1 }),
      [/^error .*1 connection, and 20 pods/, /^error .*1 channel,/],
    ],
    ["room for a user", "User", "order-intake", ({ spec }) => (spec.limits = { connections: 100, channels: 1000 }), []],
    [
      "a tenth of a core",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.resources.limits.cpu = "100m"),
      [/^error .*0\.1 of a core/],
    ],
    ["two cores", "RabbitmqCluster", "broker", ({ spec }) => (spec.resources.limits.cpu = "2"), []],
    [
      "no shovel",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.rabbitmq.additionalPlugins = []),
      [/^warning .*rabbitmq_shovel/],
    ],
    [
      "ten clients of the cache",
      "ConfigMap",
      /^cache-/,
      text(/maxclients 1000/, "maxclients 10"),
      [/^error .*maxclients is 10, and 10 pods/],
    ],
    ["a hundred clients of the cache", "ConfigMap", /^cache-/, text(/maxclients 1000/, "maxclients 100"), []],
    [
      "a pool of one",
      "Pooler",
      "postgres-pooler-rw",
      ({ spec }) => (spec.pgbouncer.parameters.default_pool_size = "1"),
      [/^error .*20 pods log in as order_\w+, and share 3 connections/],
    ],
    ["a pool of ten", "Pooler", "postgres-pooler-rw", ({ spec }) => (spec.pgbouncer.parameters.default_pool_size = "10"), []],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(settingsFit, kind, name, change)).toEqual(expected.map((one) => expect.stringMatching(one)));
  });
});

describe("what containers and telemetry are told", () => {
  it.each<[string, string, string | RegExp, Change, RegExp[]]>([
    [
      "a heap of more than the memory",
      "StatefulSet",
      "otel-sampler",
      variable("GOMEMLIMIT", "16GiB"),
      [/^warning .*told to use 16 GiB \(GOMEMLIMIT\), and is killed at 2 GiB/],
    ],
    ["a heap of all the memory", "StatefulSet", "otel-sampler", variable("GOMEMLIMIT", "2GiB"), [/^warning .*told to use 2 GiB/]],
    [
      "a heap of Java",
      "Deployment",
      "pricing",
      variable("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC -Xmx16g"),
      [/^error .*16 GiB \(-Xmx\)/],
    ],
    ["a heap of Node.js", "Deployment", "dashboard", variable("NODE_OPTIONS", "--max-old-space-size=384"), []],
    [
      "scratch in memory",
      "Deployment",
      "order-api",
      ({ spec }) => (spec.template.spec.volumes.find((one: Inputs) => one.name === "mes-tmp").emptyDir.medium = "Memory"),
      [/^error .*mes-tmp is in memory and may hold 2 GiB/],
    ],
    [
      "a little scratch in memory",
      "Deployment",
      "order-api",
      ({ spec }) =>
        (spec.template.spec.volumes.find((one: Inputs) => one.name === "mes-tmp").emptyDir = {
          medium: "Memory",
          sizeLimit: "64Mi",
        }),
      [],
    ],
    [
      "a mebibyte of disk",
      "Deployment",
      "order-intake",
      resources({ "ephemeral-storage": "1Mi" }),
      [/^error .*evicted when it has written 1 MiB/],
    ],
    [
      "disk for logs, and not for scratch",
      "Deployment",
      "order-intake",
      resources({ "ephemeral-storage": "1Gi" }),
      [/^warning .*emptyDirs may hold 2 GiB/],
    ],
    ["disk for all", "Deployment", "order-intake", resources({ "ephemeral-storage": "4Gi" }), []],
    [
      "traces beyond memory",
      "ConfigMap",
      /^otel-sampler-/,
      text(/num_traces: 50000/, "num_traces: 2000000"),
      [/^warning .*num_traces is 2000000/],
    ],
    ["twice the traces", "ConfigMap", /^otel-sampler-/, text(/num_traces: 50000/, "num_traces: 100000"), []],
    [
      "a journal of half a minute",
      "StatefulSet",
      "loki",
      ({ spec }) => (spec.volumeClaimTemplates[0].spec.resources.requests.storage = "1Gi"),
      [/^warning .*full after 32 s/],
    ],
    [
      "half a terabyte of each node",
      "ConfigMap",
      /^otel-agent-/,
      text(/max_size: 4294967296/, "max_size: 536870912000"),
      [/^warning .*500 GiB on each node/],
    ],
    ["ten gibibytes of each node", "ConfigMap", /^otel-agent-/, text(/max_size: 4294967296/, "max_size: 10737418240"), []],
    [
      "metrics of a toy",
      "Prometheus",
      "prometheus",
      ({ spec }) => (spec.resources = { limits: { memory: "64Mi" } }),
      [/^warning .*has 64 MiB, and the metrics of/],
    ],
    [
      "half of the metrics' memory",
      "Prometheus",
      "prometheus",
      ({ spec }) => (spec.resources = { limits: { memory: "4Gi" } }),
      [],
    ],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(settingsFit, kind, name, change)).toEqual(expected.map((one) => expect.stringMatching(one)));
  });
});

describe("one name in a system", () => {
  it.each<[string, string, string, Change, RegExp[]]>([
    [
      "two policies",
      "Policy",
      "orders.status",
      ({ spec }) => (spec.name = "orders.public"),
      [/^error .*are both orders\.public there/],
    ],
    ["two queues", "Queue", "orders.status", ({ spec }) => (spec.name = "orders.public"), [/^error .*both/]],
    [
      "two permissions of a user",
      "Permission",
      "outbox-relay",
      ({ spec }) => (spec.userReference = { name: "order-intake" }),
      [/^error /],
    ],
    [
      "two roles of the database",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.managed.roles[5].name = "order_api"),
      [/^error .*order_api is declared twice/],
    ],
    [
      "a policy in another virtual host",
      "Policy",
      "orders.status",
      ({ spec }) => Object.assign(spec, { name: "orders.public", vhost: "other" }),
      [],
    ],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(uniqueObjects, kind, name, change)).toEqual(expected.map((one) => expect.stringMatching(one)));
  });
});
