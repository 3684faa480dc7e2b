import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("rights");

const RIGHT =
  /permission|right|may|allow|grant|access|privileg|refus|denied|read|write|configure|consum|publish|user|vhost|virtual host|login/i;

/** RabbitMQ: a consumer needs read on its queue, a publisher write on its exchange; patterns are regular expressions that search. */
const broker: Generator<Harmful> = ({ random }) => {
  const publisher = random.one(["outbox-relay", "crm"]);
  const consumer = random.one(["order-intake", "crm"]);
  const queueOf: Readonly<Record<string, string>> = { "order-intake": "orders.inbound", crm: "orders.status" };
  const stack = random.one(["prod", "dev"] as const);
  const anybody = random.one(["order-intake", "outbox-relay", "crm"]);
  return [
    plan(
      {
        id: `read-refused:${consumer}`,
        stack,
        harm: `${consumer} may not read ${queueOf[consumer]}: it is refused and consumes nothing`,
        cause: cause([consumer], RIGHT),
      },
      (edited) => (edited.spec("Permission", consumer).permissions.read = "^$"),
    ),
    plan(
      {
        id: `read-of-mistyped-queue:${consumer}`,
        stack,
        harm: `the pattern of ${consumer} matches no queue: it consumes nothing`,
        cause: cause([consumer], RIGHT),
      },
      (edited) => edited.text(edited.spec("Permission", consumer).permissions, "read", /orders/g, "order"),
    ),
    plan(
      {
        id: `write-refused:${publisher}`,
        stack,
        harm: `${publisher} may not write to the exchange orders: every publish is refused`,
        cause: cause([publisher], RIGHT),
      },
      (edited) => (edited.spec("Permission", publisher).permissions.write = "^$"),
    ),
    plan(
      {
        id: `write-of-another-exchange:${publisher}`,
        stack,
        harm: `${publisher} may write to dead-letters in place of orders: every publish is refused`,
        cause: cause([publisher], RIGHT),
      },
      (edited) => (edited.spec("Permission", publisher).permissions.write = "^(dead-letters)$"),
    ),
    plan(
      {
        id: `read-and-write-swapped:${publisher}`,
        harm: `the patterns of ${publisher} are swapped: it can neither publish nor consume what it should`,
        cause: cause([publisher], RIGHT),
      },
      (edited) => {
        const { permissions } = edited.spec("Permission", publisher);
        [permissions.read, permissions.write] = [permissions.write, permissions.read];
      },
    ),
    plan(
      {
        id: `permission-in-another-vhost:${anybody}`,
        stack,
        harm: `${anybody} has its rights in a virtual host that nothing is in: it is refused`,
        cause: cause([anybody], RIGHT),
      },
      (edited) => (edited.spec("Permission", anybody).vhost = "/"),
    ),
    plan(
      {
        id: `permission-dropped:${anybody}`,
        stack,
        harm: `${anybody} has no right at all: it is refused`,
        cause: cause([anybody], RIGHT),
      },
      (edited) => edited.drop("Permission", anybody),
    ),
    plan(
      {
        id: `permission-of-another-user:${anybody}`,
        harm: `the rights of ${anybody} are given to another user: it has none, and the other one too many`,
        cause: cause([anybody, "autoscaler"], RIGHT),
      },
      (edited) => (edited.spec("Permission", anybody).userReference.name = "autoscaler"),
    ),
    plan(
      {
        id: `user-dropped:${anybody}`,
        stack,
        harm: `the broker has no user ${anybody}: it is refused`,
        cause: cause([anybody], RIGHT),
      },
      (edited) => edited.drop("User", anybody),
    ),
    ...random.some(2, ["configure", "read", "write"]).map((right) =>
      plan(
        {
          id: `any-${right}:${anybody}`,
          stack,
          harm: `${anybody} may ${right} everything: whoever has its password can ${right === "configure" ? "delete every queue" : right === "read" ? "take everybody's orders" : "put forged orders into every exchange"}`,
          cause: cause([anybody], RIGHT),
        },
        (edited) => (edited.spec("Permission", anybody).permissions[right] = ".*"),
      ),
    ),
    plan(
      {
        id: "unanchored-read:crm",
        harm: "the pattern is searched for, not matched: the CRM may take orders out of orders.inbound",
        cause: cause(["crm"], RIGHT),
      },
      (edited) => (edited.spec("Permission", "crm").permissions.read = "orders"),
    ),
    plan(
      {
        id: `administrator:${anybody}`,
        harm: `${anybody} is an administrator of the broker: it may delete users, queues and virtual hosts`,
        cause: cause([anybody], /administrator|tag/i),
      },
      (edited) => (edited.spec("User", anybody).tags = ["administrator"]),
    ),
    plan(
      {
        id: "autoscaler-without-tag",
        stack,
        harm: "the management API refuses a user without a tag: KEDA sees no queue, and order-intake is not scaled by it",
        cause: cause(["autoscaler"], /tag|monitoring|management/i),
      },
      (edited) => without(edited.spec("User", "autoscaler"), "tags"),
    ),
    plan(
      {
        id: "password-of-another-user",
        stack,
        harm: "order-intake logs in as the relay, who may read no queue: it consumes nothing",
        cause: cause(["order-intake"], /outbox-relay|user|Secret|read|consum|right|permission/i),
      },
      (edited) => {
        for (const name of ["AMQP_USERNAME", "AMQP_PASSWORD"])
          edited.variable("Deployment", "order-intake", name).valueFrom.secretKeyRef.name = "broker-outbox-relay";
      },
    ),
    plan(
      {
        id: "told-a-queue-it-may-not-read",
        harm: "order-intake is told to consume orders.status too: its channel is closed with 403, and it consumes nothing",
        cause: cause(["order-intake", "orders.status"], RIGHT),
      },
      (edited) => (edited.variable("Deployment", "order-intake", "MES_CONSUME").value += ",orders.status=20"),
    ),
  ];
};

