import type { Plan } from "../../../review/plan/plan";
import { settingsFit } from "../../../review/rules/settings-fit";
import { timeBudgets } from "../../../review/rules/time-budgets";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, named, type Change } from "./changed-plan";

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const parameters =
  (values: Record<string, string>): Change =>
  ({ spec }) =>
    Object.assign(spec.postgresql.parameters, values);

const pooler =
  (values: Record<string, string>): Change =>
  ({ spec }) =>
    Object.assign(spec.pgbouncer.parameters, values);

/** What a rule says of the changed plan and not of the unchanged one. */
function said(rule: typeof settingsFit, kind: string, change: Change, name = ""): string[] {
  const usual = new Set(rule.check(plan).map(line));
  const changed = changedIn(plan, kind, change, name === "" ? undefined : named(name));
  return rule
    .check(changed)
    .map(line)
    .filter((one) => !usual.has(one));
}

describe("times and sizes of the database", () => {
  it.each([
    ["error", { lock_timeout: "1ms" }],
    ["error", { lock_timeout: "1" }],
    ["error", { statement_timeout: "10ms" }],
    ["error", { idle_in_transaction_session_timeout: "5ms" }],
    ["warning", { idle_in_transaction_session_timeout: "0" }],
    ["warning", { deadlock_timeout: "10min" }],
    ["error", { idle_session_timeout: "1s" }],
    ["error", { transaction_timeout: "20ms" }],
    ["warning", { recovery_min_apply_delay: "1h" }],
    ["error", { temp_file_limit: "1kB" }],
    ["warning", { temp_file_limit: "512MB" }],
    ["error", { max_connections: "9000", work_mem: "64kB" }],
  ])("%s: %j", (severity, values) => {
    const [parameter] = Object.keys(values);
    expect(said(settingsFit, "Cluster", parameters(values))).toContainEqual(
      expect.stringMatching(new RegExp(`^${severity} .*${parameter}`)),
    );
  });

  it.each<Record<string, string>>([
    { lock_timeout: "0" },
    { lock_timeout: "10s" },
    { deadlock_timeout: "2s" },
    { temp_file_limit: "-1" },
    { temp_file_limit: "20GB" },
    { statement_timeout: "30s" },
    { max_connections: "500" },
    { checkpoint_timeout: "30min" },
  ])("may be %j", (values) => {
    expect(said(settingsFit, "Cluster", parameters(values)).filter((one) => one.startsWith("error"))).toEqual([]);
  });

  it("leaves room for what is not archived yet", () => {
    const small: Change = ({ spec }) => {
      spec.walStorage.size = "1Gi";
      Object.assign(spec.postgresql.parameters, { max_wal_size: "256MB", min_wal_size: "64MB", max_slot_wal_keep_size: "512MB" });
    };
    expect(said(settingsFit, "Cluster", small)).toContainEqual(expect.stringMatching(/^warning .*not archived yet/));
  });

  it("goes over from one instance to another within minutes", () => {
    expect(said(timeBudgets, "Cluster", ({ spec }) => (spec.switchoverDelay = 3600))).toEqual([
      expect.stringMatching(/^warning .*switchoverDelay/),
    ]);
  });
});

describe("poolers", () => {
  it.each([
    ["error", { query_timeout: "1" }],
    ["error", { query_timeout: "10" }],
    ["error", { client_idle_timeout: "10" }],
    ["error", { server_lifetime: "1" }],
    ["error", { idle_transaction_timeout: "1" }],
    ["error", { query_wait_timeout: "1" }],
    ["warning", { query_wait_timeout: "600" }],
  ])("%s: %j", (severity, values) => {
    expect(said(timeBudgets, "Pooler", pooler(values), "postgres-pooler-rw")).toContainEqual(
      expect.stringMatching(new RegExp(`^${severity} .*${Object.keys(values)[0]}`)),
    );
  });

  it.each<Record<string, string>>([
    { query_timeout: "0" },
    { query_timeout: "120" },
    { server_lifetime: "3600" },
    { query_wait_timeout: "20" },
  ])("may have %j", (values) => expect(said(timeBudgets, "Pooler", pooler(values), "postgres-pooler-rw")).toEqual([]));

  it("have the memory for their clients", () => {
    const memory = (limit: string) =>
      said(settingsFit, "Pooler", ({ spec }) => (spec.template.spec.containers[0].resources.limits.memory = limit));
    expect(memory("4Mi")).toContainEqual(expect.stringMatching(/^error .*it is killed/));
    expect(memory("64Mi")).toContainEqual(expect.stringMatching(/^warning .*it is killed/));
    expect(memory("128Mi")).toEqual([]);
  });
});

