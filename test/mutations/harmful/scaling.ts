import { without } from "../edited-plan";
import type { EditedPlan } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("scaling that does nothing");

const SCALE =
  /scal|trigger|metric|queue|threshold|job|query|target|address|Prometheus|replica|vhost|mode|auth|container|schedule|time ?zone|window|consumer/i;

const trigger = (edited: EditedPlan, role: string, name: RegExp | string) => {
  const found = edited
    .spec("ScaledObject", role)
    .triggers.find((one: any) => (typeof name === "string" ? one.type === name : name.test(one.name)));
  if (found === undefined) throw new Error(`${role} has no such trigger`);
  return found;
};

/** KEDA 2.21: https://keda.sh/docs/2.21/scalers/ */
const triggers: Generator<Harmful> = ({ random }) => {
  const http = random.one(["order-api", "dashboard", "pricing"]);
  const other = random.one(["order-intake", "outbox-relay"]);
  const stack = random.one(["prod", "dev"] as const);
  const intake = cause(["order-intake"], SCALE);
  const of = cause([http], SCALE);
  return [
    plan(
      {
        id: "unknown-queue",
        stack,
        harm: "the queue is not there: KEDA measures nothing, and a backlog adds no pod",
        cause: intake,
      },
      (edited) => {
        trigger(edited, "order-intake", "rabbitmq").metadata.queueName = "orders.in";
      },
    ),
    plan(
      {
        id: "another-queue",
        harm: "pods are added for a queue that the role does not consume: its own backlog adds none",
        cause: intake,
      },
      (edited) => {
        for (const one of edited.spec("ScaledObject", "order-intake").triggers)
          if (one.type === "rabbitmq") one.metadata.queueName = "orders.status";
      },
    ),
    plan(
      {
        id: "queue-of-another-vhost",
        stack,
        harm: "the queue is asked for in a virtual host that it is not in: KEDA measures nothing",
        cause: intake,
      },
      (edited) => {
        trigger(edited, "order-intake", "rabbitmq").metadata.vhostName = "/";
      },
    ),
    plan({ id: "unknown-mode", harm: "KEDA does not know this mode and makes no autoscaler", cause: intake }, (edited) => {
      trigger(edited, "order-intake", "rabbitmq").metadata.mode = "QueueSize";
    }),
    plan(
      {
        id: "without-authentication",
        stack,
        harm: "KEDA has no address and no password of the broker: it makes no autoscaler",
        cause: intake,
      },
      (edited) => without(trigger(edited, "order-intake", "rabbitmq"), "authenticationRef"),
    ),
    plan(
      { id: "unknown-authentication", harm: "the TriggerAuthentication is not there: KEDA makes no autoscaler", cause: intake },
      (edited) => {
        trigger(edited, "order-intake", "rabbitmq").authenticationRef.name = "broker";
      },
    ),
    plan(
      {
        id: "unacknowledged-left-out",
        harm: "messages that pods have fetched are not counted: with a prefetch of 20 a slow database adds no pod",
        cause: cause(["order-intake"], /unack|exclude/i),
      },
      (edited) => {
        trigger(edited, "order-intake", "rabbitmq").metadata.excludeUnacknowledged = "true";
      },
    ),
    plan(
      { id: `job-of-another-role:${http}`, harm: `${http} is scaled by the requests of ${other}, which has none`, cause: of },
      (edited) =>
        edited.text(trigger(edited, http, "prometheus").metadata, "query", new RegExp(`job="${http}"`, "g"), `job="${other}"`),
    ),
    plan({ id: `unknown-metric:${http}`, harm: "nothing exports this metric: requests add no pod", cause: of }, (edited) =>
      edited.text(
        trigger(edited, http, "prometheus").metadata,
        "query",
        "http_server_request_duration_seconds_count",
        "http_server_requests_seconds_count",
      ),
    ),
    plan(
      {
        id: `namespace-of-another:${http}`,
        harm: "nothing in this namespace exports the metric: requests add no pod",
        cause: cause([http], /namespace|metric|query|series|export|label/i),
      },
      (edited) => edited.text(trigger(edited, http, "prometheus").metadata, "query", /namespace="mes"/g, 'namespace="mes-apps"'),
    ),
    plan(
      {
        id: `query-does-not-parse:${http}`,
        harm: "Prometheus refuses the query: requests add no pod",
        cause: cause([http], /parse|syntax|PromQL|query/i),
      },
      (edited) => edited.text(trigger(edited, http, "prometheus").metadata, "query", "sum(rate(", "sum(rate((("),
    ),
    plan({ id: `prometheus-elsewhere:${http}`, harm: "no Service has this name: KEDA measures nothing", cause: of }, (edited) =>
      edited.text(
        trigger(edited, http, "prometheus").metadata,
        "serverAddress",
        "prometheus.mes-observability",
        "prometheus.monitoring",
      ),
    ),
    plan(
      {
        id: `prometheus-on-another-port:${http}`,
        harm: "the Service does not listen there: KEDA measures nothing",
        cause: cause([http, "prometheus"], /port|address|Service|serverAddress/i),
      },
      (edited) => edited.text(trigger(edited, http, "prometheus").metadata, "serverAddress", ":9090", ":80"),
    ),
    plan(
      {
        id: `threshold-out-of-reach:${http}`,
        harm: "no pod ever sees a million requests a second: requests add no pod",
        cause: cause([http], /threshold|reach|never/i),
      },
      (edited) => {
        trigger(edited, http, "prometheus").metadata.threshold = "1000000";
      },
    ),
    plan(
      {
        id: `cpu-of-unknown-container:${http === "pricing" ? "order-api" : http}`,
        harm: "the pods have no container of this name: CPU adds no pod",
        cause: cause(["container", "containerName"], /container/i),
      },
      (edited) => {
        trigger(edited, http === "pricing" ? "order-api" : http, "cpu").metadata.containerName = "app";
      },
    ),
    plan(
      {
        id: "gpu-of-other-pods",
        harm: "the query is for pods that have no GPU: GPUs add no pod",
        cause: cause(["pricing"], SCALE),
      },
      (edited) => edited.text(trigger(edited, "pricing", /gpu/).metadata, "query", 'pod=~"pricing-', 'pod=~"price-'),
    ),
    plan(
      { id: "gpu-metric-mistyped", harm: "nothing exports this metric: GPUs add no pod", cause: cause(["pricing"], SCALE) },
      (edited) =>
        edited.text(trigger(edited, "pricing", /gpu/).metadata, "query", "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_GPU_USAGE"),
    ),
    file(
      {
        id: "gpu-exporter-off",
        harm: "nothing measures the GPUs by which pricing is scaled",
        cause: cause(["pricing", "gpu"], /gpu|exporter|metric/i),
      },
      (edited) => edited.set("mes:monitoring/gpuExporter", { enabled: false }),
    ),
    plan(
      {
        id: "schedule-of-unknown-zone",
        harm: "KEDA does not know this time zone and makes no autoscaler",
        cause: cause(["order-api"], /time ?zone|Berln/i),
      },
      (edited) => {
        trigger(edited, "order-api", "cron").metadata.timezone = "Europe/Berln";
      },
    ),
    file(
      {
        id: "schedule-below-minimum",
        harm: "the schedule wants fewer pods than there are always: the morning's orders meet three pods",
        cause: cause(["order-api", "schedule"], /min|schedule|nothing|replicas/i),
      },
      (edited) => edited.set("mes:roles/order-api/scale/schedule/0/replicas", 2),
    ),
    file(
      {
        id: "schedule-never-begins",
        harm: "30 February never comes: the schedule adds no pod",
        cause: cause(["order-api", "schedule"], /schedule|never|cron|day|fire|start/i),
      },
      (edited) => edited.set("mes:roles/order-api/scale/schedule/0/start", "30 6 30 2 *"),
    ),
  ];
};

