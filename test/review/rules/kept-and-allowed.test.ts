import type { Plan } from "../../../review/plan/plan";
import { backupsRestorable } from "../../../review/rules/backups-restorable";
import { cloudRights } from "../../../review/rules/cloud-rights";
import { commitsDurable } from "../../../review/rules/commits-durable";
import { databaseConnections } from "../../../review/rules/database-connections";
import { databaseRights } from "../../../review/rules/database-rights";
import { queueLimits } from "../../../review/rules/queue-limits";
import { queuesKeepOrders } from "../../../review/rules/queues-keep-orders";
import type { Rule } from "../../../review/rules/rule";
import { timeBudgets } from "../../../review/rules/time-budgets";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, named, type Change, type Inputs } from "./changed-plan";

let plan: Plan;
const usual = new Map<Rule, Set<string>>();
beforeAll(async () => (plan = await planned("prod")), 60_000);

type Case = readonly [what: string, rule: Rule, kind: string, name: string, change: Change, expected: RegExp];

/** What a rule says of the changed plan and not of the unchanged one. */
function said([, rule, kind, name, change]: Case): string[] {
  const before = usual.get(rule) ?? new Set(rule.check(plan).map(line));
  usual.set(rule, before);
  return rule
    .check(changedIn(plan, kind, change, name === "" ? undefined : (inputs, one) => one.name === name || named(name)(inputs)))
    .map(line)
    .filter((one) => !before.has(one));
}

const role = ({ spec }: Inputs, name: string): Inputs => spec.managed.roles.find((one: Inputs) => one.name === name);
const policy =
  (change: (statements: Inputs[]) => void): Change =>
  (inputs) => {
    const document = JSON.parse(inputs.policy);
    change(document.Statement);
    inputs.policy = JSON.stringify(document);
  };
const text =
  (from: string | RegExp, to: string): Change =>
  ({ data }) => {
    for (const key of Object.keys(data)) data[key] = data[key].replace(from, to);
  };
const job =
  (variable: string, value: string): Change =>
  ({ spec }) => {
    const [container] = containersOf({ spec: spec.jobTemplate.spec });
    container.env.find((env: Inputs) => env.name === variable).value = value;
  };
const late =
  (alert: string, seconds: number): Change =>
  ({ spec }) => {
    for (const rule of spec.groups.flatMap((group: Inputs) => group.rules))
      if (rule.alert === alert) rule.expr = rule.expr.replace(/> \d+$/, `> ${seconds}`);
  };
const without = (list: string[], one: string) => list.filter((other) => other !== one);

