import type { Plan } from "../../../review/plan/plan";
import { brokerRights } from "../../../review/rules/broker-rights";
import { clusterRights } from "../../../review/rules/cluster-rights";
import { databaseRights } from "../../../review/rules/database-rights";
import type { Rule } from "../../../review/rules/rule";
import { line, object } from "../fixtures";
import { planned } from "../../helpers/plans";
import { changedIn, named, planWithout, type Change, type Inputs } from "./changed-plan";

/*
 * Rights of the production plan: each wrong by one change. They are right as they are (real-plan.test.ts).
 */

let plan: Plan;

beforeAll(async () => {
  plan = await planned("prod");
}, 60_000);

const found = (rule: Rule, one: Plan) => rule.check(one).map(line);

/** Without what only the stack file knows. */
const unknowing = (one: Plan): Plan => {
  const { orders: _, ...facts } = one.facts!;
  return { ...one, facts };
};

const variable = (deployment: string, name: string, value: string | undefined) =>
  changedIn(
    plan,
    "Deployment",
    ({ spec }) => {
      const [container] = spec.template.spec.containers;
      container.env = container.env
        .filter((one: Inputs) => one.name !== name || value !== undefined)
        .map((one: Inputs) => (one.name === name ? { name, value } : one));
    },
    named(deployment),
  );

describe("rights in the broker", () => {
  const right = (user: string, kind: string, pattern: string) =>
    changedIn(plan, "Permission", ({ spec }) => (spec.permissions[kind] = pattern), named(user));

  it.each<[string, () => Plan, string]>([
    ["may read everything", () => right("order-intake", "read", ".*"), "order-intake may read orders.inbound.parked"],
    ["may declare and delete", () => right("order-intake", "configure", ".*"), "order-intake may configure"],
    [
      "may read what begins alike",
      () => right("order-intake", "read", String.raw`^orders\.inbound`),
      "may read orders.inbound.parked",
    ],
    ["may read what is spelt alike", () => right("order-intake", "read", "^orders.inbound$"), "may read ordersxinbound"],
    ["may write to any exchange", () => right("outbox-relay", "write", "^.+$"), "outbox-relay may write"],
    [
      "may not read its queue",
      () => right("order-intake", "read", "^$"),
      "order-intake reads from orders.inbound, and has the right to read ^$",
    ],
    [
      "may read nothing",
      () => right("crm", "read", ""),
      "the client crm reads from orders.status and orders.public, and has the right to read nothing",
    ],
    ["may not write to its exchange", () => right("outbox-relay", "write", "^order$"), "outbox-relay writes to orders"],
    ["has a pattern that is none", () => right("crm", "write", "("), "( is no regular expression"],
    [
      "has rights in another virtual host",
      () => changedIn(plan, "Permission", ({ spec }) => (spec.vhost = "/"), named("order-intake")),
      "has rights in the virtual host /, and connects to mes",
    ],
    ["has no rights", () => planWithout(plan, "Permission", named("outbox-relay")), "has no rights in any virtual host"],
    ["is no user", () => planWithout(plan, "User", named("outbox-relay")), "logs in as outbox-relay, and no User"],
    ["does not know its name", () => variable("order-intake", "AMQP_USERNAME", undefined), "is not told AMQP_USERNAME"],
    [
      "connects elsewhere",
      () => variable("order-intake", "AMQP_VHOST", "other"),
      "connects to the virtual host other, which nothing declares",
    ],
    [
      "is an administrator",
      () => changedIn(plan, "User", ({ spec }) => (spec.tags = ["administrator"]), named("crm")),
      "has the tag administrator",
    ],
    [
      "asks for the length of queues and may not",
      () => changedIn(plan, "User", ({ spec }) => (spec.tags = []), named("autoscaler")),
      "autoscaler has no tag that lets it ask",
    ],
    [
      "asks for it and is nobody",
      () => planWithout(plan, "User", named("autoscaler")),
      "asks the broker for the lengths of queues as autoscaler",
    ],
    [
      "may not send its topics",
      () => ({
        ...plan,
        resources: [
          ...plan.resources,
          object("rabbitmq.com/v1beta1", "TopicPermission", "relay", {
            metadata: { namespace: "mes-data" },
            spec: {
              vhost: "mes",
              rabbitmqClusterReference: { name: "broker" },
              userReference: { name: "outbox-relay" },
              permissions: { exchange: "orders", write: "^order\\.status\\..*", read: "" },
            },
          }),
        ],
      }),
      "outbox-relay sends order.public.* to orders, and may write",
    ],
    [
      "is a user of nobody",
      () => ({
        ...plan,
        resources: [
          ...plan.resources,
          object("rabbitmq.com/v1beta1", "User", "guest", {
            metadata: { namespace: "mes-data" },
            spec: { rabbitmqClusterReference: { name: "broker" } },
          }),
        ],
      }),
      "no program of the stack file uses this user",
    ],
  ])("are wrong where a program %s", (_, wrong, message) => {
    expect(found(brokerRights, wrong())).toContainEqual(expect.stringContaining(message));
  });

  it("are said not to be known where the plan does not know the programs", () => {
    expect(found(brokerRights, unknowing(plan))).toEqual([expect.stringMatching(/^warning Permission .*nobody has looked/)]);
  });
});

