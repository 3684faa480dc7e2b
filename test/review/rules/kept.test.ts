import type { Plan } from "../../../review/plan/plan";
import { timesADay } from "../../../review/kubernetes/schedules";
import type { Rule } from "../../../review/rules/rule";
import { backupsRestorable } from "../../../review/rules/backups-restorable";
import { cloudRights } from "../../../review/rules/cloud-rights";
import { commitsDurable } from "../../../review/rules/commits-durable";
import { dataProtected } from "../../../review/rules/data-protected";
import { dataStays } from "../../../review/rules/data-stays";
import { databaseRights } from "../../../review/rules/database-rights";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, named, planWithout, type Change, type Inputs } from "./changed-plan";

/* What is written stays written, can be brought back, and is nobody else's. */

let prod: Plan;
let dev: Plan;
beforeAll(async () => {
  prod = await planned("prod");
  dev = await planned("dev");
}, 120_000);

type Name = string | RegExp;
const called =
  (name: Name) =>
  (inputs: Inputs, { name: own }: { name: string }): boolean =>
    typeof name === "string" ? own === name || named(name)(inputs) : name.test(inputs.metadata?.name ?? own);

/** What a rule says of the changed plan and not of the unchanged one. */
function saidOf(rule: Rule, plan: Plan, changed: Plan): string[] {
  const usual = new Set(rule.check(plan).map(line));
  return rule
    .check(changed)
    .map(line)
    .filter((one) => !usual.has(one));
}
const said = (rule: Rule, plan: Plan, kind: string, name: Name, change: Change) =>
  saidOf(rule, plan, changedIn(plan, kind, change, called(name)));
const text =
  (from: RegExp, to: string): Change =>
  ({ data }) => {
    const keys = Object.keys(data).filter((one) => from.test(data[one]));
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) data[key] = data[key].replace(from, to);
  };
const policy =
  (change: (statements: Inputs[]) => void): Change =>
  (inputs) => {
    const document = JSON.parse(inputs.policy);
    change(document.Statement);
    inputs.policy = JSON.stringify(document);
  };
const variable =
  (name: string, value: string): Change =>
  (inputs) =>
    containersOf(inputs)[0].env.push({ name, value });
type Case = [what: string, kind: string, name: Name, change: Change, expected: RegExp[]];
const matching = (expected: readonly RegExp[]) => expected.map((one) => expect.stringMatching(one));

