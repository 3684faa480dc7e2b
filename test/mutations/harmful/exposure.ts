import type { EditedPlan } from "../edited-plan";
import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";
import { configMapData } from "../places";

const { plan, file } = harmful("exposure");

const OPEN =
  /open|any|every|public|0\.0\.0\.0|from|peer|address|source|range|internet|expose|everybody|all|let|ingress|allow|LoadBalancer|NodePort/i;

const networks: Generator<Harmful> = ({ random }) => {
  const servers = [
    "mes-data/allow-postgres",
    "mes-data/allow-broker",
    "mes-data/allow-cache",
    "mes-data/allow-postgres-pooler-rw",
    "mes/allow-order-api",
    "mes-observability/allow-prometheus",
    "mes-observability/allow-grafana",
  ];
  const short = (name: string) => name.replace(/^.*allow-/, "");
  const [empty, all, world, nobody] = random.some(4, servers) as [string, string, string, string];
  const of = (name: string) => cause([short(name)], OPEN);
  const namespace = random.one(["mes", "mes-data", "mes-observability"]);
  const service = random.one(["prometheus", "alertmanager", "grafana", "cache", "jaeger"]);
  return [
    plan(
      {
        id: `rule-without-peers:${short(empty)}`,
        harm: `a rule without peers lets everybody in: every pod and every address reaches ${short(empty)}`,
        cause: of(empty),
      },
      (edited) => {
        delete edited.spec("NetworkPolicy", empty).ingress[0].from;
      },
    ),
    plan(
      {
        id: `empty-peers:${short(all)}`,
        harm: `an empty list of peers lets everybody in: every pod and every address reaches ${short(all)}`,
        cause: of(all),
      },
      (edited) => {
        edited.spec("NetworkPolicy", all).ingress[0].from = [];
      },
    ),
    plan(
      { id: `all-addresses:${short(world)}`, harm: `every address may connect to ${short(world)}`, cause: of(world) },
      (edited) => {
        edited
          .spec("NetworkPolicy", world)
          .ingress.at(-1)
          .from.push({ ipBlock: { cidr: "0.0.0.0/0" } });
      },
    ),
    plan(
      {
        id: `all-of-ipv6:${short(world)}`,
        harm: `every IPv6 address may connect to ${short(world)}`,
        cause: cause([short(world)], /::\/0|any|open|every|address|all|public/i),
      },
      (edited) => {
        edited
          .spec("NetworkPolicy", world)
          .ingress.at(-1)
          .from.push({ ipBlock: { cidr: "::/0" } });
      },
    ),
    plan(
      {
        id: `all-addresses-in-halves:${short(all)}`,
        harm: `two halves of all addresses may connect to ${short(all)}`,
        cause: cause([short(all)], /\/1|any|open|every|address|all|public/i),
      },
      (edited) => {
        edited
          .spec("NetworkPolicy", all)
          .ingress.at(-1)
          .from.push({ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } });
      },
    ),
    plan(
      {
        id: `all-namespaces:${short(nobody)}`,
        harm: `every pod of the cluster may connect to ${short(nobody)}`,
        cause: cause([short(nobody)], /namespace|any|every|all|pod|open/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", nobody).ingress.at(-1).from.push({ namespaceSelector: {} });
      },
    ),
    plan(
      {
        id: `any-rule:${short(nobody)}`,
        harm: `an empty rule lets everybody reach every port of ${short(nobody)}`,
        cause: of(nobody),
      },
      (edited) => {
        edited.spec("NetworkPolicy", nobody).ingress.push({});
      },
    ),
    plan(
      {
        id: `no-default:${namespace}`,
        harm: `pods of ${namespace} that no other policy selects are open to everybody, and the others may ask nobody for names`,
        cause: cause([namespace, "pods-reach-cluster"], /default|deny|policy|select|open|names|DNS/i),
      },
      (edited) => edited.drop("NetworkPolicy", `${namespace}/default-deny`),
    ),
    plan(
      {
        id: `default-selects-nobody:${namespace}`,
        harm: `the policy that denies all selects no pod of ${namespace}`,
        cause: cause([namespace], /default|deny|policy|select|open/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", `${namespace}/default-deny`).podSelector = { matchLabels: { app: "none" } };
      },
    ),
    plan(
      {
        id: `default-denies-no-ingress:${namespace}`,
        harm: `pods of ${namespace} that no other policy selects are open to everybody`,
        cause: cause([namespace], /default|deny|policy|ingress|open/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", `${namespace}/default-deny`).policyTypes = ["Egress"];
      },
    ),
    plan(
      {
        id: "default-lets-out",
        harm: "a pod that was broken into may connect to every address",
        cause: cause(["mes-data"], /egress|default|deny|any|0\.0\.0\.0|every/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", "mes-data/default-deny").egress.push({});
      },
    ),
    file(
      { id: "crm-from-anywhere", harm: "the broker is open to the whole internet", cause: cause(["crm", "broker"], OPEN) },
      (edited) => edited.set("mes:broker/externalClients/crm/cidrs", ["0.0.0.0/0"]),
    ),
    file(
      {
        id: "crm-from-half-the-world",
        harm: "the broker is open to half of the internet",
        cause: cause(["crm", "broker"], /\/1|open|wide|public|large|range|address/i),
      },
      (edited) => edited.set("mes:broker/externalClients/crm/cidrs", ["128.0.0.0/1"]),
    ),
    plan(
      {
        id: "load-balancer-without-ranges",
        harm: "the load balancer of the broker takes everybody's connections",
        cause: cause(["broker-external"], OPEN),
      },
      (edited) => without(edited.spec("Service", "broker-external"), "loadBalancerSourceRanges"),
    ),
    plan(
      {
        id: "load-balancer-for-the-world",
        harm: "the load balancer of the broker takes everybody's connections",
        cause: cause(["broker-external"], OPEN),
      },
      (edited) => {
        edited.spec("Service", "broker-external").loadBalancerSourceRanges = ["0.0.0.0/0"];
      },
    ),
    plan(
      { id: `load-balancer-by-slip:${service}`, harm: `${service} is open to the internet`, cause: cause([service], OPEN) },
      (edited) => {
        const spec = edited.spec("Service", service);
        delete spec.clusterIP;
        spec.type = "LoadBalancer";
      },
    ),
    plan(
      {
        id: `node-port:${service}`,
        harm: `${service} listens on every node, past its network policies' addresses`,
        cause: cause([service], OPEN),
      },
      (edited) => {
        const spec = edited.spec("Service", service);
        delete spec.clusterIP;
        spec.type = "NodePort";
      },
    ),
    plan(
      {
        id: "external-addresses",
        harm: "the cache takes connections for an address outside of the cluster",
        cause: cause(["cache"], /externalIPs|external|outside|address/i),
      },
      (edited) => {
        edited.spec("Service", "cache").externalIPs = ["198.51.100.7"];
      },
    ),
    plan(
      {
        id: "orders-in-the-clear",
        harm: "orders and prices of partners go over the internet without TLS",
        cause: cause(["order-api", "gateway"], /TLS|http\b|plain|clear|listener|HTTPS/i),
      },
      (edited) => {
        edited.spec("HTTPRoute", "order-api").parentRefs[0].sectionName = "http";
      },
    ),
    plan(
      {
        id: "listener-without-tls",
        harm: "the gateway takes requests without TLS on the port for HTTPS",
        cause: cause(["gateway", "listener"], /TLS|HTTPS|certificate|plain/i),
      },
      (edited) => {
        const [listener] = edited.spec("Gateway", "gateway").listeners;
        delete listener.tls;
        listener.protocol = "HTTP";
      },
    ),
    plan(
      {
        id: "administration-routed",
        harm: "metrics and alerts are open to whoever finds the path",
        cause: cause(["alertmanager", "order-api"], /route|expose|outside|administration|policy|reach|let|gateway|backend/i),
      },
      (edited) => {
        edited.spec("HTTPRoute", "order-api").rules.push({
          matches: [{ path: { type: "PathPrefix", value: "/alerts" } }],
          backendRefs: [{ name: "alertmanager", namespace: "mes-observability", port: 9093 }],
        });
      },
    ),
  ];
};

const plainText: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-api", "pricing", "order-intake"]);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const token = (length: number) => Array.from({ length }, () => random.one([...letters])).join("");
  const says = /secret|plain|password|token|key|credential|entropy/i;
  const values: readonly [id: string, name: string, value: string][] = [
    ["token-by-name", "PARTNER_API_TOKEN", token(40)],
    ["token-by-shape", "PARTNER_AUTH", `ghp_${token(36)}`],
    ["token-by-entropy", "PARTNER_CODE", token(48)],
    ["password-in-url", "REPORTING_URL", `postgres://reporting:${token(16)}@reports.example.com/orders`],
    ["aws-key", "LEGACY_UPLOAD", `AKIA${token(16).toUpperCase()}`],
    ["bearer", "ERP_HEADERS", `Authorization: Bearer ${token(44)}`],
    ["private-key", "SIGNING", `-----BEGIN PRIVATE KEY-----\nMIGH${token(60)}\n-----END PRIVATE KEY-----`],
  ];
  return [
    ...random.some(4, values).map(([id, name, value]) =>
      file(
        {
          id: `variable-of-the-file:${id}`,
          harm: `everybody who may read the stack file, a plan or a pod reads the secret in ${name}`,
          cause: cause([role, name], says),
        },
        (edited) => edited.set(`mes:roles/${role}/env`, { [name]: value }),
      ),
    ),
    ...random.some(2, values).map(([id, name, value]) =>
      plan(
        {
          id: `variable:${id}`,
          harm: `everybody who may read a pod reads the secret in ${name}`,
          cause: cause([role, name], says),
        },
        (edited) => edited.container("Deployment", role).env.push({ name, value }),
      ),
    ),
    plan(
      { id: "argument", harm: "everybody who may list processes reads the password", cause: cause([role], says) },
      (edited) => {
        edited.container("Deployment", role).args = ["--partner-password", token(20)];
      },
    ),
    plan(
      { id: "argument-in-one", harm: "everybody who may list processes reads the password", cause: cause([role], says) },
      (edited) => {
        edited.container("Deployment", role).args = [`--erp-password=${token(20)}`];
      },
    ),
    plan(
      {
        id: "password-in-config-map",
        harm: "everybody who may read ConfigMaps reads the administrator's password",
        cause: cause(["grafana"], says),
      },
      (edited) => {
        edited.text(
          configMapData(edited, "grafana-"),
          "etc_mes_grafana_grafana.ini",
          "admin_user = admin",
          `admin_user = admin\nadmin_password = ${token(24)}`,
        );
      },
    ),
    plan(
      {
        id: "secret-not-secret-to-pulumi",
        harm: "the password is in the state and in every preview in plain text",
        cause: cause(["postgres-user-order-api"], says),
      },
      (edited) => {
        edited.inputs("Secret", "mes/postgres-user-order-api").stringData.password = token(32);
      },
    ),
    plan(
      { id: "password-in-annotation", harm: "everybody who may read the object reads the password", cause: cause([role], says) },
      (edited) => {
        edited.inputs("Deployment", role).metadata.annotations["example.com/db-password"] = token(24);
      },
    ),
    plan(
      {
        id: "password-from-config-map",
        harm: "the password is to come from a ConfigMap, which is no place for it and not there",
        cause: cause([role], /ConfigMap|secret|password|plain|reference/i),
      },
      (edited) => {
        edited
          .container("Deployment", role)
          .env.push({ name: "ERP_PASSWORD", valueFrom: { configMapKeyRef: { name: "erp", key: "password" } } });
      },
    ),
  ];
};

const pods: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "dashboard", "pricing", "outbox-relay"]);
  const says =
    /privileg|root|host|capabilit|seccomp|escalat|restricted|baseline|pod security|level|namespace|enforce|securityContext/i;
  const of = cause([role, "mes"], says);
  const slips: readonly [id: string, harm: string, edit: (edited: EditedPlan) => void][] = [
    [
      "privileged",
      "a hole in the program opens the node",
      (edited) => (edited.container("Deployment", role).securityContext.privileged = true),
    ],
    [
      "runs-as-root",
      "a hole in the program is root in its container",
      (edited) => Object.assign(edited.pod("Deployment", role).securityContext, { runAsUser: 0, runAsNonRoot: false }),
    ],
    [
      "escalates",
      "the program may become root",
      (edited) => (edited.container("Deployment", role).securityContext.allowPrivilegeEscalation = true),
    ],
    [
      "keeps-capabilities",
      "the program keeps capabilities of root; the namespace refuses its pods",
      (edited) => without(edited.container("Deployment", role).securityContext, "capabilities"),
    ],
    [
      "adds-capability",
      "the program may change the node's network",
      (edited) => (edited.container("Deployment", role).securityContext.capabilities.add = ["NET_ADMIN"]),
    ],
    [
      "without-seccomp",
      "the namespace refuses the pods: none is made",
      (edited) => without(edited.pod("Deployment", role).securityContext, "seccompProfile"),
    ],
    [
      "in-the-hosts-network",
      "the pod is in the node's network, past all policies",
      (edited) => (edited.pod("Deployment", role).hostNetwork = true),
    ],
    [
      "sees-the-hosts-processes",
      "the pod sees and ends the node's processes",
      (edited) => (edited.pod("Deployment", role).hostPID = true),
    ],
    [
      "mounts-the-host",
      "the pod reads and writes the node's files",
      (edited) => edited.pod("Deployment", role).volumes.push({ name: "host", hostPath: { path: "/" } }),
    ],
    [
      "host-port",
      "the pod listens on the node's own address",
      (edited) => (edited.container("Deployment", role).ports[0].hostPort = 8080),
    ],
  ];
  return [
    ...random.some(6, slips).map(([id, harm, edit]) => plan({ id: `${id}:${role}`, harm, cause: of }, (edited) => edit(edited))),
    ...["mes", "mes-data"].map((namespace) =>
      plan(
        {
          id: `namespace-privileged:${namespace}`,
          harm: `${namespace} takes pods that own their nodes`,
          cause: cause([namespace, namespace === "mes" ? "apps" : "data"], says),
        },
        (edited) => {
          edited.inputs("Namespace", namespace).metadata.labels["pod-security.kubernetes.io/enforce"] = "privileged";
        },
      ),
    ),
    plan(
      {
        id: "namespace-without-level",
        harm: "the namespace takes pods that own their nodes",
        cause: cause(["mes-observability", "observability"], says),
      },
      (edited) => without(edited.inputs("Namespace", "mes-observability").metadata.labels, "pod-security.kubernetes.io/enforce"),
    ),
  ];
};

