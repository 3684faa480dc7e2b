import { harmless } from "../making";
import type { Generator, Harmless } from "../mutation";

const { file } = harmless;

const set = (id: string, why: string, values: Readonly<Record<string, unknown>>): Harmless =>
  file(id, why, (edited) => edited.all(values));

const scale: Generator<Harmless> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "dashboard"]);
  const more = 1 + Math.floor(random.next() * 4);
  return [
    file(`more-pods-at-most:${role}`, "the nodes and the poolers have room for a few more", (edited) => {
      const path = `mes:roles/${role}/scale/max`;
      edited.set(path, Number(edited.get(path)) + more);
    }),
    file(`more-pods-at-least:${role}`, "more pods at quiet times cost more and lose nothing", (edited) => {
      const path = `mes:roles/${role}/scale/min`;
      edited.set(path, Number(edited.get(path)) + more);
    }),
    set("relay-scales-further", "18 more connections fit the poolers", { "mes:roles/outbox-relay/scale/max": 8 }),
    set("smaller-prefetch", "less work in hand stops sooner", { "mes:roles/order-intake/consumes/0/prefetch": 5 + more }),
    set("faster-handling", "the time to stop is derived from it", { "mes:roles/order-intake/consumes/0/handlingTime": "1s" }),
    set("smaller-pools", "fewer connections than before", {
      "mes:roles/order-intake/database/poolSize": 4,
      "mes:roles/order-api/database/poolSize": 6,
    }),
    set("other-thresholds", "pods are added a bit sooner", {
      "mes:roles/order-api/scale/cpu": 60,
      "mes:roles/order-api/scale/requestsPerSecond": 40,
    }),
    set("shorter-backlog", "pods are added at half the backlog", {
      "mes:roles/order-intake/scale/queue": [{ name: "orders.inbound", length: 50, rate: 10 }],
    }),
    set("memory-too", "pods are added by memory as well", { "mes:roles/dashboard/scale/memory": 80 }),
    set("another-morning", "the window is as long as before", {
      "mes:roles/order-api/scale/schedule": [{ start: "0 5 * * *", end: "0 9 * * *", timezone: "Europe/Warsaw", replicas: 8 }],
    }),
    file("no-schedule", "the load itself still adds pods", (edited) => edited.remove("mes:roles/order-api/scale/schedule")),
    set("measured-more-often", "pods are added sooner", { "mes:roles/order-intake/scale/pollingInterval": "10s" }),
    set("fallback-to-all", "more pods while nothing can be measured", {
      "mes:roles/order-intake/scale/fallback": { behavior: "currentReplicasIfHigher", replicas: 15 },
    }),
    file("fixed-number", "five pods are enough for the dashboard", (edited) => {
      edited.remove("mes:roles/dashboard/scale");
      edited.set("mes:roles/dashboard/replicas", 5);
    }),
  ];
};