const CASES: readonly Case[] = [
  [
    "a password of another user",
    databaseRights,
    "Cluster",
    "",
    (c) => (role(c, "order_api").passwordSecret.name = "postgres-user-dashboard"),
    /^error .*which is that of dashboard/,
  ],
  [
    "a password of before",
    databaseRights,
    "Cluster",
    "",
    (c) => (role(c, "order_api").validUntil = "2020-01-01T00:00:00Z"),
    /^error .*has run out/,
  ],
  [
    "a user of one connection",
    databaseRights,
    "Cluster",
    "",
    (c) => (role(c, "order_api").connectionLimit = 1),
    /^error .*1 connection, and/,
  ],
  [
    "a group that nobody makes",
    databaseRights,
    "Cluster",
    "",
    ({ spec }) => (spec.managed.roles = spec.managed.roles.filter((one: Inputs) => one.name !== "mes_relay")),
    /^error .*gives rights to mes_relay, which nobody makes/,
  ],
  [
    "a denial",
    cloudRights,
    "RolePolicy",
    "loki",
    policy((all) => all.push({ Effect: "Deny", Action: "s3:Put*", Resource: "*" })),
    /^error .*a denial counts before every right: s3:PutObject/,
  ],
  [
    "a writer of logs that may not write",
    cloudRights,
    "RolePolicy",
    "loki",
    policy((all) => (all[1].Action = ["s3:GetObject"])),
    /^error .*may not: s3:PutObject and s3:DeleteObject/,
  ],
  [
    "half of a writer",
    cloudRights,
    "RolePolicy",
    "postgres",
    policy((all) => (all[1].Action = without(all[1].Action, "s3:DeleteObject"))),
    /^error .*s3:DeleteObject/,
  ],
  [
    "an exchange in memory",
    queuesKeepOrders,
    "Exchange",
    "orders",
    ({ spec }) => (spec.durable = false),
    /^error .*after a restart/,
  ],
  ["an exchange as the operator has it", queuesKeepOrders, "Exchange", "orders", ({ spec }) => delete spec.durable, /^error /],
  [
    "dead letters by headers",
    queuesKeepOrders,
    "Exchange",
    "dead-letters",
    ({ spec }) => (spec.type = "headers"),
    /^error .*means nothing/,
  ],
  [
    "dead letters to all",
    queuesKeepOrders,
    "Exchange",
    "dead-letters",
    ({ spec }) => (spec.type = "fanout"),
    /^error .*means nothing/,
  ],
  [
    "dead letters of another",
    queuesKeepOrders,
    "Policy",
    "orders.public",
    ({ spec }) => (spec.definition["dead-letter-routing-key"] = "orders.inbound"),
    /^error .*orders\.public\.parked gets nothing/,
  ],
  [
    "a text for a number",
    queueLimits,
    "Policy",
    "orders.public",
    ({ spec }) => (spec.definition["delivery-limit"] = "ten"),
    /^error .*whole number/,
  ],
  [
    "a number in quotes",
    queueLimits,
    "Policy",
    "orders.public",
    ({ spec }) => (spec.definition["max-length"] = "500"),
    /^error .*without quotes/,
  ],
  [
    "a word of nobody",
    queueLimits,
    "Policy",
    "orders.public",
    ({ spec }) => (spec.definition.overflow = "reject"),
    /^error .*reject-publish-dlx/,
  ],
  [
    "a misspelt term",
    queueLimits,
    "Policy",
    "orders.public",
    ({ spec }) => (spec.definition["max-lenght"] = 5),
    /^error .*no setting that a policy/,
  ],
  [
    "a term for policies of users",
    queueLimits,
    "OperatorPolicy",
    "never-drop",
    ({ spec }) => (spec.definition["dead-letter-exchange"] = "x"),
    /^error .*an operator policy may have/,
  ],
  [
    "a queue of a few orders",
    queueLimits,
    "Policy",
    "orders.public",
    ({ spec }) => (spec.definition["max-length-bytes"] = 2 ** 20),
    /^warning .*256 orders/,
  ],
  [
    "logs kept once",
    commitsDurable,
    "ConfigMap",
    "",
    text("replication_factor: 3", "replication_factor: 1"),
    /^warning .*replication_factor is 1/,
  ],
  [
    "one replica that all wait for",
    commitsDurable,
    "Cluster",
    "",
    ({ spec }) =>
      Object.assign(spec.postgresql.synchronous, {
        method: "first",
        maxStandbyNamesFromCluster: 0,
        standbyNamesPre: ["postgres-2"],
      }),
    /^error .*leave out maxStandbyNamesFromCluster/,
  ],
  [
    "more replicas than there are",
    commitsDurable,
    "Cluster",
    "",
    ({ spec }) => (spec.postgresql.synchronous.number = 3),
    /^error .*no order is ever written/,
  ],
  [
    "a replica of nobody",
    commitsDurable,
    "Cluster",
    "",
    ({ spec }) => (spec.postgresql.synchronous.standbyNamesPre = ["archive"]),
    /^warning .*never takes over/,
  ],
  [
    "snapshots without a class",
    backupsRestorable,
    "ScheduledBackup",
    "",
    ({ spec }) => (spec.method = "volumeSnapshot"),
    /^error .*names no class/,
  ],
  [
    "a method of nobody",
    backupsRestorable,
    "ScheduledBackup",
    "",
    ({ spec }) => (spec.method = "dump"),
    /^error .*no method of backups/,
  ],
  ["an inbox of a minute", backupsRestorable, "CronJob", "outbox-purge", job("KEEP_INBOX", "60"), /^error .*made twice/],
  [
    "an outbox of a minute",
    backupsRestorable,
    "CronJob",
    "outbox-purge",
    job("KEEP_OUTBOX", "60"),
    /^error .*whether an order was sent/,
  ],
  [
    "an inbox for ever",
    backupsRestorable,
    "CronJob",
    "outbox-purge",
    job("KEEP_INBOX", "forever"),
    /^error .*no number of seconds/,
  ],
  [
    "traces of a day",
    backupsRestorable,
    "CronJob",
    "jaeger-index-cleaner",
    ({ spec }) => (containersOf({ spec: spec.jobTemplate.spec })[0].args[0] = "0"),
    /^error .*older than 0 days/,
  ],
  [
    "a variable of nobody",
    backupsRestorable,
    "ConfigMap",
    "",
    text("${S3_BUCKET_LOGS}", "${S3_BUCKETS}"),
    /^error .*takes S3_BUCKETS from/,
  ],
  [
    "a bucket of nobody",
    backupsRestorable,
    "StatefulSet",
    "loki",
    (inputs) => (containersOf(inputs)[0].env.find((env: Inputs) => env.name === "S3_BUCKET_LOGS").value = "other-logs"),
    /^error .*told the bucket other-logs/,
  ],
  [
    "two lifecycles",
    backupsRestorable,
    "BucketLifecycleConfiguration",
    "logs",
    (inputs) => (inputs.bucket = "example-mes-prod-backups"),
    /^error .*has two of these/,
  ],
  [
    "a broker without patience",
    timeBudgets,
    "RabbitmqCluster",
    "",
    ({ spec }) => (spec.rabbitmq.additionalConfig += "\nconsumer_timeout = 1000"),
    /^warning .*cut off/,
  ],
  [
    "a pooler without a bound",
    databaseConnections,
    "Pooler",
    "postgres-pooler-rw",
    ({ spec }) => delete spec.pgbouncer.parameters.max_db_connections,
    /^warning .*no max_db_connections/,
  ],
  ["an outbox of a day", timeBudgets, "PrometheusRule", "", late("OutboxDelayed", 86_400), /^error .*before an order has waited/],
  [
    "an outbox of two hours",
    timeBudgets,
    "PrometheusRule",
    "",
    late("OutboxDelayed", 7200),
    /^warning .*before an order has waited/,
  ],
  ["backups of a year", timeBudgets, "PrometheusRule", "", late("PostgresBackupTooOld", 31_536_000), /^error .*last backup/],
];

it.each(CASES)("finds %s", (...one) => {
  expect(said(one)).toContainEqual(expect.stringMatching(one[5]));
});

const FINE: readonly Case[] = [
  [
    "a password with an end",
    databaseRights,
    "Cluster",
    "",
    (c) => (role(c, "order_api").validUntil = "2199-01-01T00:00:00Z"),
    /./,
  ],
  ["a user with room", databaseRights, "Cluster", "", (c) => (role(c, "order_api").connectionLimit = 200), /./],
  [
    "a group of Postgres itself",
    databaseRights,
    "Cluster",
    "",
    (c) => role(c, "dashboard").inRoles.push("pg_read_all_settings"),
    /./,
  ],
  [
    "a denial under a condition",
    cloudRights,
    "RolePolicy",
    "loki",
    policy((all) =>
      all.push({
        Effect: "Deny",
        Action: "s3:PutObject",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    ),
    /./,
  ],
  ["an inbox of two weeks", backupsRestorable, "CronJob", "outbox-purge", job("KEEP_INBOX", "1209600"), /./],
];

it.each(FINE)("does not mind %s", (...one) => {
  expect(said(one).filter((found) => found.startsWith("error"))).toEqual([]);
});