const targets: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-api", "dashboard", "order-intake", "pricing"]);
  const of = cause([role], SCALE);
  return [
    plan(
      {
        id: `unknown-target:${role}`,
        harm: `the autoscaler is for a Deployment that is not there: ${role} stays one pod`,
        cause: of,
      },
      (edited) => {
        edited.spec("ScaledObject", role).scaleTargetRef.name = `mes-${role}`;
      },
    ),
    plan(
      {
        id: `target-of-another-kind:${role}`,
        harm: `the autoscaler is for a StatefulSet that is not there: ${role} stays one pod`,
        cause: of,
      },
      (edited) => {
        edited.spec("ScaledObject", role).scaleTargetRef.kind = "StatefulSet";
      },
    ),
    plan(
      {
        id: `target-of-another-role:${role}`,
        harm: `two autoscalers fight over the dashboard, and ${role} has none`,
        cause: cause([role, "dashboard", "order-api"], SCALE),
      },
      (edited) => {
        edited.spec("ScaledObject", role).scaleTargetRef.name = role === "dashboard" ? "order-api" : "dashboard";
      },
    ),
    plan(
      {
        id: `autoscaler-dropped:${role}`,
        harm: `nobody says how many pods ${role} has: it is one`,
        cause: cause([role], /replica|scal|one|number|pod/i),
      },
      (edited) => edited.drop("ScaledObject", role),
    ),
    plan({ id: `paused:${role}`, harm: `KEDA is told to keep ${role} at one pod`, cause: cause([role], /pause/i) }, (edited) => {
      edited.inputs("ScaledObject", role).metadata.annotations["autoscaling.keda.sh/paused-replicas"] = "1";
    }),
    plan(
      {
        id: `replicas-beside-the-autoscaler:${role}`,
        harm: `each deploy sets ${role} back to two pods under load`,
        cause: cause([role], /replicas|owner/i),
      },
      (edited) => {
        edited.spec("Deployment", role).replicas = 2;
      },
    ),
    plan(
      {
        id: "target-of-the-relay-unknown",
        harm: "the autoscaler is for a Deployment that is not there: the relay stays one pod",
        cause: cause(["outbox-relay"], SCALE),
      },
      (edited) => {
        edited.spec("HorizontalPodAutoscaler", "outbox-relay").scaleTargetRef.name = "relay";
      },
    ),
    plan(
      {
        id: "cpu-of-unknown-container-of-the-relay",
        harm: "the pods have no container of this name: the relay stays two pods",
        cause: cause(["outbox-relay"], /container/i),
      },
      (edited) => {
        edited.spec("HorizontalPodAutoscaler", "outbox-relay").metrics[0].containerResource.container = "relay";
      },
    ),
    plan(
      {
        id: `never-up:${role}`,
        harm: `${role} may never be scaled up`,
        cause: cause([role], /selectPolicy|Disabled|scaleUp|up\b/i),
      },
      (edited) => {
        edited.spec("ScaledObject", role).advanced.horizontalPodAutoscalerConfig.behavior.scaleUp = { selectPolicy: "Disabled" };
      },
    ),
    plan(
      {
        id: `up-after-an-hour:${role}`,
        harm: `load has to last an hour before ${role} gets a pod more`,
        cause: cause([role], /stabiliz|window|scaleUp|3600|hour/i),
      },
      (edited) => {
        edited.spec("ScaledObject", role).advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.stabilizationWindowSeconds =
          3600;
      },
    ),
    plan(
      {
        id: `range-of-one:${role}`,
        harm: `${role} may have as many pods at most as at least: load adds none`,
        cause: cause([role], /min|max|range|equal/i),
      },
      (edited) => {
        const spec = edited.spec("ScaledObject", role);
        spec.maxReplicaCount = spec.minReplicaCount;
      },
    ),
    plan(
      {
        id: `range-upside-down:${role}`,
        harm: "the most is below the least: the autoscaler is refused",
        cause: cause([role], /min|max|range/i),
      },
      (edited) => {
        edited.spec("ScaledObject", role).maxReplicaCount = 1;
      },
    ),
    plan(
      {
        id: `without-cpu-request:${role === "pricing" ? "order-api" : role}`,
        harm: "without a request there is no share of it: CPU adds no pod",
        cause: cause(["order-api", "dashboard", "order-intake"], /cpu|request/i),
      },
      (edited) => {
        delete edited.container("Deployment", role === "pricing" ? "order-api" : role).resources.requests.cpu;
      },
    ),
    file(
      {
        id: "one-consumer-at-a-time",
        harm: "one consumer alone gets messages: each further pod of order-intake is idle, and a backlog is worked off by one",
        cause: cause(["orders.inbound", "order-intake"], /single|active|consumer/i),
      },
      (edited) => edited.set("mes:broker/queues/orders.inbound/singleActiveConsumer", true),
    ),
    plan(
      {
        id: "one-consumer-at-a-time-of-the-component",
        harm: "one consumer alone gets messages: each further pod of order-intake is idle",
        cause: cause(["orders.inbound", "order-intake"], /single|active|consumer/i),
      },
      (edited) => {
        edited.spec("Queue", "orders.inbound").arguments = { "x-single-active-consumer": true };
      },
    ),
    file(
      {
        id: "threshold-beyond-the-queue",
        harm: "the queue refuses orders before it is long enough to add a pod",
        cause: cause(["orders.inbound", "order-intake"], /length|threshold|max/i),
      },
      (edited) => {
        edited.set("mes:roles/order-intake/scale/queue/0/length", 600000);
      },
    ),
    file(
      {
        id: "falls-back-to-one",
        harm: "while nothing can be measured order-intake is set to one pod, in the middle of an outage",
        cause: cause(["order-intake", "fallback"], /fallback|min|replicas/i),
      },
      (edited) => edited.set("mes:roles/order-intake/scale/fallback", { behavior: "static", replicas: 1 }),
    ),
    file(
      {
        id: "measured-once-an-hour",
        harm: "the queue is looked at once an hour",
        cause: cause(["order-intake", "pollingInterval"], /polling|interval|hour/i),
      },
      (edited) => edited.set("mes:roles/order-intake/scale/pollingInterval", "1h"),
    ),
  ];
};

export const scaling: readonly Generator<Harmful>[] = [triggers, targets];