const roles: Generator<Harmless> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "dashboard", "outbox-relay"]);
  return [
    set(`more-memory:${role}`, "the nodes have room for it", { [`mes:roles/${role}/resources/memory`]: "1Gi" }),
    set(`cpu-limit:${role}`, "the limit is above the request", { [`mes:roles/${role}/resources/cpuLimit`]: 2 }),
    set(`logs-more:${role}`, "more is logged", { [`mes:roles/${role}/logLevel`]: "debug" }),
    set(`variables:${role}`, "no secret is in them", {
      [`mes:roles/${role}/env`]: {
        FEATURE_NEW_PRICES: "on",
        TZ: "Europe/Berlin",
        REPORT_URL: "https://reports.example.com/orders?view=open",
      },
    }),
    set(`identifier:${role}`, "an identifier is no secret", {
      [`mes:roles/${role}/env`]: {
        TENANT_ID: "3f2b8c1e-97a4-4d4c-8a63-5d0f4a1c9be2",
        BUILD_COMMIT: "9fceb02d0ae598e95dc970b74767f19372d61af8",
      },
    }),
    set(`secret-of-others:${role}`, "it names a Secret that a secrets operator keeps", {
      [`mes:roles/${role}/secretRefs`]: { ERP_TOKEN: { name: "erp-login", key: "token" } },
    }),
    set(`description:${role}`, "text for people", { [`mes:roles/${role}/description`]: "as the shop floor knows it" }),
    set(`patient-probes:${role}`, "a hanging pod is noticed a little later", {
      [`mes:roles/${role}/probes`]: { liveness: { period: "15s", failures: 5 }, readiness: { period: "10s", timeout: "3s" } },
    }),
    set(`one-more-while-rolling:${role}`, "rollouts are slower", {
      [`mes:roles/${role}/rollout`]: { maxSurge: 1, maxUnavailable: 0 },
    }),
    set(`egress:${role}`, "one address more that it may call", {
      [`mes:roles/${role}/egress`]: [{ name: "erp", host: "erp.example.com", cidrs: ["203.0.113.77/32"] }],
    }),
    set("waits-longer-before-it-stops", "the grace period is derived from it", {
      "mes:roles/order-api/shutdown": { preStop: "15s" },
    }),
    set("dashboard-is-important", "its alerts wake somebody now", { "mes:roles/dashboard/priority": "orders" }),
    file("role-renamed", "the program knows no role by name; alerts and rights follow", (edited) => {
      edited.rename("mes:roles/dashboard", "shop-floor");
      edited.set("mes:roles/shop-floor/runs", ["dashboard"]);
    }),
    set("role-added", "reads the replicas and has a path of its own", {
      "mes:roles/reports": {
        resources: { cpu: "100m", memory: "256Mi" },
        replicas: 2,
        http: {},
        routes: [{ paths: ["/reports"] }],
        database: { access: "readonly", poolSize: 3 },
      },
    }),
    file("role-split", "two roles run the same part for different paths", (edited) => {
      edited.set("mes:roles/order-api-shops", {
        ...(edited.get("mes:roles/order-api") as object),
        runs: ["order-api"],
        routes: [{ paths: ["/api/shop-orders"] }],
        scale: { min: 2, max: 6, cpu: 65, requestsPerSecond: 50 },
        database: { access: "readwrite", poolSize: 5 },
      });
    }),
    file("pricing-not-routed", "order-api still calls it", (edited) => edited.remove("mes:roles/pricing/routes")),
    file("pricing-not-called", "the gateway still leads to it", (edited) => edited.remove("mes:roles/order-api/calls")),
    set("second-path", "both lead to the same role", {
      "mes:roles/order-api/routes": [{ paths: ["/api/orders", "/api/v2/orders"] }],
    }),
    set("host-of-its-own", "the gateway gets a certificate for it", {
      "mes:roles/dashboard/routes": [{ hosts: ["floor.mes.example.com"], paths: ["/"] }],
    }),
    set("prices-faster", "pricing answers within the time of its callers", {
      "mes:roles/pricing/http/requestTimeout": "20s",
      "mes:roles/pricing/routes": [{ paths: ["/api/prices"], timeout: "20s" }],
    }),
    set("on-nodes-of-their-own", "the nodes have this label, as the plan says they must", {
      "mes:roles/order-api/nodeSelector": { "node.example.com/pool": "general" },
    }),
  ];
};

