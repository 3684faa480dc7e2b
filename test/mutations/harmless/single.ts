import { harmless } from "../making";
import type { Generator, Harmless } from "../mutation";

const { file, plan } = harmless;

const files: readonly Harmless[] = [
  file("night-shift", "the dashboard has more pods by night", (edited) =>
    edited.all({
      "mes:roles/dashboard/scale/schedule": [{ start: "0 22 * * *", end: "0 5 * * *", timezone: "Europe/Berlin", replicas: 4 }],
    }),
  ),
  file("a-host-for-shops", "a role is reached by two hosts, each with a route of its own", (edited) =>
    edited.all({
      "mes:roles/order-api/routes": [{ paths: ["/api/orders"] }, { hosts: ["shops.example.com"], paths: ["/api/orders"] }],
    }),
  ),
  file("roles-merged", "one role runs two parts", (edited) =>
    edited.all({ "mes:roles/order-intake/runs": ["order-intake", "order-status"] }),
  ),
  file("slower-handling", "five messages of six seconds take half a minute", (edited) =>
    edited.all({ "mes:roles/order-intake/consumes": [{ queue: "orders.inbound", prefetch: 5, handlingTime: "6s" }] }),
  ),
  file("larger-gpu-nodes", "the same GPUs with more around them", (edited) =>
    edited.all({ "mes:cluster/nodePools/gpu": { count: 6, cpu: 16, memory: "64Gi", gpus: 1 } }),
  ),
  file("shop-of-a-name", "names of a shop", (edited) =>
    edited.all({
      "mes:gateway/host": "orders.acme-furniture.com",
      "mes:broker/external/hostname": "amqp.acme-furniture.com",
      "mes:reconciliation/crm/host": "crm.acme-furniture.com",
    }),
  ),
  file("client-inside", "the CRM is in the cluster", (edited) => {
    edited.set("mes:broker/externalClients/crm", {
      consumes: ["orders.status", "orders.public"],
      publishes: ["orders"],
      pods: { namespace: "crm", labels: { app: "crm" } },
    });
    edited.remove("mes:broker/external");
  }),
  file("events-for-others", "a second exchange with a queue that a program outside takes", (edited) =>
    edited.all({
      "mes:broker/exchanges/events": { type: "fanout" },
      "mes:broker/queues/events.warehouse": { bindings: [{ exchange: "events" }], maxLengthBytes: "1Gi" },
      "mes:broker/externalClients/warehouse": { consumes: ["events.warehouse"], cidrs: ["203.0.113.99/32"] },
      "mes:roles/outbox-relay/publishes": ["orders", "events"],
    }),
  ),
  file("parking-larger", "more failed orders wait for somebody", (edited) =>
    edited.all({ "mes:broker/parking": { maxLength: 200000, maxLengthBytes: "4Gi" } }),
  ),
  file("parameters-together", "all within the resources", (edited) =>
    edited.all({
      "mes:postgres/parameters": {
        work_mem: "6MB",
        max_wal_size: "6GB",
        min_wal_size: "2GB",
        wal_keep_size: "1GB",
        log_lock_waits: "on",
        track_activity_query_size: "4096",
      },
    }),
  ),
  file("smaller-read-pool", "the replicas have fewer connections", (edited) =>
    edited.all({
      "mes:postgres/poolers/ro": {
        instances: 2,
        poolSize: 10,
        serverConnections: 25,
        maxClients: 500,
        resources: { cpu: "250m", memory: "256Mi" },
      },
    }),
  ),
  file("wal-larger-than-data", "a large journal is no harm", (edited) => edited.all({ "mes:postgres/walStorage/size": "250Gi" })),
  file("weekend-backups", "twice a night", (edited) => edited.all({ "mes:postgres/backups/schedule": "30 1,4 * * *" })),
  file("long-objectives-of-a-route", "one route is slower than the others", (edited) =>
    edited.all({
      "mes:roles/order-api/http/objectives": { latency: 0.5, errorRatio: 0.01, routes: { "/api/orders/import": { latency: 5 } } },
    }),
  ),
  file("no-objectives-of-its-own", "the defaults hold", (edited) => edited.all({ "mes:roles/dashboard/http": {} })),
  file("tolerates-a-taint", "the database may run on nodes that others may not", (edited) =>
    edited.all({
      "mes:postgres/tolerations": [{ key: "dedicated", operator: "Equal", value: "database", effect: "NoSchedule" }],
    }),
  ),
  file("logs-of-more-namespaces", "more is read", (edited) =>
    edited.all({ "mes:logging/extraNamespaces": ["cert-manager", "envoy-gateway-system"] }),
  ),
  file("dev/three-relays", "the laptop has room for them", (edited) => edited.all({ "mes:roles/outbox-relay/replicas": 3 })),
  file("dev/crm-of-another-name", "the client is called erp", (edited) =>
    edited.all({
      "mes:broker/externalClients": {
        erp: { consumes: ["orders.status", "orders.public"], publishes: ["orders"], pods: { namespace: "erp" } },
      },
    }),
  ),
  file("dev/parameters", "within the laptop", (edited) =>
    edited.all({ "mes:postgres/parameters": { log_statement: "ddl", work_mem: "2MB" } }),
  ),
];