/** Postgres: SELECT for mes_read, INSERT and the inbox for mes_write, claim and mark_sent for mes_relay (migration 0002). */
const database: Generator<Harmful> = ({ random }) => {
  const writer = random.one(["order-intake", "order-api"]);
  const user = writer.replace("-", "_");
  const roleOf = (edited: any, name: string) => {
    const role = edited.spec("Cluster", "postgres").managed.roles.find((one: any) => one.name === name);
    if (role === undefined) throw new Error(`no managed role ${name}`);
    return role;
  };
  const stack = random.one(["prod", "dev"] as const);
  const says = /read|write|database|inbox|outbox|access|right|role|grant|member|relay|login|user|password|superuser|privileg/i;
  return [
    file(
      {
        id: `readonly-writer:${writer}`,
        stack,
        harm: `${writer} may only read: every order that it takes fails to be written`,
        cause: cause([writer], /readonly|write|read|inbox|access/i),
      },
      (edited) => edited.set(`mes:roles/${writer}/database/access`, "readonly"),
    ),
    file(
      {
        id: "relay-without-its-rights",
        stack,
        harm: "the relay has a writer's rights, who may not claim messages: nothing in the outbox is sent",
        cause: cause(["outbox-relay", "outbox", "relay"], /relay|access|outbox|readwrite/i),
      },
      (edited) => edited.set("mes:roles/outbox-relay/database/access", "readwrite"),
    ),
    plan(
      {
        id: `writer-not-in-group:${writer}`,
        harm: `${user} is not in mes_write: every INSERT of an order is refused`,
        cause: cause([user, writer], says),
      },
      (edited) => (roleOf(edited, user).inRoles = ["mes_read"]),
    ),
    plan(
      {
        id: "relay-not-in-group",
        harm: "outbox_relay is not in mes_relay: it may claim nothing, and nothing is sent",
        cause: cause(["outbox_relay", "outbox-relay"], says),
      },
      (edited) => (roleOf(edited, "outbox_relay").inRoles = ["mes_read"]),
    ),
    plan(
      {
        id: `no-login:${writer}`,
        stack,
        harm: `${user} may not log in: ${writer} never gets a connection`,
        cause: cause([user, writer], says),
      },
      (edited) => (roleOf(edited, user).login = false),
    ),
    plan(
      {
        id: `user-dropped-in-database:${writer}`,
        stack,
        harm: `the database has no user ${user}: ${writer} never gets a connection`,
        cause: cause([user, writer], says),
      },
      (edited) => {
        const { managed } = edited.spec("Cluster", "postgres");
        managed.roles = managed.roles.filter((one: any) => one.name !== user);
      },
    ),
    plan(
      {
        id: "password-secret-swapped",
        harm: "two users of the database have each other's password in the database only: neither gets a connection",
        cause: cause(["order_intake", "order_api", "order-intake", "order-api"], says),
      },
      (edited) => {
        const [first, second] = [roleOf(edited, "order_intake"), roleOf(edited, "order_api")];
        [first.passwordSecret, second.passwordSecret] = [second.passwordSecret, first.passwordSecret];
      },
    ),
    plan(
      {
        id: "dashboard-may-write",
        harm: "the dashboard, which only reads, may change and delete orders",
        cause: cause(["dashboard"], says),
      },
      (edited) => (roleOf(edited, "dashboard").inRoles = ["mes_read", "mes_write"]),
    ),
    plan(
      {
        id: `superuser:${writer}`,
        harm: `${user} is a superuser: a hole in ${writer} opens every table and the server's files`,
        cause: cause([user, writer], says),
      },
      (edited) => (roleOf(edited, user).superuser = true),
    ),
    plan(
      {
        id: "superuser-by-network",
        harm: "the superuser postgres may log in over the network",
        cause: cause(["postgres"], /superuser/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").enableSuperuserAccess = true),
    ),
    plan(
      {
        id: `another-users-name:${writer}`,
        harm: `${writer} connects as dashboard with its own password: it is refused`,
        cause: cause([writer], says),
      },
      (edited) => (edited.variable("Deployment", writer, "PGUSER").value = "dashboard"),
    ),
  ];
};

/** IAM: roles by the service account's token, rights by the bucket's name. */
const buckets: Generator<Harmful> = ({ random }) => {
  const says =
    /trust|subject|assume|service account|serviceaccount|namespace|policy|bucket|right|action|allow|Resource|Principal|condition|wildcard|any|key|kms|annotation|role|access/i;
  const who = random.one(["loki", "postgres"]);
  const reader = random.one(["dashboard", "pricing"]);
  const named = (name: string) => cause([name, `example-mes-prod-${name}`], says);
  const bucketOf: Readonly<Record<string, string>> = {
    loki: "logs",
    postgres: "backups",
    dashboard: "products",
    pricing: "products",
  };
  const trust = (edited: any, name: string, change: (statement: any) => void) =>
    edited.json(edited.inputs("Role", name), "assumeRolePolicy", (policy: any) => change(policy.Statement[0]));
  const rights = (edited: any, name: string, change: (statements: any[]) => void) =>
    edited.json(edited.inputs("RolePolicy", name), "policy", (policy: any) => change(policy.Statement));
  const subject = (statement: any) => Object.keys(statement.Condition.StringEquals).find((key) => key.endsWith(":sub")) ?? "";
  return [
    plan(
      {
        id: `trust-of-another-namespace:${who}`,
        harm: `${who} cannot take its role: nothing is written to the bucket ${bucketOf[who]}`,
        cause: named(who),
      },
      (edited) =>
        trust(
          edited,
          who,
          (statement) => (statement.Condition.StringEquals[subject(statement)] = `system:serviceaccount:mes:${who}`),
        ),
    ),
    plan(
      {
        id: `trust-of-another-account:${reader}`,
        harm: `${reader} cannot take its role: it reads no file of a product`,
        cause: named(reader),
      },
      (edited) =>
        trust(
          edited,
          reader,
          (statement) => (statement.Condition.StringEquals[subject(statement)] = `system:serviceaccount:mes:${reader}-sa`),
        ),
    ),
    plan(
      {
        id: `trust-of-anybody:${who}`,
        harm: `every service account of the cluster may take the role of ${who}, and delete what is in ${bucketOf[who]}`,
        cause: named(who),
      },
      (edited) =>
        trust(edited, who, (statement) => {
          const key = subject(statement);
          delete statement.Condition.StringEquals[key];
          statement.Condition.StringLike = { [key]: "system:serviceaccount:*:*" };
        }),
    ),
    plan(
      {
        id: `trust-without-condition:${reader}`,
        harm: `every token of the cluster's issuer may take the role of ${reader}`,
        cause: named(reader),
      },
      (edited) => trust(edited, reader, (statement) => without(statement, "Condition")),
    ),
    plan(
      {
        id: `trust-without-subject:${who}`,
        harm: `every service account of the cluster may take the role of ${who}`,
        cause: named(who),
      },
      (edited) => trust(edited, who, (statement) => without(statement.Condition.StringEquals, subject(statement))),
    ),
    plan(
      {
        id: `trust-of-another-issuer:${who}`,
        harm: `the role of ${who} trusts the issuer of another cluster: ours cannot take it`,
        cause: named(who),
      },
      (edited) => trust(edited, who, (statement) => (statement.Principal.Federated += "0")),
    ),
    plan(
      {
        id: `bucket-by-logical-name:${who}`,
        harm: `the right is on a bucket ${bucketOf[who]} of a stranger: ours is refused`,
        cause: cause([who, bucketOf[who] ?? ""], says),
      },
      (edited) => edited.text(edited.inputs("RolePolicy", who), "policy", /example-mes-prod-(logs|backups)/g, "$1"),
    ),
    plan(
      {
        id: `right-without-objects:${reader}`,
        harm: `${reader} has rights on the bucket and none on what is in it: it reads no file`,
        cause: named(reader),
      },
      (edited) => rights(edited, reader, (statements) => (statements[1].Resource = statements[0].Resource)),
    ),
    plan(
      {
        id: `write-right-dropped:${who}`,
        harm: `${who} may not write into ${bucketOf[who]}: nothing of it outlives its volumes`,
        cause: named(who),
      },
      (edited) =>
        rights(
          edited,
          who,
          (statements) => (statements[1].Action = statements[1].Action.filter((action: string) => action !== "s3:PutObject")),
        ),
    ),
    plan(
      {
        id: "read-right-dropped:postgres",
        harm: "the database may write backups and read none: no restore works",
        cause: named("postgres"),
      },
      (edited) =>
        rights(
          edited,
          "postgres",
          (statements) => (statements[1].Action = statements[1].Action.filter((action: string) => action !== "s3:GetObject")),
        ),
    ),
    plan(
      {
        id: `list-right-dropped:${who}`,
        harm: `${who} cannot list its bucket: a backup cannot be found, and an absent object is refused instead of not found`,
        cause: named(who),
      },
      (edited) => rights(edited, who, (statements) => statements.shift()),
    ),
    plan(
      {
        id: `every-action:${reader}`,
        harm: `${reader} may do everything with every bucket of the account, the backups too`,
        cause: named(reader),
      },
      (edited) => rights(edited, reader, (statements) => Object.assign(statements[1], { Action: "s3:*", Resource: "*" })),
    ),
    plan(
      {
        id: `reader-may-delete:${reader}`,
        harm: `${reader}, which only reads, may delete and overwrite drawings`,
        cause: named(reader),
      },
      (edited) => rights(edited, reader, (statements) => statements[1].Action.push("s3:PutObject", "s3:DeleteObject")),
    ),
    plan(
      {
        id: `key-right-dropped:${who}`,
        harm: `${who} may not use the key that the bucket is encrypted with: every write is refused`,
        cause: cause([who], /key|kms|encrypt/i),
      },
      (edited) => edited.drop("RolePolicy", `${who}-key`),
    ),
    plan(
      { id: `policy-dropped:${reader}`, harm: `the role of ${reader} has no right on its bucket`, cause: named(reader) },
      (edited) => edited.drop("RolePolicy", reader),
    ),
    plan(
      {
        id: `policy-on-another-role:${who}`,
        harm: `the rights of ${who} are given to the role of pricing: ${who} has none`,
        cause: cause([who, "pricing"], says),
      },
      (edited) => (edited.inputs("RolePolicy", who).role = "example-mes-prod-pricing"),
    ),
    plan(
      {
        id: "annotation-dropped:postgres",
        harm: "the database's service account has no role: WAL is not archived, and the volume fills until it stops",
        cause: cause(["postgres"], /annotation|service account|serviceAccount|role|identity|bucket|access/i),
      },
      (edited) =>
        without(edited.spec("Cluster", "postgres").serviceAccountTemplate.metadata.annotations, "eks.amazonaws.com/role-arn"),
    ),
    plan(
      {
        id: "annotation-of-another-role:loki",
        harm: "Loki takes a role that does not trust it: nothing is written to its bucket",
        cause: cause(["loki"], /role|trust|annotation|assume|subject|service account/i),
      },
      (edited) =>
        edited.text(
          edited.inputs("ServiceAccount", "loki").metadata.annotations,
          "eks.amazonaws.com/role-arn",
          "prod-loki",
          "prod-postgres",
        ),
    ),
    plan(
      {
        id: "key-for-everybody",
        harm: "everybody in AWS may use and delete the key of all buckets",
        cause: cause(["buckets", "Key"], /principal|everybody|public|\*|any/i),
      },
      (edited) =>
        edited.json(edited.inputs("Key", "buckets"), "policy", (policy: any) => (policy.Statement[0].Principal = { AWS: "*" })),
    ),
  ];
};

/** RBAC: discovery gets, lists and watches; nobody may do everything. */
const cluster: Generator<Harmful> = ({ random }) => {
  const namespace = random.one(["mes", "mes-data"]);
  const says =
    /watch|list|get|verb|rule|right|RBAC|discover|role|bind|subject|service account|cluster-admin|wildcard|\*|secrets|token|API server/i;
  const names = (name: string) => cause([name], says);
  return [
    ...random.some(2, ["watch", "list"]).map((verb) =>
      plan(
        {
          id: `discovery-without-${verb}:${namespace}`,
          harm: `Prometheus may not ${verb} pods in ${namespace}: it finds no target there, and no alert on them can fire`,
          cause: names("prometheus"),
        },
        (edited) => {
          const [rule] = edited.inputs("Role", `${namespace}/prometheus-discovery`).rules;
          rule.verbs = rule.verbs.filter((one: string) => one !== verb);
        },
      ),
    ),
    plan(
      {
        id: `discovery-of-services:${namespace}`,
        harm: `Prometheus may list services in ${namespace} and no pods: PodMonitors find nothing`,
        cause: names("prometheus"),
      },
      (edited) => (edited.inputs("Role", `${namespace}/prometheus-discovery`).rules[0].resources = ["services"]),
    ),
    plan(
      {
        id: `discovery-bound-to-another-namespace:${namespace}`,
        harm: `the binding is for a service account of ${namespace}, and Prometheus is not there: it finds no target`,
        cause: names("prometheus"),
      },
      (edited) => (edited.inputs("RoleBinding", `${namespace}/prometheus-discovery`).subjects[0].namespace = namespace),
    ),
    plan(
      {
        id: `discovery-binding-dropped:${namespace}`,
        harm: `nothing gives Prometheus its rights in ${namespace}: it finds no target there`,
        cause: names("prometheus"),
      },
      (edited) => edited.drop("RoleBinding", `${namespace}/prometheus-discovery`),
    ),
    plan(
      {
        id: `discovery-of-unknown-role:${namespace}`,
        harm: `the binding names a Role that is not there: Prometheus has no right in ${namespace}`,
        cause: names("prometheus"),
      },
      (edited) => (edited.inputs("RoleBinding", `${namespace}/prometheus-discovery`).roleRef.name = "prometheus"),
    ),
    plan(
      {
        id: "nodes-without-metrics",
        harm: "Prometheus may not read the kubelets: CPU and memory of all containers are unknown, and alerts on them never fire",
        cause: names("prometheus-nodes"),
      },
      (edited) => edited.inputs("ClusterRole", "mes-observability-prometheus-nodes").rules.splice(1, 1),
    ),
    plan(
      {
        id: "state-metrics-without-deployments",
        harm: "kube-state-metrics may not list Deployments: MesOrderRoleDown can never fire",
        cause: names("kube-state-metrics"),
      },
      (edited) => {
        const { rules } = edited.inputs("ClusterRole", "mes-observability-kube-state-metrics");
        const apps = rules.find((rule: any) => rule.apiGroups[0] === "apps");
        apps.resources = apps.resources.filter((one: string) => one !== "deployments");
      },
    ),
    plan(
      {
        id: "state-metrics-of-wrong-group",
        harm: "the rule is for Deployments of a group that went away years ago: kube-state-metrics sees none",
        cause: names("kube-state-metrics"),
      },
      (edited) => (edited.inputs("ClusterRole", "mes-observability-kube-state-metrics").rules[1].apiGroups = ["extensions"]),
    ),
    plan(
      {
        id: "state-metrics-without-token",
        harm: "kube-state-metrics gets no token of its service account: it ends at the start, and its alerts never fire",
        cause: names("kube-state-metrics"),
      },
      (edited) => (edited.pod("Deployment", "kube-state-metrics").automountServiceAccountToken = false),
    ),
    plan(
      { id: "agent-reads-secrets", harm: "a pod on every node may read every Secret of the cluster", cause: names("otel-agent") },
      (edited) => edited.inputs("ClusterRole", "mes-nodes-otel-agent").rules[0].resources.push("secrets"),
    ),
    plan(
      { id: "agent-does-everything", harm: "a pod on every node may do everything in the cluster", cause: names("otel-agent") },
      (edited) =>
        (edited.inputs("ClusterRole", "mes-nodes-otel-agent").rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
    ),
    plan(
      {
        id: "agent-is-cluster-admin",
        harm: "a pod on every node is an administrator of the cluster",
        cause: cause(["otel-agent", "cluster-admin"], says),
      },
      (edited) => (edited.inputs("ClusterRoleBinding", "mes-nodes-otel-agent").roleRef.name = "cluster-admin"),
    ),
    plan(
      {
        id: "rights-for-everybody",
        harm: "everybody who has any token may read all nodes' metrics",
        cause: cause(["prometheus-nodes", "system:authenticated"], /subject|group|everybody|authenticated|any/i),
      },
      (edited) =>
        (edited.inputs("ClusterRoleBinding", "mes-observability-prometheus-nodes").subjects = [
          { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:authenticated" },
        ]),
    ),
    plan(
      { id: "discovery-role-impersonates", harm: "Prometheus may act as every user of the cluster", cause: names("prometheus") },
      (edited) =>
        edited
          .inputs("ClusterRole", "mes-observability-prometheus-nodes")
          .rules.push({ apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] }),
    ),
    plan(
      {
        id: "scaling-secret-of-unknown-key",
        harm: "KEDA finds no address of the broker in its Secret: order-intake is not scaled by its queue",
        cause: cause(["keda-broker", "broker-scaling"], /key|Secret|host/i),
      },
      (edited) => (edited.spec("TriggerAuthentication", "keda-broker").secretTargetRef[0].key = "url"),
    ),
    plan(
      {
        id: "password-of-unknown-key",
        harm: "the Secret has no such key: pods of order-api never start",
        cause: cause(["order-api", "postgres-user-order-api"], /key|Secret/i),
      },
      (edited) => (edited.variable("Deployment", "order-api", "PGPASSWORD").valueFrom.secretKeyRef.key = "pass"),
    ),
  ];
};

export const rights: readonly Generator<Harmful>[] = [broker, database, buckets, cluster];