const data: Generator<Harmless> = ({ random }) => {
  const parameters: readonly Readonly<Record<string, string>>[] = [
    { work_mem: "8MB" },
    { random_page_cost: "1.2" },
    { checkpoint_timeout: "10min" },
    { autovacuum_vacuum_scale_factor: "0.1" },
    { log_min_duration_statement: "500ms" },
    { shared_buffers: "3GB" },
    { maintenance_work_mem: "512MB" },
    { max_wal_size: "8GB" },
    { effective_io_concurrency: "200" },
    { "auto_explain.log_min_duration": "2s" },
    { default_statistics_target: "200" },
    { deadlock_timeout: "2s" },
    { jit: "on" },
  ];
  return [
    ...random
      .some(8, parameters)
      .map((chosen) =>
        set(`parameter:${Object.keys(chosen)[0]}`, "within what the resources bear", { "mes:postgres/parameters": chosen }),
      ),
    set("larger-volumes", "volumes can grow", { "mes:postgres/storage/size": "400Gi", "mes:postgres/walStorage/size": "100Gi" }),
    set("larger-database", "the nodes have room for it", { "mes:postgres/resources": { cpu: 6, memory: "32Gi" } }),
    set("five-instances", "commits wait for two of four replicas", {
      "mes:postgres/instances": 5,
      "mes:postgres/synchronousReplicas": 2,
    }),
    set("more-connections", "memory and poolers bear it", { "mes:postgres/maxConnections": 450 }),
    set("fourth-pooler", "the database takes as many connections more", {
      "mes:postgres/poolers/rw/instances": 4,
      "mes:postgres/maxConnections": 480,
    }),
    set("shorter-statements", "statements end before their requests", { "mes:postgres/statementTimeout": "20s" }),
    set("shorter-wait-for-a-connection", "an error sooner is tried again sooner", { "mes:postgres/poolers/rw/queryWait": "15s" }),
    set("backups-twice-a-day", "more often is safer", { "mes:postgres/backups/schedule": "0 */12 * * *" }),
    set("backups-at-another-hour", "once a day as before", {
      "mes:postgres/backups/schedule": `${Math.floor(random.next() * 59)} 3 * * *`,
    }),
    set("backups-kept-longer", "the bucket never deletes them", { "mes:postgres/backups/retentionDays": 60 }),
    set("old-versions-kept-longer", "more can be brought back", { "mes:storage/buckets/backups/keepOldVersions": "30d" }),
    set("lock-of-compliance", "nobody can lift it", {
      "mes:storage/buckets/backups/objectLock": { mode: "compliance", retention: "14d" },
    }),
    set("logs-in-the-bucket-longer", "Loki deletes after its own retention", { "mes:storage/buckets/logs/expireAfter": "90d" }),
    set("rare-drawings-cheaper", "they can be read as before", { "mes:storage/buckets/products/infrequentAccessAfter": "90d" }),
    set("bucket-added", "a role writes reports to it", {
      "mes:storage/buckets/reports": { expireAfter: "365d" },
      "mes:roles/dashboard/storage": { products: "read", reports: "readwrite" },
    }),
    set("another-region", "everything in AWS moves along", { "mes:storage/region": "eu-west-1" }),
    set("another-account", "everything in AWS moves along", {
      "mes:storage/accountId": "210987654321",
      "mes:storage/access/oidcProviderArn":
        "arn:aws:iam::210987654321:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
    }),
    set("identity-by-agent", "the other way to give pods their role", {
      "mes:storage/access": { kind: "pod-identity", clusterName: "mes-prod" },
    }),
    set("another-prefix", "a new stack may name its buckets as it likes", { "mes:storage/namePrefix": "factory-seven-mes" }),
    set("more-tags", "tags are for people", {
      "mes:storage/tags": { product: "mes", environment: "prod", "cost-center": "4711" },
    }),
    set("class-of-volumes", "the cluster has it", { "mes:cluster/storageClass": "gp3-encrypted" }),
    set("outbox-watched-closer", "somebody hears sooner", { "mes:outbox/maxDelay": "45s", "mes:outbox/maxPending": 1000 }),
    set("outbox-kept-longer", "the volumes bear it", { "mes:outbox/keepSent": "30d", "mes:outbox/keepReceived": "60d" }),
    set("outbox-purged-by-night", "once a day is enough", { "mes:outbox/purgeSchedule": "5 3 * * *" }),
    set("larger-cache", "the nodes have room for it", { "mes:cache/resources": { cpu: "500m", memory: "4Gi" } }),
    file("no-cache", "the dashboard reads the replicas", (edited) => {
      edited.set("mes:cache/enabled", false);
      edited.set("mes:roles/dashboard/cache", false);
    }),
  ];
};

