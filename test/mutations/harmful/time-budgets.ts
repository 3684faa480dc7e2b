import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("time budgets");

const TIME = /time|second|grace|drain|timeout|prefetch|handl|longer|before|wait|kill|budget|within|period|deadline|interval/i;

const consumers: Generator<Harmful> = ({ random }) => {
  const stack = random.one(["prod", "dev"] as const);
  return [
    file(
      {
        id: "prefetch-beyond-consumer-timeout",
        stack,
        harm: "the last of 2000 prefetched messages waits for more than half an hour: the broker cancels the consumer, and all are delivered again",
        cause: cause(["order-intake", "prefetch"], TIME),
      },
      (edited) => edited.set("mes:roles/order-intake/consumes/0/prefetch", 2000),
    ),
    file(
      {
        id: "handling-beyond-consumer-timeout",
        harm: "20 messages of 2 minutes take longer than the broker waits: it cancels the consumer again and again",
        cause: cause(["order-intake", "handlingTime"], TIME),
      },
      (edited) => edited.set("mes:roles/order-intake/consumes/0/handlingTime", "2m"),
    ),
    file(
      {
        id: "consumer-timeout-too-short",
        stack,
        harm: "the broker gives a consumer 20 s for 20 messages of 2 s: it is cancelled under load",
        cause: cause(["consumerTimeout", "order-intake", "prefetch", "orders.inbound"], TIME),
      },
      (edited) => edited.set("mes:broker/consumerTimeout", "20s"),
    ),
    file(
      {
        id: "consumer-timeout-of-the-queue-too-short",
        harm: "the broker gives a consumer of orders.inbound 30 s for 20 messages of 2 s",
        cause: cause(["orders.inbound", "order-intake"], TIME),
      },
      (edited) => edited.set("mes:broker/queues/orders.inbound/consumerTimeout", "30s"),
    ),
    plan(
      {
        id: "consumer-timeout-of-the-policy-too-short",
        stack,
        harm: "the policy gives a consumer 5 s: it is cancelled while it works, and orders are handled twice and late",
        cause: cause(["orders.inbound", "order-intake"], TIME),
      },
      (edited) => (edited.spec("Policy", "orders.inbound").definition["consumer-timeout"] = 5000),
    ),
    file(
      {
        id: "lingers-shorter-than-a-scrape",
        harm: "pods end before their last counts are read: each stop looks like lost orders, and wakes somebody",
        cause: cause(["order-intake"], /linger|scrape/i),
      },
      (edited) => edited.set("mes:roles/order-intake/shutdown", { linger: "1s" }),
    ),
    file(
      {
        id: "drain-within-a-week",
        harm: "nobody is told of a backlog that takes a week to be worked off",
        cause: cause(["orders.inbound", "drainWithin"], TIME),
      },
      (edited) => edited.set("mes:broker/queues/orders.inbound/drainWithin", "7d"),
    ),
  ];
};