describe("rights in the database", () => {
  const role = (name: string, change: (role: Inputs) => void) =>
    changedIn(plan, "Cluster", ({ spec }) => change(spec.managed.roles.find((one: Inputs) => one.name === name)));
  const script = (change: (sql: string) => string) =>
    changedIn(
      plan,
      "ConfigMap",
      ({ data }) => {
        for (const [file, text] of Object.entries<string>(data)) if (file.endsWith("access.sql")) data[file] = change(text);
      },
      ({ data }) => Object.keys(data ?? {}).some((file) => file.endsWith("access.sql")),
    );

  it.each<[string, () => Plan, string]>([
    [
      "writes to replicas",
      () => variable("order-intake", "PGHOST", "postgres-pooler-ro.mes-data.svc"),
      "which leads to replicas",
    ],
    [
      "writes to a Service of replicas",
      () => variable("order-api", "PGHOST", "postgres-ro.mes-data.svc"),
      "which leads to replicas",
    ],
    [
      "writes by a pooler that turned to replicas",
      () => changedIn(plan, "Pooler", ({ spec }) => (spec.type = "ro"), named("postgres-pooler-rw")),
      "outbox-relay writes, and connects to postgres-pooler-rw.mes-data.svc, which leads to replicas",
    ],
    ["does not know the host", () => variable("order-intake", "PGHOST", undefined), "is told no PGHOST"],
    ["does not know its name", () => variable("order-intake", "PGUSER", undefined), "is told no PGUSER"],
    ["is no user", () => variable("order-intake", "PGUSER", "intake"), "logs in as intake, which is no user of the database"],
    ["may not log in", () => role("order_api", (one) => (one.login = false)), "may not log in"],
    ["is removed", () => role("order_api", (one) => (one.ensure = "absent")), "is removed"],
    ["has no password", () => role("order_api", (one) => delete one.passwordSecret), "has no password"],
    [
      "consumes and may only read",
      () => role("order_intake", (one) => (one.inRoles = ["mes_read"])),
      "order-intake (mes:roles.order-intake.database.access: readwrite) needs insert tables in schema public",
    ],
    [
      "sends the outbox and may not mark it",
      () => role("outbox_relay", (one) => (one.inRoles = ["mes_read"])),
      "needs select messaging.outbox",
    ],
    [
      "only reads and may write",
      () => role("dashboard", (one) => one.inRoles.push("mes_write")),
      "which dashboard (readonly) does not need",
    ],
    [
      "is the relay and may write orders",
      () => role("outbox_relay", (one) => one.inRoles.push("mes_write")),
      "which outbox-relay (relay) does not need",
    ],
    ["finds no tables", () => planWithout(plan, "Job", () => true), "no Job of the plan makes them"],
    ["waits for tables", () => changedIn(plan, "Job", ({ spec }) => (spec.suspend = true)), "and is suspended"],
    ["is a superuser", () => role("order_api", (one) => (one.superuser = true)), "is a user with superuser"],
    [
      "may write to all tables there are",
      () => role("dashboard", (one) => one.inRoles.push("pg_write_all_data")),
      "a member of pg_write_all_data",
    ],
    [
      "may not remember what it has had",
      () => script((sql) => sql.replace(/GRANT EXECUTE ON FUNCTION messaging\.accept[^;]*;/, "")),
      "needs execute messaging.accept",
    ],
    [
      "may write by a new grant",
      () => script((sql) => `${sql}GRANT DELETE ON ALL TABLES IN SCHEMA public TO mes_read;`),
      "dashboard may delete",
    ],
  ])("are wrong where a program %s", (_, wrong, message) => {
    expect(found(databaseRights, wrong())).toContainEqual(expect.stringMatching(new RegExp(`^error .*${escaped(message)}`)));
  });

  it("are worth a thought where a reader takes from the primary", () => {
    const reader = variable("dashboard", "PGHOST", "postgres-pooler-rw.mes-data.svc");
    expect(found(databaseRights, reader)).toEqual([
      expect.stringMatching(/^warning Deployment dashboard .*leads to the primary/),
    ]);
  });

  it("are said not to be known where no script grants any", () => {
    expect(
      found(
        databaseRights,
        script(() => ""),
      ),
    ).toEqual([expect.stringMatching(/^warning Cluster .*is not known/)]);
    expect(found(databaseRights, unknowing(plan))).toEqual([]);
  });
});