const broker: Generator<Harmless> = ({ random }) => {
  const queue = random.one(["orders.inbound", "orders.status", "orders.public"]);
  return [
    set("larger-broker", "the nodes have room for it", {
      "mes:broker/resources": { cpu: 4, memory: "12Gi" },
      "mes:broker/storage": "200Gi",
    }),
    set("five-nodes", "two may be lost", { "mes:broker/replicas": 5 }),
    set(`longer-queue:${queue}`, "bytes bound it as well", { [`mes:broker/queues/${queue}/maxLength`]: 800000 }),
    set(`tighter-drain:${queue}`, "somebody hears sooner", { [`mes:broker/queues/${queue}/drainWithin`]: "8m" }),
    set(`more-attempts:${queue}`, "a long outage parks less", { [`mes:broker/queues/${queue}/deliveryLimit`]: 20 }),
    set(`longer-pauses:${queue}`, "an outage of the database uses up fewer attempts", {
      [`mes:broker/queues/${queue}/retry`]: { delay: "10s", longest: "2m" },
    }),
    set(`parked-after-a-week:${queue}`, "a week is longer than any backlog may take, and what is older is parked", {
      [`mes:broker/queues/${queue}/messageTtl`]: "7d",
    }),
    set("order-of-statuses", "one consumer at a time keeps the order; the CRM does not scale", {
      "mes:broker/queues/orders.status/singleActiveConsumer": true,
    }),
    set("longer-consumer-timeout", "handling has more time than it needs", { "mes:broker/consumerTimeout": "45m" }),
    set("more-free-disk", "the volume has it", { "mes:broker/diskFreeLimit": "10Gi" }),
    set("lower-watermark", "publishers wait a little sooner", { "mes:broker/memoryHighWatermark": 0.5 }),
    set("another-vhost", "a new stack may name it as it likes", { "mes:broker/vhost": "factory" }),
    file("queue-added", "it has a binding, a consumer, bounds and a parking queue", (edited) => {
      edited.set("mes:broker/queues/orders.returns", {
        bindings: [{ exchange: "orders", routingKey: "order.returns.#" }],
        maxLengthBytes: "1Gi",
      });
      edited.set("mes:roles/returns", {
        priority: "orders",
        resources: { cpu: "100m", memory: "256Mi" },
        replicas: 2,
        consumes: [{ queue: "orders.returns", prefetch: 10, handlingTime: "1s" }],
        database: { access: "readwrite", poolSize: 3 },
      });
      edited.set("mes:broker/externalClients/crm/publishes", ["orders"]);
    }),
    file("second-binding", "the queue takes repeated orders too", (edited) =>
      edited.set("mes:broker/queues/orders.inbound/bindings", [
        { exchange: "orders", routingKey: "order.inbound.#" },
        { exchange: "orders", routingKey: "order.repeated.#" },
      ]),
    ),
    file("client-added", "it has a queue, rights and an address of its own", (edited) => {
      edited.set("mes:broker/queues/orders.erp", {
        bindings: [{ exchange: "orders", routingKey: "order.status.#" }],
        maxLengthBytes: "1Gi",
      });
      edited.set("mes:broker/externalClients/erp", { consumes: ["orders.erp"], cidrs: ["203.0.113.44/32"] });
    }),
    set("another-address", "the CRM has moved", {
      "mes:broker/externalClients/crm/cidrs": ["198.51.100.20/32", "198.51.100.21/32"],
    }),
    set("plug-in-added", "people see more of the broker", {
      "mes:broker/plugins": ["rabbitmq_shovel", "rabbitmq_shovel_management"],
    }),
  ];
};