const servers: Generator<Harmful> = ({ random }) => {
  const bucket = random.one(["backups", "products", "logs"]);
  const says = /public|block|policy|principal|\*|everybody|ACL|encrypt|open|any/i;
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::example-mes-prod-${bucket}/*`,
  };
  return [
    plan(
      { id: `public-block-dropped:${bucket}`, harm: "one wrong policy makes the bucket public", cause: cause([bucket], says) },
      (edited) => edited.drop("BucketPublicAccessBlock", bucket),
    ),
    ...["blockPublicPolicy", "restrictPublicBuckets"].map((key) =>
      plan(
        { id: `public-block-off:${key}`, harm: "one wrong policy makes the bucket public", cause: cause([bucket], says) },
        (edited) => {
          edited.inputs("BucketPublicAccessBlock", bucket)[key] = false;
        },
      ),
    ),
    plan(
      { id: `public-policy:${bucket}`, harm: "everybody in the world may read the bucket", cause: cause([bucket], says) },
      (edited) => {
        edited.inputs("BucketPolicy", bucket).policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      },
    ),
    plan(
      {
        id: "broker-without-tls",
        harm: "passwords and orders go through the network in the clear",
        cause: cause(["broker"], /TLS|plain|listener|5672/i),
      },
      (edited) => {
        edited.spec("RabbitmqCluster", "broker").tls.disableNonTLSListeners = false;
      },
    ),
    plan(
      {
        id: "broker-tls-dropped",
        harm: "the broker has no TLS: passwords and orders go through the network in the clear, and clients do not connect",
        cause: cause(["broker"], /TLS|certificate|plain|listener|5671|port/i),
      },
      (edited) => without(edited.spec("RabbitmqCluster", "broker"), "tls"),
    ),
    plan(
      {
        id: "broker-guest",
        harm: "everybody may log in to the broker as guest from anywhere",
        cause: cause(["broker"], /guest|loopback|anonymous/i),
      },
      (edited) => {
        edited.spec("RabbitmqCluster", "broker").rabbitmq.additionalConfig +=
          "\nloopback_users = none\ndefault_user = guest\ndefault_pass = guest\n";
      },
    ),
    plan(
      {
        id: "broker-anonymous",
        harm: "everybody may log in to the broker without a password",
        cause: cause(["broker"], /anonymous|auth|mechanism/i),
      },
      (edited) => {
        edited.spec("RabbitmqCluster", "broker").rabbitmq.additionalConfig +=
          "\nauth_mechanisms.2 = ANONYMOUS\nanonymous_login_user = order-intake\n";
      },
    ),
    plan(
      {
        id: "database-without-tls",
        harm: "the database takes connections in the clear",
        cause: cause(["postgres"], /TLS|SSL|hostnossl|pg_hba|plain|clear/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").postgresql.pg_hba = [];
      },
    ),
    plan(
      {
        id: "database-trusts-everybody",
        harm: "whoever reaches the database is let in without a password",
        cause: cause(["postgres"], /trust|pg_hba|password/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").postgresql.pg_hba = ["host all all all trust"];
      },
    ),
    plan(
      {
        id: "pooler-without-tls",
        harm: "passwords and orders go to the pooler in the clear",
        cause: cause(["postgres-pooler-rw"], /TLS|SSL|sslmode|plain|clear/i),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.parameters.client_tls_sslmode = "allow";
      },
    ),
    ...random.some(1, ["order-api", "order-intake", "dashboard"]).map((role) =>
      plan(
        {
          id: `client-without-verification:${role}`,
          harm: `${role} sends its password to whoever answers in the database's place`,
          cause: cause([role], /PGSSLMODE|SSL|TLS|verif/i),
        },
        (edited) => {
          edited.variable("Deployment", role, "PGSSLMODE").value = "prefer";
        },
      ),
    ),
    plan(
      {
        id: "cache-without-password",
        harm: "every pod that reaches the cache reads and changes it",
        cause: cause(["cache"], /default|nopass|password|ACL|user/i),
      },
      (edited) =>
        edited.text(
          edited.inputs("Secret", "cache-users").stringData,
          "users.acl",
          "user default off",
          "user default on nopass ~* &* +@all",
        ),
    ),
    plan(
      {
        id: "cache-in-the-clear",
        harm: "the cache takes connections in the clear",
        cause: cause(["cache"], /TLS|port|plain|clear/i),
      },
      (edited) => {
        edited.text(configMapData(edited, "cache-"), "etc_valkey_config_valkey.conf", /^port 0$/m, "port 6380");
      },
    ),
    plan(
      {
        id: "dashboards-for-everybody",
        harm: "everybody who reaches Grafana is an administrator",
        cause: cause(["grafana"], /anonymous|auth/i),
      },
      (edited) => {
        edited.text(
          configMapData(edited, "grafana-"),
          "etc_mes_grafana_grafana.ini",
          "[auth.anonymous]\nenabled = false",
          "[auth.anonymous]\nenabled = true\norg_role = Admin",
        );
      },
    ),
    plan(
      {
        id: "metrics-may-be-deleted",
        harm: "whoever may read a dashboard deletes metrics through Grafana, and no alert fires",
        cause: cause(["prometheus"], /admin ?API/i),
      },
      (edited) => {
        edited.spec("Prometheus", "prometheus").enableAdminAPI = true;
      },
    ),
    file(
      {
        id: "crm-counts-in-the-clear",
        harm: "the count of orders goes over the internet in the clear",
        cause: cause(["reconciliation", "crm"], /http|TLS|plain|scheme/i),
      },
      (edited) => {
        edited.set("mes:reconciliation/crm/scheme", "http");
      },
    ),
  ];
};

export const exposure: readonly Generator<Harmful>[] = [networks, plainText, pods, servers];
