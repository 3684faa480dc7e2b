import type { Document } from "yaml";
import { findingsOf } from "../../review/rules";
import { planOfChanged, type StackChange } from "../helpers/changed-stack";

/*
 * Stack files as other shops have them: right, and unlike the two that the project ships. None of them may end with an error.
 */

const set =
  (values: Readonly<Record<string, unknown>>): StackChange =>
  (file: Document) => {
    for (const [key, value] of Object.entries(values)) file.setIn(["config", ...key.split("/")], file.createNode(value));
  };

const gpuNodes = { "mes:cluster/nodePools/gpu": { count: 6, cpu: 32, memory: "128Gi", gpus: 1 } };
/** Pods of pricing that fit a node with GPUs, and no other. */
const gpusCalled = (resource: string): StackChange => {
  return (file) => {
    set({
      ...gpuNodes,
      "mes:roles/pricing/gpu": { count: 1, resource },
      "mes:roles/pricing/resources": { cpu: 20, memory: "100Gi" },
      "mes:monitoring/gpuExporter": { enabled: false },
    })(file);
    file.deleteIn(["config", "mes:roles", "pricing", "scale", "gpu"]);
  };
};

const INTAKE = {
  runs: ["order-intake"],
  priority: "orders",
  resources: { cpu: "100m", memory: "256Mi" },
  consumes: [{ queue: "orders.inbound", prefetch: 10, handlingTime: "2s" }],
  database: { access: "readwrite", poolSize: 2 },
};