describe("what programs write is on their volumes", () => {
  it.each<Case>([
    [
      "queues elsewhere",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.rabbitmq.envConfig += 'RABBITMQ_MNESIA_BASE="/tmp/mnesia"\n'),
      [/^error .*MNESIA_BASE is \/tmp\/mnesia/],
    ],
    [
      "queues on the volume",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.rabbitmq.envConfig += "RABBITMQ_QUORUM_DIR=/var/lib/rabbitmq/mnesia/quorum\n"),
      [],
    ],
    [
      "a volume over the broker's",
      "RabbitmqCluster",
      "broker",
      ({ spec }) =>
        spec.override.statefulSet.spec.template.spec.containers[0].volumeMounts.push({
          name: "config",
          mountPath: "/var/lib/rabbitmq/mnesia",
        }),
      [/^error .*in the place of the broker's volume/],
    ],
    [
      "a journal elsewhere",
      "ConfigMap",
      /^loki-/,
      text(/path_prefix: \/var\/loki/, "path_prefix: /tmp/loki"),
      [/^error .*writes to \/tmp\/loki/],
    ],
    ["a journal deeper", "ConfigMap", /^loki-/, text(/path_prefix: \/var\/loki/, "path_prefix: /var/loki/data"), []],
    [
      "a volume mounted elsewhere",
      "StatefulSet",
      "loki",
      ({ spec }) => (spec.template.spec.containers[0].volumeMounts.find((one: Inputs) => one.name === "data").mountPath = "/srv"),
      [/^error .*writes to \/var\/loki/],
    ],
    [
      "a volume mounted nowhere",
      "StatefulSet",
      "loki",
      ({ spec }) =>
        (spec.template.spec.containers[0].volumeMounts = spec.template.spec.containers[0].volumeMounts.filter(
          (one: Inputs) => one.name !== "data",
        )),
      [/^error .*mounts its volume data/, /^error .*writes to/],
    ],
    [
      "a queue of logs in memory",
      "ConfigMap",
      /^otel-agent-/,
      text(/(otlp_http\/loki:[\s\S]*?)\n +storage: file_storage/, "$1"),
      [/^warning .*queue of otlp_http\/loki is in memory/],
    ],
    [
      "commits that a program does not wait for",
      "Deployment",
      "order-intake",
      variable("PGOPTIONS", "-c statement_timeout=5s -c synchronous_commit=off"),
      [/^error .*synchronous_commit is off/],
    ],
    ["commits that it waits for", "Deployment", "order-intake", variable("PGOPTIONS", "-c synchronous_commit=on"), []],
    [
      "commits that it does not wait for, written otherwise",
      "Deployment",
      "order-intake",
      variable("PGOPTIONS", "--synchronous-commit=off"),
      [/^error .*synchronous-commit is off/],
    ],
    ["traces on one node", "ConfigMap", /^jaeger-/, text(/replicas: 1/g, "replicas: 0"), [/^warning .*no replica/]],
    [
      "an inbox without a key",
      "ConfigMap",
      /^outbox-/,
      text(/(CREATE TABLE messaging\.inbox \([\s\S]*?)PRIMARY KEY \([^)]*\)/, "$1CHECK (true)"),
      [/^error .*messaging\.inbox has no PRIMARY KEY/, /^error .*nothing is unique over \(consumer, message_id\)/],
    ],
    [
      "a key of later",
      "ConfigMap",
      /^outbox-/,
      text(/uuid +PRIMARY KEY DEFAULT gen_random_uuid\(\)/, "uuid DEFAULT gen_random_uuid()"),
      [/^error .*messaging\.outbox has no PRIMARY KEY/],
    ],
    [
      "relays that wait",
      "ConfigMap",
      /^outbox-/,
      text(/FOR UPDATE OF message SKIP LOCKED/, "FOR UPDATE OF message"),
      [/^error .*one relay waits/],
    ],
    [
      "relays that share nothing",
      "ConfigMap",
      /^outbox-/,
      text(/FOR UPDATE OF message SKIP LOCKED/, ""),
      [/^error .*two relays send/],
    ],
    ["no numbers", "ConfigMap", /^outbox-/, text(/CREATE TRIGGER outbox_number[^;]*;/, ""), [/^error .*no trigger numbers/]],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(commitsDurable, prod, kind, name, change)).toEqual(matching(expected));
  });

  it("in the store of files, too", () => {
    const change: Change = ({ spec }) => {
      const [container] = spec.template.spec.containers;
      container.volumeMounts = container.volumeMounts.map((one: Inputs) =>
        one.name === "data" ? { ...one, mountPath: "/srv/data" } : one,
      );
    };
    expect(said(commitsDurable, dev, "StatefulSet", "object-store", change)).toContainEqual(
      expect.stringMatching(/\/srv\/data, and what StatefulSet mes-data\/object-store keeps is in/),
    );
  });
});

