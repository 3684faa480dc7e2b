import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan, file } = harmful("availability");

export const availability: readonly Harmful[] = [
  plan(
    {
      id: "database-asleep",
      harm: "the annotation puts the database to sleep: no pod of it runs",
      cause: cause(["postgres"], /hibernat|annotation/i),
    },
    (edited) => (edited.inputs("Cluster", "postgres").metadata.annotations["cnpg.io/hibernation"] = "on"),
  ),
  plan(
    {
      id: "database-fenced",
      harm: "the annotation stops Postgres in every instance",
      cause: cause(["postgres"], /fenc|annotation/i),
    },
    (edited) => (edited.inputs("Cluster", "postgres").metadata.annotations["cnpg.io/fencedInstances"] = '["*"]'),
  ),
  plan(
    {
      id: "rollouts-paused",
      harm: "the Deployment is paused: no new version and no new password gets to its pods",
      cause: cause(["order-api"], /pause/i),
    },
    (edited) => (edited.spec("Deployment", "order-api").paused = true),
  ),
  plan(
    {
      id: "liveness-by-the-database",
      harm: "pods are restarted whenever the database is away",
      cause: cause(["order-intake"], /liveness|probe|dependen|database|postgres/i),
    },
    (edited) =>
      (edited.container("Deployment", "order-intake").livenessProbe = {
        exec: { command: ["pg_isready", "-h", "postgres-pooler-rw.mes-data.svc"] },
        periodSeconds: 10,
      }),
  ),
  plan(
    {
      id: "budget-keeps-all",
      harm: "no pod may ever go: nodes cannot be drained",
      cause: cause(["order-api"], /budget|minAvailable|drain|evict|disruption/i),
    },
    (edited) => {
      const spec = edited.spec("PodDisruptionBudget", "order-api");
      delete spec.maxUnavailable;
      spec.minAvailable = "100%";
    },
  ),
  plan(
    {
      id: "budget-in-another-namespace",
      harm: "a budget holds in its own namespace only: a drain may take all poolers at once",
      cause: cause(["postgres-pooler-rw"], /budget|namespace|select|disruption/i),
    },
    (edited) => (edited.inputs("PodDisruptionBudget", "postgres-pooler-rw").metadata.namespace = "mes"),
  ),
  plan(
    {
      id: "no-operator-of-the-database",
      harm: "no pod of the operator runs: there is no failover",
      cause: cause(["cloudnative-pg"], /replica|0|zero|pod|operator/i),
    },
    (edited) => (edited.inputs("Release", "cloudnative-pg").values.replicaCount = 0),
  ),
  file(
    {
      id: "rollout-takes-all-three",
      harm: "each rollout ends all pods that there are at quiet times",
      cause: cause(["order-intake"], /rollout|maxUnavailable|all|once|min/i),
    },
    (edited) => edited.set("mes:roles/order-intake/rollout", { maxSurge: 0, maxUnavailable: 3 }),
  ),
];
