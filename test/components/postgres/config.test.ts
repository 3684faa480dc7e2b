import { postgresConfig } from "../../../components/postgres/config";
import { AVAILABLE, MINIMAL } from "./fixtures";

const problems = (config: object) =>
  (postgresConfig.safeParse(config).error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);

describe("the configuration of the database", () => {
  it.each([
    ["the least", MINIMAL],
    ["three instances in production", AVAILABLE],
    ["replicas that nobody waits for", { ...MINIMAL, instances: 2 }],
    ["another name and database", { ...MINIMAL, name: "factory-db", database: "mes_north" }],
    ["a parameter of Postgres", { ...MINIMAL, parameters: { "auto_explain.log_min_duration": "1s" } }],
    ["nodes of its own", { ...MINIMAL, nodeSelector: { pool: "database" }, tolerations: [{ key: "database" }] }],
    [
      "a restore",
      { ...MINIMAL, name: "postgres-2", restore: { from: { serverName: "postgres" }, targetTime: "2026-11-20T08:15:00Z" } },
    ],
    [
      "a restore from another stack's bucket",
      { ...MINIMAL, restore: { from: { serverName: "postgres", bucket: "prod-backups" } } },
    ],
    ["no backups", { ...MINIMAL, backups: { enabled: false, sidecar: { memory: "64Mi" } } }],
  ])("accepts %s", (_, config) => {
    expect(problems(config)).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ["unknown keys", { ...MINIMAL, replicas: 3 }, /Unrecognized key.*replicas/],
    [
      "a synchronous replica that cannot restart",
      { ...MINIMAL, instances: 2, synchronousReplicas: 1 },
      /^synchronousReplicas: .*at least 3 instances/,
    ],
    [
      "more pooled connections than the database takes",
      { ...AVAILABLE, maxConnections: 300 },
      /^maxConnections: .*375.*at least 395/,
    ],
    [
      "a share larger than the whole",
      { ...MINIMAL, poolers: { rw: { poolSize: 30, serverConnections: 20 } } },
      /^poolers\.rw\.poolSize: .*20/,
    ],
    ["too little memory", { ...MINIMAL, resources: { cpu: 1, memory: "128Mi" } }, /^resources\.memory: .*256Mi/],
    ["a tiny WAL volume", { ...MINIMAL, walStorage: { size: "512Mi" } }, /^walStorage\.size: .*1Gi/],
    [
      "a sidecar that would be killed",
      { ...MINIMAL, backups: { sidecar: { memory: "128Mi" } } },
      /^backups\.sidecar\.memory: .*512Mi/,
    ],
    ["a restore over its own backup", { ...MINIMAL, restore: { from: { serverName: "postgres" } } }, /^name: must differ/],
    [
      "a restore without backups",
      { ...MINIMAL, backups: { enabled: false }, restore: { from: { serverName: "old" } } },
      /^restore: .*backups\.enabled/,
    ],
    [
      "a time without its zone",
      { ...MINIMAL, name: "p2", restore: { from: { serverName: "postgres" }, targetTime: "2026-11-20 08:15" } },
      /^restore\.targetTime: .*zone/,
    ],
    ["a misspelt parameter", { ...MINIMAL, parameters: { wrok_mem: "16MB" } }, /^parameters\.wrok_mem: .*did you mean work_mem/],
    ["a value that is none", { ...MINIMAL, parameters: { work_mem: "16 mb" } }, /^parameters\.work_mem: .*expected a size/],
    [
      "parameters of the operator",
      { ...MINIMAL, parameters: { synchronous_standby_names: "*" } },
      /^parameters\.synchronous_standby_names: .*operator/,
    ],
    ["a database of Postgres itself", { ...MINIMAL, database: "postgres" }, /^database: /],
    ["a quantity that is none", { ...MINIMAL, storage: { size: "5 GB" } }, /^storage\.size: expected a quantity/],
    ["a schedule that is none", { ...MINIMAL, backups: { schedule: "nightly" } }, /^backups\.schedule: expected a cron/],
  ])("refuses %s", (_, config, expected) => {
    expect(problems(config)).toEqual([expect.stringMatching(expected)]);
  });
});