describe("backups", () => {
  const lifecycle =
    (days: number): Change =>
    ({ rules }) =>
      rules.forEach((rule: Inputs) => {
        if (rule.noncurrentVersionExpiration !== undefined) rule.noncurrentVersionExpiration.noncurrentDays = days;
      });

  it.each<Case>([
    [
      "kept for a day",
      "ObjectStore",
      "postgres-backups",
      ({ spec }) => (spec.retentionPolicy = "1d"),
      [/^error .*kept for 1 day:/],
    ],
    [
      "kept for five days",
      "ObjectStore",
      "postgres-backups",
      ({ spec }) => (spec.retentionPolicy = "5d"),
      [/^warning .*kept for 5 days/],
    ],
    ["kept for a week", "ObjectStore", "postgres-backups", ({ spec }) => (spec.retentionPolicy = "7d"), []],
    [
      "at no address",
      "ObjectStore",
      "postgres-backups",
      ({ spec }) => (spec.configuration.destinationPath = "example-mes-prod-backups/"),
      [/^error .*no address of a bucket \(s3:\/\/BUCKET\/\)/],
    ],
    [
      "encrypted as the bucket refuses",
      "ObjectStore",
      "postgres-backups",
      ({ spec }) => (spec.configuration.wal.encryption = "AES256"),
      [/^error .*refuses all but aws:kms/],
    ],
    [
      "encrypted as the bucket wants",
      "ObjectStore",
      "postgres-backups",
      ({ spec }) => (spec.configuration.data.encryption = "aws:kms"),
      [],
    ],
    [
      "once a week, with an alert of a day",
      "ScheduledBackup",
      "postgres-backups",
      ({ spec }) => (spec.schedule = "0 0 2 * * 0"),
      [/^error .*PostgresBackupTooOld fires .*every 7 days/],
    ],
    [
      "every minute",
      "ScheduledBackup",
      "postgres-backups",
      ({ spec }) => (spec.schedule = "0 * * * * *"),
      [/^error .*1440 times a day/],
    ],
    [
      "every four hours",
      "ScheduledBackup",
      "postgres-backups",
      ({ spec }) => (spec.schedule = "0 0 */4 * * *"),
      [/^warning .*6 times a day/],
    ],
    ["with versions of a day", "BucketLifecycleConfiguration", "backups", lifecycle(1), [/^error .*gone for good 1 day later/]],
    [
      "with a lock of a day",
      "BucketObjectLockConfiguration",
      "backups",
      ({ rule }) => (rule.defaultRetention.days = 1),
      [/^error .*delete a backup for 1 day/],
    ],
    [
      "with drawings that expire",
      "BucketLifecycleConfiguration",
      "products",
      ({ rules }) => rules.push({ status: "Enabled", expiration: { days: 90 }, filter: {} }),
      [/^warning .*deletes what is in example-mes-prod-products after 90 days/],
    ],
    [
      "with a cleaner of other indices",
      "CronJob",
      "jaeger-index-cleaner",
      ({ spec }) =>
        (spec.jobTemplate.spec.template.spec.containers[0].env.find((one: Inputs) => one.name === "INDEX_PREFIX").value =
          "mes-dev"),
      [/^error .*begin with "mes-dev", and they begin with mes-prod/],
    ],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(backupsRestorable, prod, kind, name, change)).toEqual(matching(expected));
  });

  it("knows how often a schedule comes", () => {
    expect(
      ["0 0 2 * * *", "0 */15 * * * *", "@hourly", "@daily", "@every 30m", "@every 1h30m", "nonsense"].map((one) =>
        timesADay(one, 6),
      ),
    ).toEqual([1, 96, 24, 1, 48, 16, undefined]);
  });
});