const plans: readonly Harmless[] = [
  plan("preferred-affinity", "pods of a role like to be apart", (edited) => {
    edited.pod("Deployment", "order-api").affinity = {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 50,
            podAffinityTerm: {
              topologyKey: "kubernetes.io/hostname",
              labelSelector: { matchLabels: { "app.kubernetes.io/name": "order-api" } },
            },
          },
        ],
      },
    };
  }),
  plan("longer-pre-stop", "the grace period grows along", (edited) => {
    edited.container("Deployment", "order-api").lifecycle.preStop.sleep.seconds += 10;
    edited.pod("Deployment", "order-api").terminationGracePeriodSeconds += 10;
  }),
  plan(
    "probe-by-number",
    "the same port by its number",
    (edited) => (edited.container("Deployment", "pricing").readinessProbe.httpGet.port = 8081),
  ),
  plan(
    "service-by-number",
    "the same port by its number",
    (edited) => (edited.spec("Service", "pricing").ports[0].targetPort = 8080),
  ),
  plan(
    "selector-by-expression",
    "the same pods by an expression",
    (edited) =>
      (edited.spec("PodDisruptionBudget", "order-intake").selector = {
        matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["order-intake"] }],
      }),
  ),
  plan("namespace-by-expression", "the same namespace by an expression", (edited) => {
    const rule = edited.spec("NetworkPolicy", "mes-data/allow-cache").ingress[0];
    rule.from[0].namespaceSelector = {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["mes"] }],
    };
  }),
  plan(
    "permission-by-alternatives",
    "the same right in other words",
    (edited) => (edited.spec("Permission", "crm").permissions.read = "^orders\\.(status|public)$"),
  ),
  plan("quantities-in-other-units", "the same amounts", (edited) => {
    const { resources } = edited.container("Deployment", "order-api");
    resources.requests = { cpu: "0.5", memory: "524288Ki" };
    resources.limits = { ...resources.limits, memory: "536870912" };
  }),
  plan("policy-of-a-bucket-by-one-action", "one action as a text, not a list", (edited) =>
    edited.json(edited.inputs("RolePolicy", "pricing"), "policy", (policy: any) => (policy.Statement[1].Action = "s3:GetObject")),
  ),
  plan(
    "expression-in-other-words",
    "the same alert",
    (edited) => (edited.alert("OutboxDelayed").expr = '60 < max(cnpg_mes_outbox_oldest_unsent_seconds{job=~"postgres"})'),
  ),
  plan(
    "moved-with-alias",
    "the engine knows where it was",
    (edited) => {
      const resource = edited.resource("Queue", "orders.inbound");
      resource.aliases = [resource.urn];
      resource.urn = resource.urn.replace("mes:broker:VirtualHost$", "mes:broker:Topology$");
    },
    true,
  ),
];

/** Changes of one place each, the same for every seed. */
export const single: Generator<Harmless> = () => [...files, ...plans];
