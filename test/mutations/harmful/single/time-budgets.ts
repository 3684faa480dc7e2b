import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";
import { configMapData } from "../../places";

const { plan } = harmful("time budgets");

export const timeBudgets: readonly Harmful[] = [
  plan(
    {
      id: "callee-longer-than-its-route",
      harm: "pricing works for two minutes on what the gateway gave up after one",
      cause: cause(["pricing", "MES_REQUEST_TIMEOUT_SECONDS"], /time|second|longer|give/i),
    },
    (edited) => (edited.variable("Deployment", "pricing", "MES_REQUEST_TIMEOUT_SECONDS").value = "120"),
  ),
  plan(
    {
      id: "broker-cancels-after-a-second",
      stack: "dev",
      harm: "the broker cancels every consumer that needs more than a second",
      cause: cause(["broker", "order-intake"], /consumer_timeout|consumer|timeout|prefetch/i),
    },
    (edited) =>
      edited.text(
        edited.spec("RabbitmqCluster", "broker").rabbitmq,
        "additionalConfig",
        /consumer_timeout = \d+/,
        "consumer_timeout = 1000",
      ),
  ),
  plan(
    {
      id: "job-may-start-five-seconds-late",
      harm: "the controller looks every ten seconds: a job that may start five late is often never started",
      cause: cause(["outbox-purge"], /startingDeadline|second|late/i),
    },
    (edited) => (edited.spec("CronJob", "outbox-purge").startingDeadlineSeconds = 5),
  ),
  plan(
    {
      id: "pooler-cancels-at-once",
      harm: "PgBouncer cancels whatever takes longer than a second",
      cause: cause(["postgres-pooler-rw"], /query_timeout|cancel|timeout|second/i),
    },
    (edited) => (edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.parameters.query_timeout = "1"),
  ),
  plan(
    {
      id: "statements-without-end",
      harm: "the database is told to let statements run for ever, when requests are given up after 30 s",
      cause: cause(["outbox", "statement_timeout", "statementTimeout", "settings"], /statement_timeout|timeout|request/i),
    },
    (edited) => edited.text(configMapData(edited, "outbox-"), "etc_outbox_settings.sql", "'30s'", "'0'"),
  ),
  plan(
    {
      id: "rollout-given-no-time",
      harm: "a rollout counts as failed after 5 s, and pods take minutes: every deploy fails",
      cause: cause(["pricing"], /progressDeadline|start|second|time/i),
    },
    (edited) => (edited.spec("Deployment", "pricing").progressDeadlineSeconds = 5),
  ),
  plan(
    {
      id: "deploy-given-no-time",
      harm: "the engine waits ten seconds for a database of three instances: the first deploy fails",
      cause: cause(["postgres"], /customTimeouts|create|timeout|wait|time/i),
    },
    (edited) => (edited.resource("Cluster", "postgres").customTimeouts = { create: "10s", update: "10s" }),
  ),
  plan(
    {
      id: "backend-longer-than-request",
      harm: "a backend's timeout beyond that of the request is refused: the route is not accepted",
      cause: cause(["order-api"], /backendRequest|timeout|request/i),
    },
    (edited) => (edited.spec("HTTPRoute", "order-api").rules[0].timeouts.backendRequest = "90s"),
  ),
];