describe("rights", () => {
  it.each<Case>([
    [
      "for an office alone",
      "RolePolicy",
      "postgres",
      policy(([, one]) => (one.Condition = { IpAddress: { "aws:SourceIp": ["198.51.100.0/24"] } })),
      [/^warning .*198\.51\.100\.0\/24 alone \(aws:SourceIp\): mes-data\/postgres is refused through another gateway/],
    ],
    [
      "for addresses within the network",
      "RolePolicy",
      "postgres",
      policy(([, one]) => (one.Condition = { IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } })),
      [/^error .*10\.0\.0\.0\/8 \(aws:SourceIp\), which AWS never sees/],
    ],
    [
      "for whoever has no second factor",
      "RolePolicy",
      "loki",
      policy(([, one]) => (one.Condition = { Null: { "aws:MultiFactorAuthAge": "true" } })),
      [],
    ],
    [
      "for people alone",
      "RolePolicy",
      "loki",
      policy(([, one]) => (one.Condition = { Bool: { "aws:MultiFactorAuthPresent": "true" } })),
      [/^error .*people with a second factor/],
    ],
    ["with TLS", "RolePolicy", "loki", policy(([, one]) => (one.Condition = { Bool: { "aws:SecureTransport": "true" } })), []],
    [
      "within a boundary that reads",
      "Role",
      "postgres",
      (inputs) => (inputs.permissionsBoundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"),
      [/^error .*takes s3:PutObject, s3:DeleteObject.* from/],
    ],
    [
      "to decrypt, within a boundary that reads",
      "Role",
      "pricing",
      (inputs) => (inputs.permissionsBoundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"),
      [/^warning .*the plan does not have arn:aws:iam::aws:policy\/ReadOnlyAccess/],
    ],
    [
      "within a boundary of others",
      "Role",
      "pricing",
      (inputs) => (inputs.permissionsBoundary = "arn:aws:iam::123456789012:policy/company"),
      [/^warning .*the plan does not have/],
    ],
    [
      "of no account",
      "Deployment",
      "dashboard",
      ({ spec }) => (spec.template.spec.serviceAccountName = "default"),
      [/^error .*runs as the service account default/],
    ],
    [
      "on backups, to change them",
      "RolePolicy",
      "dashboard",
      policy((statements) =>
        statements.push({
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
          Resource: "arn:aws:s3:::example-mes-prod-backups/*",
        }),
      ),
      [/^error .*mes\/dashboard may .* where the database's backups are/],
    ],
    [
      "on backups, to read them",
      "RolePolicy",
      "dashboard",
      policy((statements) =>
        statements.push({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::example-mes-prod-backups/*" }),
      ),
      [/^warning .*reads every order/],
    ],
    [
      "by StringLike without a wildcard",
      "Role",
      "loki",
      (inputs) =>
        (inputs.assumeRolePolicy = inputs.assumeRolePolicy.replace(/"StringEquals":(\{.*\})\}\}\]/, '"StringLike":$1}}]')),
      [],
    ],
    [
      "by StringLike with one",
      "Role",
      "loki",
      (inputs) =>
        (inputs.assumeRolePolicy = inputs.assumeRolePolicy
          .replace(/"StringEquals":(\{.*\})\}\}\]/, '"StringLike":$1}}]')
          .replace("observability:loki", "observability:*")),
      [/^error .*more than one service account/],
    ],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(cloudRights, prod, kind, name, change)).toEqual(
      expected.length === 0 ? [] : expect.arrayContaining(matching(expected)),
    );
  });

  it.each<Case>([
    [
      "of a program to own the database",
      "Database",
      "postgres-mes",
      ({ spec }) => (spec.owner = "order_api"),
      [/^warning .*order_api, as which order-api logs in, owns/],
    ],
    [
      "of nobody to connect",
      "Database",
      "postgres-mes",
      ({ spec }) => (spec.allowConnections = false),
      [/^error .*nobody may connect to mes/],
    ],
    [
      "of two to connect",
      "Database",
      "postgres-mes",
      ({ spec }) => (spec.connectionLimit = 2),
      [/^error .*mes takes 2 connections, and/],
    ],
    [
      "of a few to connect",
      "Database",
      "postgres-mes",
      ({ spec }) => (spec.connectionLimit = 50),
      [/^warning .*mes takes 50 connections/],
    ],
    ["of all to connect", "Database", "postgres-mes", ({ spec }) => (spec.connectionLimit = 1000), []],
    [
      "of groups that are not its own",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.managed.roles.find((one: Inputs) => one.name === "order_api").inherit = false),
      [/^error .*order_api does not inherit what mes_read and mes_write may/],
    ],
    [
      "to write at a replica",
      "Deployment",
      "order-intake",
      variable("PGTARGETSESSIONATTRS", "standby"),
      [/^error .*takes no connection but to a replica/],
    ],
    ["of another owner", "Database", "postgres-mes", ({ spec }) => (spec.owner = "people"), []],
    [
      "of everybody to write",
      "ConfigMap",
      /^outbox-/,
      text(/ALTER DATABASE "/, 'GRANT ALL ON ALL TABLES IN SCHEMA messaging TO PUBLIC;\nALTER DATABASE "'),
      [/^error .*everybody who connects may all on all tables in schema messaging/],
    ],
    [
      "of everybody to look up",
      "ConfigMap",
      /^outbox-/,
      text(/ALTER DATABASE "/, 'GRANT USAGE ON SCHEMA messaging TO PUBLIC;\nALTER DATABASE "'),
      [],
    ],
  ])("%s", (_, kind, name, change, expected) => {
    expect(said(databaseRights, prod, kind, name, change)).toEqual(matching(expected));
  });
});

describe("guards of data", () => {
  it("keep a lock and its bucket together", () => {
    const without = planWithout(prod, "BucketObjectLockConfiguration", () => true);
    expect(saidOf(dataProtected, prod, without)).toEqual([expect.stringMatching(/^error .*nothing locks its objects/)]);
    expect(said(dataProtected, prod, "Bucket", "backups", (inputs) => (inputs.objectLockEnabled = false))).toEqual([
      expect.stringMatching(/^error .*made without an object lock/),
    ]);
  });

  /** prod is deployed, and then changed. */
  const deployed = (change: (plan: Plan) => Plan) => {
    const former = { resources: prod.resources, interrupted: [] };
    return saidOf(dataStays, { ...prod, before: former }, { ...change(prod), before: former });
  };
  const edited = (kind: string, name: Name, change: Change) => deployed((plan) => changedIn(plan, kind, change, called(name)));

  it.each<Case>([
    [
      "a lock that is switched off",
      "Bucket",
      "backups",
      (inputs) => (inputs.objectLockEnabled = false),
      [/^error .*the object lock is switched off/],
    ],
    [
      "a weaker lock",
      "BucketObjectLockConfiguration",
      "backups",
      ({ rule }) => (rule.defaultRetention.days = 7),
      [/^warning .*after 7 days/],
    ],
    ["a stronger lock", "BucketObjectLockConfiguration", "backups", ({ rule }) => (rule.defaultRetention.days = 30), []],
    [
      "another region",
      "aws",
      "aws",
      (inputs) => (inputs.region = "eu-west-1"),
      [/^error .*deployed in eu-central-1, and the plan looks for them in eu-west-1/],
    ],
    [
      "nodes without TLS",
      "RabbitmqCluster",
      "broker",
      ({ spec }) => (spec.rabbitmq.envConfig = ""),
      [/^error .*TLS between nodes is switched off/],
    ],
    [
      "another folder of the archive",
      "Cluster",
      "postgres",
      ({ spec }) => (spec.plugins[0].parameters.serverName = "postgres-main"),
      [/^error .*archives to postgres-backups\/postgres-main/],
    ],
    [
      "another logical database",
      "Database",
      "postgres-mes",
      ({ spec }) => (spec.name = "orders"),
      [/^error .*database orders takes the place of database mes/],
    ],
    [
      "another name of a client",
      "User",
      "crm",
      ({ metadata }) => (metadata.name = "erp"),
      [/^error .*User mes-data\/crm is deployed.*User mes-data\/erp takes its place/],
    ],
    ["another name of a role's user", "User", "order-intake", ({ metadata }) => (metadata.name = "intake"), []],
  ])("%s", (_, kind, name, change, expected) => {
    expect(edited(kind, name, change)).toEqual(matching(expected));
  });

  it.each([
    ["BucketObjectLockConfiguration", "anybody with the right can delete"],
    ["BucketVersioning", "what is overwritten or deleted is gone"],
  ])("%s", (kind, harm) => {
    const found = deployed((plan) => planWithout(plan, kind, (_, { name }) => name === "backups"));
    expect(found).toEqual([expect.stringContaining(harm)]);
  });

  it("a client that goes is for people to weigh", () => {
    expect(deployed((plan) => planWithout(plan, "User", called("crm")))).toEqual([
      expect.stringMatching(/^warning .*whoever logs in/),
    ]);
  });
});
