import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";
import { databaseRole } from "../../places";

const { plan } = harmful("rights");

export const rights: readonly Harmful[] = [
  plan(
    {
      id: "discovery-of-named-pods",
      harm: "list and watch with names of objects are refused: Prometheus finds no target",
      cause: cause(["prometheus"], /resourceNames|name|list|watch|right|discover/i),
    },
    (edited) => (edited.inputs("Role", "mes/prometheus-discovery").rules[0].resourceNames = ["order-intake"]),
  ),
  plan(
    {
      id: "agent-may-only-get",
      harm: "the collector may neither list nor watch pods: spans and logs have no names of pods",
      cause: cause(["otel-agent"], /list|watch|verb|right/i),
    },
    (edited) => (edited.inputs("ClusterRole", "mes-nodes-otel-agent").rules[0].verbs = ["get"]),
  ),
  plan(
    {
      id: "exec-into-pods",
      harm: "Prometheus may run programs in every pod of the roles",
      cause: cause(["prometheus"], /exec|more|right|role|create/i),
    },
    (edited) =>
      edited
        .inputs("Role", "mes/prometheus-discovery")
        .rules.push({ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }),
  ),
  plan(
    {
      id: "state-metrics-bound-to-another",
      harm: "the binding is for a service account that is not there: kube-state-metrics sees nothing",
      cause: cause(["kube-state-metrics"], /subject|service account|bind|right/i),
    },
    (edited) => (edited.inputs("ClusterRoleBinding", "mes-observability-kube-state-metrics").subjects[0].name = "kube-metrics"),
  ),
  plan(
    {
      id: "default-account-is-admin",
      harm: "every pod without an account of its own is an administrator",
      cause: cause(["debug", "default", "cluster-admin"], /cluster-admin|right|role|subject|default/i),
    },
    (edited) =>
      edited.copy("RoleBinding", "mes/prometheus-discovery", "debug", (inputs: any) => {
        inputs.subjects = [{ kind: "ServiceAccount", name: "default", namespace: "mes" }];
        inputs.roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
      }),
  ),
  plan(
    {
      id: "denied-to-write",
      harm: "a denial counts before every right: Loki writes nothing",
      cause: cause(["loki"], /Deny|denied|PutObject|write|right/i),
    },
    (edited) =>
      edited.json(edited.inputs("RolePolicy", "loki"), "policy", (policy: any) =>
        policy.Statement.push({ Effect: "Deny", Action: "s3:PutObject", Resource: "*" }),
      ),
  ),
  plan(
    {
      id: "rights-on-the-wrong-objects",
      harm: "the database may write drawings and no backups",
      cause: cause(["postgres", "backups", "products"], /bucket|right|Resource|products|backups|write/i),
    },
    (edited) =>
      edited.json(
        edited.inputs("RolePolicy", "postgres"),
        "policy",
        (policy: any) => (policy.Statement[1].Resource = "arn:aws:s3:::example-mes-prod-products/*"),
      ),
  ),
  plan(
    {
      id: "trust-of-the-wrong-action",
      harm: "a token of a service account needs AssumeRoleWithWebIdentity: Loki cannot take its role",
      cause: cause(["loki"], /assume|action|WebIdentity|trust/i),
    },
    (edited) =>
      edited.json(
        edited.inputs("Role", "loki"),
        "assumeRolePolicy",
        (policy: any) => (policy.Statement[0].Action = "sts:AssumeRole"),
      ),
  ),
  plan(
    {
      id: "trust-of-another-audience",
      harm: "tokens have the audience sts.amazonaws.com: pricing cannot take its role",
      cause: cause(["pricing"], /aud|audience|trust|condition/i),
    },
    (edited) =>
      edited.json(edited.inputs("Role", "pricing"), "assumeRolePolicy", (policy: any) => {
        const conditions = policy.Statement[0].Condition.StringEquals;
        conditions[Object.keys(conditions).find((key) => key.endsWith(":aud")) ?? ""] = "kubernetes";
      }),
  ),
  plan(
    {
      id: "relay-writes-to-a-queue",
      harm: "publishing needs the right on the exchange, not on the queue: every publish is refused",
      cause: cause(["outbox-relay"], /write|permission|exchange|publish|right/i),
    },
    (edited) => (edited.spec("Permission", "outbox-relay").permissions.write = "^(orders\\.inbound)$"),
  ),
  plan(
    {
      id: "permission-of-another-broker",
      harm: "the permission is for a broker that is not there: order-intake has no right",
      cause: cause(["order-intake"], /broker|cluster|reference|permission|right|not in the plan/i),
    },
    (edited) => (edited.spec("Permission", "order-intake").rabbitmqClusterReference.name = "rabbit"),
  ),
  plan(
    {
      id: "user-absent",
      harm: "the operator drops the user order_intake",
      cause: cause(["order_intake", "order-intake"], /ensure|absent|user|role|login/i),
    },
    (edited) => (databaseRole(edited, "order_intake").ensure = "absent"),
  ),
  plan(
    {
      id: "password-expired",
      harm: "the password of order_api ran out years ago: it never gets a connection",
      cause: cause(["order_api", "order-api"], /validUntil|expire|password|2020/i),
    },
    (edited) => (databaseRole(edited, "order_api").validUntil = "2020-01-01T00:00:00Z"),
  ),
  plan(
    {
      id: "two-connections-for-all",
      harm: "order_api may have two connections for up to 20 pods: orders wait and time out",
      cause: cause(["order_api", "order-api"], /connectionLimit|connection|limit/i),
    },
    (edited) => (databaseRole(edited, "order_api").connectionLimit = 2),
  ),
  plan(
    {
      id: "group-missing",
      harm: "nobody makes the group mes_write: the migration stops, and nothing can be written",
      cause: cause(["mes_write"], /mes_write|group|role|grant|member/i),
    },
    (edited) => {
      const { managed } = edited.spec("Cluster", "postgres");
      managed.roles = managed.roles.filter((one: any) => one.name !== "mes_write");
    },
  ),
];
