import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan, file } = harmful("exposure");

export const exposure: readonly Harmful[] = [
  plan(
    {
      id: "database-by-a-load-balancer",
      harm: "the database is open to the internet",
      cause: cause(["postgres"], /LoadBalancer|service|open|internet|expose|source/i),
    },
    (edited) =>
      (edited.spec("Cluster", "postgres").managed.services = {
        additional: [
          { selectorType: "rw", serviceTemplate: { metadata: { name: "postgres-public" }, spec: { type: "LoadBalancer" } } },
        ],
      }),
  ),
  plan(
    {
      id: "broker-by-a-load-balancer",
      harm: "the operator opens all ports of the broker, management too, to the internet",
      cause: cause(["broker"], /LoadBalancer|service|open|internet|expose|source/i),
    },
    (edited) => (edited.spec("RabbitmqCluster", "broker").service = { type: "LoadBalancer" }),
  ),
  plan(
    {
      id: "pooler-trusts-everybody",
      harm: "whoever reaches the pooler is let in without a password",
      cause: cause(["postgres-pooler-rw"], /trust|pg_hba|password/i),
    },
    (edited) => (edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.pg_hba = ["host all all 0.0.0.0/0 trust"]),
  ),
  plan(
    {
      id: "any-namespace-by-expression",
      harm: "every pod of the cluster may connect to the database",
      cause: cause(["postgres"], /namespace|any|every|all|open/i),
    },
    (edited) =>
      edited.spec("NetworkPolicy", "mes-data/allow-postgres").ingress[0].from.push({
        namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] },
      }),
  ),
  plan(
    {
      id: "init-container-owns-the-node",
      harm: "a container that runs before the program owns the node",
      cause: cause(["dashboard"], /privileg|initContainer|securityContext/i),
    },
    (edited) =>
      (edited.pod("Deployment", "dashboard").initContainers = [
        {
          name: "prepare",
          image: "registry.example.com/mes/mes:2.14.0",
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "32Mi" } },
          securityContext: { privileged: true },
        },
      ]),
  ),
  plan(
    {
      id: "seccomp-off",
      harm: "the container may make every call of the kernel; the namespace refuses it",
      cause: cause(["order-intake"], /seccomp|Unconfined|restricted/i),
    },
    (edited) => (edited.container("Deployment", "order-intake").securityContext.seccompProfile = { type: "Unconfined" }),
  ),
  plan(
    {
      id: "runtime-socket",
      harm: "the pod may start any container on its node",
      cause: cause(["otel-agent"], /hostPath|socket|containerd/i),
    },
    (edited) =>
      edited
        .pod("DaemonSet", "otel-agent")
        .volumes.push({ name: "runtime", hostPath: { path: "/run/containerd/containerd.sock" } }),
  ),
  file(
    {
      id: "chat-webhook-in-plain-text",
      harm: "everybody who reads the stack file may write into the on-call channel",
      cause: cause(["dashboard", "NOTIFY"], /secret|plain|token|url|webhook/i),
    },
    (edited) =>
      edited.set("mes:roles/dashboard/env", {
        NOTIFY: `https://hooks.slack.com/services/${["T02AB4CDE", "B03FG5HIJ", "x9Kq2LmN8pRs4TuV6wXy1ZaB"].join("/")}`,
      }),
  ),
  file(
    {
      id: "token-of-a-session",
      harm: "everybody who reads the stack file acts as this user until the token ends",
      cause: cause(["order-api", "UPSTREAM"], /secret|plain|token|jwt|entropy/i),
    },
    (edited) =>
      edited.set("mes:roles/order-api/env", {
        UPSTREAM: [
          "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
          "eyJzdWIiOiJwYXJ0bmVyLTQyIiwicm9sZSI6ImFkbWluIn0",
          "q7Xv0bY2mWn4sT6uR8pL1kJ3hG5fD9aZ0cV2bN4mQ6w",
        ].join("."),
      }),
  ),
  plan(
    {
      id: "password-in-a-config-map",
      harm: "everybody who may read ConfigMaps reads the password",
      cause: cause(["keda-broker"], /secret|plain|password|ConfigMap/i),
    },
    (edited) => (edited.inputs("ConfigMap", "keda-broker").data.password = "hG5fD9aZ0cV2bN4mQ6wq7Xv0bY2m"),
  ),
  plan(
    {
      id: "key-shared-with-a-stranger",
      harm: "another account may decrypt all buckets",
      cause: cause(["buckets"], /principal|account|999988887777|key/i),
    },
    (edited) =>
      edited.json(edited.inputs("Key", "buckets"), "policy", (policy: any) =>
        policy.Statement.push({
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::999988887777:root" },
          Action: "kms:Decrypt",
          Resource: "*",
        }),
      ),
  ),
];