const stops: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "outbox-relay", "pricing"]);
  const served = random.one(["order-api", "pricing"]);
  return [
    plan(
      {
        id: `grace-too-short:${role}`,
        harm: `pods of ${role} are killed after 5 s with work in hand: requests fail, messages are delivered again`,
        cause: cause([role], TIME),
      },
      (edited) => (edited.pod("Deployment", role).terminationGracePeriodSeconds = 5),
    ),
    plan(
      { id: `killed-at-once:${role}`, stack: "dev", harm: `pods of ${role} are killed at once`, cause: cause([role], TIME) },
      (edited) => (edited.pod("Deployment", role).terminationGracePeriodSeconds = 0),
    ),
    plan(
      {
        id: `grace-dropped:${role}`,
        harm: `pods of ${role} are killed after Kubernetes' default of 30 s, and need more`,
        cause: cause([role], TIME),
      },
      (edited) => without(edited.pod("Deployment", role), "terminationGracePeriodSeconds"),
    ),
    plan(
      {
        id: `pre-stop-dropped:${served}`,
        harm: `pods of ${served} end while the gateway still sends to them: requests fail in each rollout`,
        cause: cause([served], /preStop|lifecycle|stop|rollout|endpoint|drain/i),
      },
      (edited) => without(edited.container("Deployment", served), "lifecycle"),
    ),
    plan(
      {
        id: `pre-stop-eats-the-grace:${served}`,
        harm: `preStop takes as long as the whole grace period: ${served} is killed when it is told to stop`,
        cause: cause([served], TIME),
      },
      (edited) =>
        (edited.container("Deployment", served).lifecycle.preStop.sleep.seconds = edited.pod(
          "Deployment",
          served,
        ).terminationGracePeriodSeconds),
    ),
    plan(
      {
        id: `told-to-drain-too-long:${role}`,
        harm: `${role} is told to drain for 10 minutes and killed before`,
        cause: cause([role, "MES_DRAIN_SECONDS"], TIME),
      },
      (edited) => (edited.variable("Deployment", role, "MES_DRAIN_SECONDS").value = "600"),
    ),
    plan(
      {
        id: "drains-less-than-a-prefetch",
        harm: "order-intake is told to drain for 5 s and has 40 s of prefetched messages: they are given back and late in each rollout",
        cause: cause(["order-intake", "MES_DRAIN_SECONDS"], TIME),
      },
      (edited) => (edited.variable("Deployment", "order-intake", "MES_DRAIN_SECONDS").value = "5"),
    ),
    plan(
      {
        id: "relay-drains-not",
        harm: "the relay is told to drain for no time: what the broker has confirmed is not marked, and is sent twice",
        cause: cause(["outbox-relay", "MES_DRAIN_SECONDS"], TIME),
      },
      (edited) => (edited.variable("Deployment", "outbox-relay", "MES_DRAIN_SECONDS").value = "0"),
    ),
    plan(
      {
        id: "broker-killed-after-a-second",
        harm: "a node of the broker is killed before its queues have a majority without it: they stop in each rollout",
        cause: cause(["broker"], TIME),
      },
      (edited) => (edited.spec("RabbitmqCluster", "broker").terminationGracePeriodSeconds = 1),
    ),
    plan(
      {
        id: "database-stopped-at-once",
        harm: "Postgres is killed a second after it was told to stop: without a checkpoint, and the failover waits for recovery",
        cause: cause(["postgres"], /stopDelay|smart|shutdown|second|grace|time/i),
      },
      (edited) => Object.assign(edited.spec("Cluster", "postgres"), { stopDelay: 1, smartShutdownTimeout: 1 }),
    ),
    plan(
      {
        id: "smart-shutdown-eats-the-stop",
        harm: "the smart shutdown waits for all sessions for as long as the pod may take to stop: Postgres is killed, with no checkpoint, each time",
        cause: cause(["postgres"], /stopDelay|smart|shutdown/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").smartShutdownTimeout = 300),
    ),
    plan(
      {
        id: "switchover-of-an-hour",
        harm: "an update waits an hour for the old primary to archive before another one takes over: no order is written",
        cause: cause(["postgres"], /switchover|delay|second|time/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").switchoverDelay = 3600),
    ),
    plan(
      {
        id: "pooler-killed-at-once",
        harm: "a pooler is killed with transactions in hand in each rollout: orders fail",
        cause: cause(["postgres-pooler-rw"], TIME),
      },
      (edited) => (edited.pod("Pooler", "postgres-pooler-rw").terminationGracePeriodSeconds = 0),
    ),
  ];
};

const calls: Generator<Harmful> = ({ random }) => {
  const stack = random.one(["prod", "dev"] as const);
  return [
    file(
      {
        id: "route-gives-up-first",
        harm: "the gateway gives up after 5 s on an order that order-api works on for 30 s: the partner sends it again",
        cause: cause(["order-api", "/api/orders"], TIME),
      },
      (edited) => edited.set("mes:roles/order-api/routes/0/timeout", "5s"),
    ),
    plan(
      {
        id: "route-waits-for-ever",
        harm: "the route has no timeout: requests that nobody answers hold their connections until the gateway has none left",
        cause: cause(["order-api"], TIME),
      },
      (edited) => (edited.spec("HTTPRoute", "order-api").rules[0].timeouts.request = "0s"),
    ),
    plan(
      {
        id: "route-longer-than-the-drain",
        harm: "the gateway waits ten minutes for prices, and a pod has less than two to stop: each rollout cuts requests off",
        cause: cause(["pricing"], TIME),
      },
      (edited) => (edited.spec("HTTPRoute", "pricing").rules[0].timeouts.request = "600s"),
    ),
    file(
      {
        id: "caller-gives-up-first",
        harm: "order-api gives up after 5 s on pricing, which may take a minute: orders are refused under load",
        cause: cause(["order-api", "pricing"], TIME),
      },
      (edited) => edited.set("mes:roles/order-api/http/requestTimeout", "5s"),
    ),
    file(
      {
        id: "statement-longer-than-its-request",
        stack,
        harm: "a statement may run for ten minutes when its request was given up after 30 s: connections are held until there are none",
        cause: cause(["statementTimeout", "statement_timeout", "order-api", "dashboard"], TIME),
      },
      (edited) => edited.set("mes:postgres/statementTimeout", "10m"),
    ),
    file(
      {
        id: "statements-cancelled-at-once",
        harm: "statements are cancelled after 10 ms: most of those that write an order fail",
        cause: cause(["statementTimeout", "statement_timeout", "outbox"], TIME),
      },
      (edited) => edited.set("mes:postgres/statementTimeout", "10ms"),
    ),
    plan(
      {
        id: "waits-for-a-connection-too-long",
        harm: "a program waits ten minutes for a connection, and its request was given up after 30 s",
        cause: cause(["postgres-pooler-rw"], TIME),
      },
      (edited) => (edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.parameters.query_wait_timeout = "600"),
    ),
    plan(
      {
        id: "waits-for-a-connection-for-ever",
        stack,
        harm: "programs wait without an end for a connection: orders hang",
        cause: cause(["postgres-pooler-rw"], TIME),
      },
      (edited) => (edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.parameters.query_wait_timeout = "0"),
    ),
    plan(
      {
        id: "idle-transactions-for-ever",
        harm: "a transaction that its program has left holds its locks without an end: orders wait",
        cause: cause(["postgres"], /idle_in_transaction|idle/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").postgresql.parameters.idle_in_transaction_session_timeout = "0"),
    ),
    plan(
      {
        id: "migration-given-no-time",
        harm: "the job that makes the tables is ended after 5 s, before the database answers: nothing can be written",
        cause: cause(["outbox-migrations"], TIME),
      },
      (edited) => (edited.spec("Job", edited.every("Job")[0]?.inputs.metadata.name).activeDeadlineSeconds = 5),
    ),
    plan(
      {
        id: "starts-too-slowly",
        harm: "pricing is given 4 s to start and needs minutes: it is restarted for ever",
        cause: cause(["pricing"], /startup|start|failureThreshold|probe|second/i),
      },
      (edited) => (edited.container("Deployment", "pricing").startupProbe.failureThreshold = 2),
    ),
    file(
      {
        id: "inbox-forgets-before-the-queue",
        harm: "a message is remembered for a minute, and a backlog takes ten to be worked off: repeats are handled as new orders",
        cause: cause(["keepReceived", "outbox", "inbox"], /time|remember|repeat|keep|drain|duplicate|longer/i),
      },
      (edited) => edited.set("mes:outbox/keepReceived", "1m"),
    ),
    file(
      {
        id: "up-window-shorter-than-the-drain",
        harm: "pods that the schedule adds for one minute are taken away before they have started, drained and been of use",
        cause: cause(["order-api", "schedule"], TIME),
      },
      (edited) =>
        edited.set("mes:roles/order-api/scale/schedule", [
          { start: "30 6 * * 1-5", end: "31 6 * * 1-5", timezone: "Europe/Berlin", replicas: 12 },
        ]),
    ),
    file(
      {
        id: "outbox-may-wait-a-day",
        harm: "nobody is told of a message that has waited for a day in the outbox",
        cause: cause(["maxDelay", "OutboxDelayed", "outbox"], TIME),
      },
      (edited) => edited.set("mes:outbox/maxDelay", "24h"),
    ),
  ];
};

export const timeBudgets: readonly Generator<Harmful>[] = [consumers, stops, calls];