const cluster: Generator<Harmless> = ({ random }) => [
  set("more-nodes", "more room", { "mes:cluster/nodePools/general": { count: 12, cpu: 16, memory: "64Gi" } }),
  set("larger-nodes", "as much room in fewer nodes", { "mes:cluster/nodePools/general": { count: 6, cpu: 32, memory: "128Gi" } }),
  set("another-pool", "more room", { "mes:cluster/nodePools/spare": { count: 3, cpu: 8, memory: "32Gi" } }),
  set("zones-of-another-region", "nodes carry these labels", { "mes:cluster/zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }),
  set("four-zones", "the larger, the better", {
    "mes:cluster/zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"],
    "mes:cluster/nodePools/general": { count: 12, cpu: 16, memory: "64Gi" },
  }),
  set("policies-of-cilium", "its own policies are made beside the standard ones", { "mes:cluster/networkPolicies": "cilium" }),
  set("address-of-the-api-server", "less is open", { "mes:cluster/apiServer": { cidrs: ["10.0.0.0/16", "172.20.0.1/32"] } }),
  set("dns-on-each-node", "names are asked for at the node", { "mes:cluster/dns": { nodeLocal: true } }),
  set("quotas", "wide enough for all at full scale", {
    "mes:namespaces/quotas": { apps: { cpu: 300, memory: "600Gi", pods: 300 }, data: { cpu: 100, memory: "400Gi", pods: 100 } },
  }),
  set("another-prefix-of-namespaces", "a new stack may name them as it likes", { "mes:namespaces/prefix": "factory" }),
  set("mirror", "images come from the company's registry", { "mes:images/registry": "mirror.example.com/hub" }),
  set("next-version", "a new version of the MES", {
    "mes:images/overrides/mes": { repository: "registry.example.com/mes/mes", tag: "2.15.0" },
  }),
  set("digest", "the image is pinned for good", {
    "mes:images/overrides/mes": {
      repository: "registry.example.com/mes/mes",
      tag: "2.14.0",
      digest: `sha256:${"0123456789abcdef".repeat(4)}`,
    },
  }),
  set("pull-secret", "the Secret is there, as the stack file says", { "mes:images/pullSecrets": ["registry-login"] }),
  set(`two-of-an-operator:${random.one(["keda", "cloudnative-pg", "cert-manager"])}`, "one leads, the other waits", {
    [`mes:operators/${random.one(["keda", "cloudnative-pg", "cert-manager"])}`]: { replicas: 2 },
  }),
  set("operator-is-there", "the cluster has it already", {
    "mes:operators/cert-manager": { install: false, namespace: "cert-manager" },
  }),
  set("recommendations", "for people to read", { "mes:verticalRecommendations": true }),
];

const observability: Generator<Harmless> = () => [
  set("scraped-every-30-s", "rates over two minutes have four scrapes", { "mes:monitoring/scrapeInterval": "30s" }),
  set("metrics-for-two-weeks", "the longest range of an alert is a day and a little", {
    "mes:monitoring/prometheus/retention": "15d",
  }),
  set("third-prometheus", "each in a zone of its own", { "mes:monitoring/prometheus/replicas": 3 }),
  set("larger-metrics", "their volume grows along", {
    "mes:monitoring/prometheus/storage": "400Gi",
    "mes:monitoring/prometheus/resources": { cpu: 2, memory: "16Gi" },
  }),
  set("repeated-more-often", "somebody is reminded sooner", {
    "mes:monitoring/alerting/pageRepeat": "30m",
    "mes:monitoring/alerting/ticketRepeat": "12h",
  }),
  set("one-team-for-all", "tickets go where pages go", { "mes:monitoring/alerting/ticket": "on-call" }),
  set("receiver-renamed", "the routes follow", {
    "mes:monitoring/alerting/receivers": {
      night: { email: { to: "night@example.com", from: "mes@example.com", smarthost: "smtp.example.com:587" } },
      day: { email: { to: "day@example.com", from: "mes@example.com", smarthost: "smtp.example.com:587" } },
    },
    "mes:monitoring/alerting/page": "night",
    "mes:monitoring/alerting/ticket": "day",
  }),
  set("shorter-objectives", "somebody hears sooner", {
    "mes:roles/order-api/http/objectives": { latency: 0.3, errorRatio: 0.005 },
  }),
  set("shorter-window", "orders are counted over half an hour too", { "mes:reconciliation/window": "30m" }),
  set("longer-transit", "orders may be under way a little longer", { "mes:reconciliation/transit": "2m" }),
  file("dashboards-from-files-only", "everything of Grafana is provisioned", (edited) =>
    edited.remove("mes:monitoring/grafana/persistence"),
  ),
  set("another-administrator", "its password is generated", { "mes:monitoring/grafana/adminUser": "mes-admin" }),
  set("another-port-of-node-exporter", "two stacks on one cluster", { "mes:monitoring/nodeExporter/port": 9101 }),
  set("five-lokis", "each record is kept by three", { "mes:logging/replicas": 5 }),
  set("logs-for-two-weeks", "the bucket keeps them longer", { "mes:logging/retention": "14d" }),
  file("no-logs", "orders do not depend on them", (edited) => edited.set("mes:logging/enabled", false)),
  file("no-traces", "orders do not depend on them", (edited) => edited.set("mes:tracing/enabled", false)),
  set("more-traces", "the samplers have room for it", { "mes:tracing/sampling/percentage": 25 }),
  set("sooner-decisions", "fewer traces wait", { "mes:tracing/sampler/decisionWait": "20s" }),
  set("traces-for-a-week", "the cleaner follows", { "mes:tracing/storage/retention": "7d" }),
  set("two-jaegers", "all of them see the same storage", { "mes:tracing/jaeger/replicas": 2 }),
  set("larger-agents", "the nodes have room for it", { "mes:agents/resources": { cpu: "200m", memory: "768Mi" } }),
  set("another-host", "certificate and routes follow", { "mes:gateway/host": "mes.factory.example.org" }),
  set("another-issuer", "the cluster has it", { "mes:gateway/issuer": "company-acme" }),
  set("another-gateway", "its pods have these labels", {
    "mes:gateway/className": "istio",
    "mes:gateway/clients": { namespace: "istio-ingress", labels: { "gateway.networking.k8s.io/gateway-name": "gateway" } },
  }),
  set("no-redirect", "plain HTTP is not answered at all", { "mes:gateway/redirectPort": false }),
];

const laptop: Generator<Harmless> = ({ random }) => [
  set("dev/larger-laptop", "more room", { "mes:cluster/nodePools/laptop": { count: 1, cpu: 8, memory: "16Gi" } }),
  set("dev/second-node", "more room", { "mes:cluster/nodePools/laptop": { count: 2, cpu: 4, memory: "8Gi" } }),
  set("dev/minikube", "another way to have a cluster on a laptop", {
    "mes:cluster/kind": random.one(["minikube", "k3s", "kubeadm"]),
  }),
  set("dev/two-pods", "the laptop has room for it", { "mes:roles/order-api/replicas": 2 }),
  set("dev/larger-broker", "the laptop has room for it", {
    "mes:broker/resources": { cpu: "200m", memory: "768Mi" },
    "mes:broker/storage": "8Gi",
  }),
  set("dev/crm-elsewhere", "the CRM's pods are in another namespace", {
    "mes:broker/externalClients/crm/pods": { namespace: "crm-mock", labels: { app: "crm" } },
  }),
  file("dev/no-gateway", "a port-forward is enough on a laptop", (edited) => edited.remove("mes:gateway")),
  file("dev/no-traces", "orders do not depend on them", (edited) => edited.set("mes:tracing/enabled", false)),
  set("dev/scraped-more-often", "the laptop bears it", { "mes:monitoring/scrapeInterval": "15s" }),
  set("dev/smaller-prefetch", "less work in hand", { "mes:roles/order-intake/consumes/0/prefetch": 5 }),
];

export const files: readonly Generator<Harmless>[] = [scale, roles, data, broker, cluster, observability, laptop];