const SHOPS: Readonly<Record<string, readonly [stack: "dev" | "prod", change: StackChange]>> = {
  "volumes of the database of a class of their own": [
    "prod",
    set({ "mes:postgres/storage/storageClass": "io2", "mes:postgres/walStorage/storageClass": "io2-fast" }),
  ],
  "three nodes for the database alone, one a zone": [
    "prod",
    set({
      "mes:cluster/nodePools/database": { count: 3, cpu: 32, memory: "256Gi" },
      "mes:postgres/resources": { cpu: 28, memory: "220Gi" },
      "mes:postgres/nodeSelector": { "node-role": "database" },
      "mes:postgres/tolerations": [{ key: "dedicated", operator: "Equal", value: "database", effect: "NoSchedule" }],
    }),
  ],
  "three nodes for the broker alone, one a zone": [
    "prod",
    set({
      "mes:cluster/nodePools/broker": { count: 3, cpu: 24, memory: "128Gi" },
      "mes:broker/resources": { cpu: 20, memory: "100Gi" },
      "mes:broker/storage": "400Gi",
    }),
  ],
  "GPUs of AMD": ["prod", gpusCalled("amd.com/gpu")],
  "GPUs of Intel": ["prod", gpusCalled("gpu.intel.com/i915")],
  "accelerators of AWS": ["prod", gpusCalled("aws.amazon.com/neuron")],
  "GPUs by a name of its own": ["prod", gpusCalled("factory.example/a100")],
  "parts of a GPU": [
    "prod",
    set({ ...gpuNodes, "mes:roles/pricing/gpu/resource": "nvidia.com/mig-3g.20gb", "mes:roles/pricing/resources/cpu": 20 }),
  ],
  "few general nodes, and untainted ones with GPUs": [
    "prod",
    set({
      "mes:cluster/nodePools": {
        general: { count: 3, cpu: 16, memory: "64Gi" },
        gpu: { count: 9, cpu: 32, memory: "128Gi", gpus: 1 },
      },
    }),
  ],
  "one of each on three zones, for trying out": [
    "dev",
    set({ "mes:cluster/zones": ["a", "b", "c"], "mes:cluster/nodePools": { nodes: { count: 3, cpu: 8, memory: "32Gi" } } }),
  ],
  "a primary and one replica that nothing waits for": [
    "prod",
    set({ "mes:postgres/instances": 2, "mes:postgres/synchronousReplicas": 0 }),
  ],
  "operators that are there already": [
    "prod",
    set({
      "mes:operators": Object.fromEntries(
        ["cert-manager", "cloudnative-pg", "barman-cloud", "rabbitmq", "prometheus-operator", "keda", "metrics-server"].map(
          (operator) => [operator, { install: false }],
        ),
      ),
    }),
  ],
  "variables that name Secrets, and values that YAML reads otherwise": [
    "prod",
    set({
      "mes:roles/order-api/secretRefs": { ERP_PASSWORD: { name: "erp", key: "password" } },
      "mes:roles/order-api/env": { ERP_SECRET: "erp", TOKEN_TTL: "3600", JIT: "off", OCTAL: "0755", SORT_KEY: "date" },
    }),
  ],
  "no public host, and a gateway by its addresses": [
    "prod",
    set({
      "mes:gateway": {
        className: "cilium",
        host: "mes.factory.example",
        clients: { cidrs: ["10.0.0.0/8"] },
        redirectPort: false,
      },
    }),
  ],
  "seven more roles": [
    "prod",
    (file) => {
      for (let line = 1; line <= 7; line += 1) {
        const role = {
          runs: ["dashboard"],
          resources: { cpu: "100m", memory: "256Mi" },
          http: {},
          routes: [{ paths: [`/line-${line}`] }],
          database: { access: "readonly", poolSize: 3 },
        };
        set({ [`mes:roles/line-${line}`]: role })(file);
      }
    },
  ],
  "orders taken by two roles": ["prod", set({ "mes:roles/order-intake-2": { ...INTAKE, replicas: 2 } })],
  "roles and a client by other names": [
    "prod",
    (file) => {
      for (const [role, name] of Object.entries({ "order-intake": "intake", "order-api": "shop", dashboard: "board" })) {
        const own = file.getIn(["config", "mes:roles", role], true);
        file.setIn(["config", "mes:roles", name], own);
        file.setIn(["config", "mes:roles", name, "runs"], file.createNode([role]));
        file.deleteIn(["config", "mes:roles", role]);
      }
      file.setIn(
        ["config", "mes:broker", "externalClients", "erp"],
        file.getIn(["config", "mes:broker", "externalClients", "crm"], true),
      );
      file.deleteIn(["config", "mes:broker", "externalClients", "crm"]);
    },
  ],
  "no public API": [
    "prod",
    (file) => {
      file.deleteIn(["config", "mes:roles", "order-api"]);
      file.deleteIn(["config", "mes:broker", "queues", "orders.public"]);
      set({ "mes:broker/externalClients/crm/consumes": ["orders.status"] })(file);
    },
  ],
  "no prices": [
    "prod",
    (file) => {
      file.deleteIn(["config", "mes:roles", "order-api", "calls"]);
      set({ "mes:roles/pricing/enabled": false })(file);
    },
  ],
  "routing keys of its own, of which it says nothing": [
    "prod",
    (file) => {
      for (const path of ["mes:broker/externalClients/crm", "mes:roles/order-intake", "mes:roles/order-api"])
        file.deleteIn(["config", ...path.split("/"), "sends"]);
      const bindings = (routingKey: string) => [{ exchange: "orders", routingKey }];
      set({
        "mes:broker/exchanges/orders/type": "direct",
        "mes:broker/queues/orders.inbound/bindings": bindings("new"),
        "mes:broker/queues/orders.status/bindings": bindings("status"),
        "mes:broker/queues/orders.public/bindings": bindings("public"),
      })(file);
    },
  ],
  "machines that send their states, and an archive of all messages": [
    "prod",
    set({
      "mes:broker/exchanges/machines": { type: "topic" },
      "mes:broker/queues/machines.states": { bindings: [{ exchange: "machines", routingKey: "machine.#" }] },
      "mes:broker/externalClients/machines": { publishes: ["machines"], cidrs: ["10.9.0.0/24"] },
      "mes:roles/machine-states": { ...INTAKE, runs: ["machine-states"], consumes: [{ queue: "machines.states" }] },
      "mes:broker/queues/orders.archive": { bindings: [{ exchange: "orders", routingKey: "#" }] },
      "mes:broker/externalClients/archive": { consumes: ["orders.archive"], cidrs: ["10.9.0.0/24"] },
    }),
  ],
  "messages that take minutes, in order": [
    "prod",
    (file) => {
      file.deleteIn(["config", "mes:roles", "order-intake", "scale"]);
      set({
        "mes:roles/order-intake/replicas": 2,
        "mes:roles/order-intake/consumes": [{ queue: "orders.inbound", prefetch: 5, handlingTime: "2m" }],
        "mes:broker/queues/orders.inbound/singleActiveConsumer": true,
      })(file);
    },
  ],
  "slow statements, small queues and few attempts": [
    "prod",
    set({
      "mes:postgres/statementTimeout": "1m",
      "mes:broker/queues/orders.status/maxLength": 10_000,
      "mes:broker/queues/orders.inbound/deliveryLimit": 3,
      "mes:broker/terminationGracePeriod": "1h",
    }),
  ],
};

test.each(Object.entries(SHOPS))("%s", async (_, [stack, change]) => {
  const plan = await planOfChanged(stack, (file) => {
    // A shop with other roles has another forecast, and other objectives.
    for (const section of ["mes:forecast", "mes:slos"]) file.deleteIn(["config", section]);
    change(file);
  });
  const findings = findingsOf(plan);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});
