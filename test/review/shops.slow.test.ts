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
};

test.each(Object.entries(SHOPS))("%s", async (_, [stack, change]) => {
  const findings = findingsOf(await planOfChanged(stack, change));
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});