describe("rights in the cluster", () => {
  const agent = "mes-nodes-otel-agent";
  const agentRole = (change: Change) => changedIn(plan, "ClusterRole", change, named(agent));
  const agentBinding = (change: Change) => changedIn(plan, "ClusterRoleBinding", change, named(agent));
  const discovery = named("prometheus-discovery", "mes");
  const adding = (apiGroups: string[], resources: string[], verbs: string[]) =>
    changedIn(plan, "Role", ({ rules }) => rules.push({ apiGroups, resources, verbs }), discovery);

  it.each<[string, () => Plan, string]>([
    [
      "Prometheus may not list pods",
      () => changedIn(plan, "Role", ({ rules }) => (rules[0].verbs = ["get"]), discovery),
      "may not list and watch pods in mes:",
    ],
    [
      "Prometheus may list something else",
      () => changedIn(plan, "Role", ({ rules }) => (rules[0].resources = ["services"]), discovery),
      "may not list and watch pods in mes:",
    ],
    ["Prometheus has no binding", () => planWithout(plan, "RoleBinding", discovery), "may not list and watch pods in mes:"],
    [
      "a binding is for an account elsewhere",
      () => changedIn(plan, "RoleBinding", ({ subjects }) => (subjects[0].namespace = "mes"), discovery),
      "may not list and watch pods in mes:",
    ],
    [
      "Prometheus does not find Alertmanager",
      () => changedIn(plan, "Role", ({ rules }) => rules.pop(), named("prometheus-discovery", "mes-observability")),
      "may not list and watch endpointslices in mes-observability: it finds no Alertmanager",
    ],
    [
      "Prometheus runs as another account",
      () => changedIn(plan, "Prometheus", ({ spec }) => (spec.serviceAccountName = "grafana")),
      "account mes-observability/grafana",
    ],
    [
      "the collector may not watch",
      () => agentRole(({ rules }) => (rules[0].verbs = ["get"])),
      "it cannot say which pod a trace or a log is of",
    ],
    [
      "a counter may not see what it counts",
      () => changedIn(plan, "ClusterRole", ({ rules }) => rules.pop(), named("mes-observability-kube-state-metrics")),
      "may not list and watch poddisruptionbudgets in all namespaces",
    ],
    [
      "pods have no token",
      () =>
        changedIn(
          plan,
          "DaemonSet",
          ({ spec }) => (spec.template.spec.automountServiceAccountToken = false),
          named("otel-agent"),
        ),
      "has rights and no token to show",
    ],
    [
      "no pod runs as the account",
      () => changedIn(plan, "DaemonSet", ({ spec }) => (spec.template.spec.serviceAccountName = "default"), named("otel-agent")),
      "as which no pod of the plan runs",
    ],
    [
      "a subject has no namespace",
      () => agentBinding(({ subjects }) => delete subjects[0].namespace),
      "has no namespace, which the API server refuses",
    ],
    [
      "all pods of a namespace get them",
      () => agentBinding(({ subjects }) => (subjects[0].name = "default")),
      "to every pod of mes-nodes that names no account",
    ],
    [
      "everybody gets them",
      () => agentBinding((binding) => (binding.subjects = [{ kind: "Group", name: "system:authenticated" }])),
      "to system:authenticated",
    ],
    ["nobody gets them", () => agentBinding((binding) => (binding.subjects = [])), "gives its rights to nobody"],
    [
      "a binding makes an administrator",
      () => agentBinding(({ roleRef }) => (roleRef.name = "cluster-admin")),
      "gives the rights of cluster-admin",
    ],
    ["every verb is allowed", () => agentRole(({ rules }) => (rules[0].verbs = ["*"])), "allows every verb"],
    ["every resource is allowed", () => agentRole(({ rules }) => (rules[0].resources = ["*"])), "allows every resource"],
    ["every API group is allowed", () => agentRole(({ rules }) => (rules[0].apiGroups = ["*"])), "allows every API group"],
    [
      "Secrets of the cluster are open",
      () => agentRole(({ rules }) => rules[0].resources.push("secrets")),
      "secrets in the whole cluster: who has it reads the passwords",
    ],
    ["commands may be run in pods", () => adding([""], ["pods/exec"], ["create"]), "may create pods/exec in its namespace"],
    ["pods may be started", () => adding(["apps"], ["deployments"], ["create", "patch"]), "may create and patch deployments"],
    ["tokens may be made", () => adding([""], ["serviceaccounts/token"], ["create"]), "becomes any other account"],
    ["rights may be given", () => agentRole(({ rules }) => rules[0].verbs.push("escalate")), "allows escalate"],
    ["another may be played", () => agentRole(({ rules }) => rules[0].verbs.push("impersonate")), "allows impersonate"],
  ])("are wrong where %s", (_, wrong, message) => {
    expect(found(clusterRights, wrong())).toContainEqual(expect.stringMatching(new RegExp(`^error .*${escaped(message)}`)));
  });

  it("may be on single objects", () => {
    const one = changedIn(
      plan,
      "Role",
      ({ rules }) => rules.push({ apiGroups: [""], resources: ["secrets"], resourceNames: ["mes-ca"], verbs: ["get"] }),
      discovery,
    );
    expect(found(clusterRights, one)).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