describe("caches and brokers", () => {
  it("do not hold more than their memory", () => {
    const most =
      (bytes: string): Change =>
      (inputs) => {
        const { data } = inputs;
        for (const key of Object.keys(data)) data[key] = data[key].replace(/^maxmemory \d+/m, `maxmemory ${bytes}`);
      };
    expect(said(settingsFit, "ConfigMap", most("4gb"))).toEqual([expect.stringMatching(/^error .*empty each time it is full/)]);
    expect(said(settingsFit, "ConfigMap", most("1900mb"))).toEqual([expect.stringMatching(/^warning /)]);
    expect(said(settingsFit, "ConfigMap", most("0"))).toEqual([expect.stringMatching(/^warning .*maxmemory is 0/)]);
    expect(said(settingsFit, "ConfigMap", most("1gb"))).toEqual([]);
  });

  it("have the memory to run at all", () => {
    const memory: Change = ({ spec }) => (spec.resources.limits.memory = spec.resources.requests.memory = "256Mi");
    expect(said(settingsFit, "RabbitmqCluster", memory)).toContainEqual(expect.stringMatching(/nobody ever publishes/));
  });
});

describe("routes and deploys", () => {
  const route = (timeouts: object): string[] =>
    said(timeBudgets, "HTTPRoute", ({ spec }) => Object.assign(spec.rules[0].timeouts, timeouts), "order-api");

  it("a route ends, and not after the pod that it leads to", () => {
    expect(route({ request: "0s" })).toContainEqual(expect.stringMatching(/^warning .*without an end/));
    expect(route({ request: "900s" })).toContainEqual(expect.stringMatching(/^warning .*each rollout cuts/));
    expect(route({ request: "60s", backendRequest: "90s" })).toContainEqual(expect.stringMatching(/^error .*refuses the route/));
    expect(route({ backendRequest: "10s" })).toEqual([]);
  });

  it.each<[string, string, Change, RegExp]>([
    ["a rollout", "Deployment", ({ spec }) => (spec.progressDeadlineSeconds = 5), /^error .*counts as failed after 5 s/],
    ["a settled pod", "Deployment", ({ spec }) => (spec.minReadySeconds = 3600), /^error .*the API refuses both/],
    ["a job", "Job", ({ spec }) => (spec.activeDeadlineSeconds = 5), /^error .*is ended 5 s after/],
    [
      "a job of a schedule",
      "CronJob",
      ({ spec }) => (spec.jobTemplate.spec.activeDeadlineSeconds = 90),
      /^warning .*is ended 90 s/,
    ],
    ["the engine", "Cluster", (_, one) => (one.customTimeouts = { create: "10s" }), /^error .*the engine waits 10 s/],
    ["the engine, of pods", "Deployment", (_, one) => (one.customTimeouts = { update: "20s" }), /^error .*waits 20 s/],
  ])("%s is given time", (_, kind, change, expected) => {
    expect(said(timeBudgets, kind, change)).toContainEqual(expect.stringMatching(expected));
  });

  it("may be given more", () => {
    expect(said(timeBudgets, "Deployment", ({ spec }) => (spec.progressDeadlineSeconds = 1200))).toEqual([]);
    expect(said(timeBudgets, "Cluster", (_, one) => (one.customTimeouts = { create: "1h" }))).toEqual([]);
  });
});
