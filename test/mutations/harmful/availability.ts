import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("availability");

const ROLES = ["order-intake", "order-api", "outbox-relay", "pricing"];

const spread: Generator<Harmful> = ({ random }) => {
  const role = () => random.one(ROLES);
  const [other, none, wrongKey] = [role(), role(), role()];
  const says = /spread|zone|selector|select|topology|affinity|label|node|place/i;
  return [
    plan(
      {
        id: `spread-of-other-pods:${other}`,
        harm: `the spread of ${other} counts another program's pods: its own may all be in one zone, and go with it`,
        cause: cause([other], says),
      },
      (edited) => {
        for (const constraint of edited.pod("Deployment", other).topologySpreadConstraints)
          constraint.labelSelector.matchLabels["app.kubernetes.io/name"] = "dashboard";
      },
    ),
    plan(
      {
        id: `spread-dropped:${none}`,
        harm: `all pods of ${none} may run in one zone, and go with it`,
        cause: cause([none], says),
      },
      (edited) => without(edited.pod("Deployment", none), "topologySpreadConstraints"),
    ),
    plan(
      {
        id: `spread-by-removed-label:${wrongKey}`,
        harm: "nodes have not had this label for years: a pod that must be spread by it never runs",
        cause: cause([wrongKey], says),
      },
      (edited) => {
        edited.pod("Deployment", wrongKey).topologySpreadConstraints[0].topologyKey = "failure-domain.beta.kubernetes.io/zone";
      },
    ),
    plan(
      {
        id: `spread-as-wished:${other}`,
        harm: `with the zones full of others all pods of ${other} may run in one, and go with it`,
        cause: cause([other], /ScheduleAnyway|DoNotSchedule|spread|zone|skew/i),
      },
      (edited) => {
        Object.assign(edited.pod("Deployment", other).topologySpreadConstraints[0], {
          whenUnsatisfiable: "ScheduleAnyway",
          maxSkew: 20,
        });
      },
    ),
    plan(
      {
        id: "database-shares-a-node",
        harm: "two of three instances may run on one node: its loss stops all writing",
        cause: cause(["postgres"], says),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").affinity.podAntiAffinityType = "preferred";
      },
    ),
    plan(
      { id: "database-without-anti-affinity", harm: "all instances may run on one node", cause: cause(["postgres"], says) },
      (edited) => {
        edited.spec("Cluster", "postgres").affinity.enablePodAntiAffinity = false;
      },
    ),
    plan(
      { id: "database-not-spread", harm: "all instances may run in one zone, and go with it", cause: cause(["postgres"], says) },
      (edited) => without(edited.spec("Cluster", "postgres"), "topologySpreadConstraints"),
    ),
    plan(
      {
        id: "database-spread-of-other-pods",
        harm: "the spread counts pods of a cluster that is not there: all instances may run in one zone",
        cause: cause(["postgres"], says),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").topologySpreadConstraints[0].labelSelector.matchLabels["cnpg.io/cluster"] = "mes";
      },
    ),
    plan(
      {
        id: "broker-shares-a-node",
        harm: "two of three nodes of the broker may run on one machine: its loss stops every queue",
        cause: cause(["broker"], says),
      },
      (edited) => without(edited.spec("RabbitmqCluster", "broker"), "affinity"),
    ),
    plan(
      {
        id: "broker-anti-affinity-of-other-pods",
        harm: "the anti-affinity is against pods that are not there: two nodes of the broker may run on one machine",
        cause: cause(["broker"], says),
      },
      (edited) => {
        const [term] = edited.spec("RabbitmqCluster", "broker").affinity.podAntiAffinity
          .requiredDuringSchedulingIgnoredDuringExecution;
        term.labelSelector.matchLabels = { "app.kubernetes.io/name": "rabbitmq" };
      },
    ),
    plan(
      {
        id: "broker-not-spread",
        harm: "all nodes of the broker may run in one zone, and go with it",
        cause: cause(["broker"], says),
      },
      (edited) =>
        without(edited.spec("RabbitmqCluster", "broker").override.statefulSet.spec.template.spec, "topologySpreadConstraints"),
    ),
    plan(
      {
        id: "poolers-not-spread",
        harm: "all poolers may run on one node in one zone: with it nobody reaches the database",
        cause: cause(["postgres-pooler-rw"], says),
      },
      (edited) => without(edited.pod("Pooler", "postgres-pooler-rw"), "topologySpreadConstraints"),
    ),
    file(
      {
        id: "two-zones",
        harm: "two of three nodes of the broker are in one of two zones: its loss stops every queue",
        cause: cause(["zone"], /zone|major|quorum|two|lost/i),
      },
      (edited) => edited.set("mes:cluster/zones", ["eu-central-1a", "eu-central-1b"]),
    ),
    file(
      { id: "one-zone", harm: "everything is in one zone, and goes with it", cause: cause(["zone"], /zone|lost|one/i) },
      (edited) => edited.set("mes:cluster/zones", ["eu-central-1a"]),
    ),
  ];
};

const numbers: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "outbox-relay", "pricing"]);
  const fixed = random.one(["order-intake", "order-api"]);
  const served = random.one(["order-api", "pricing"]);
  const says = /one|single|replica|pod|min|two|spare|lost|instance|quorum|odd|gap|1\b/i;
  return [
    file(
      {
        id: `one-pod-at-least:${role}`,
        harm: `at quiet times ${role} is one pod: each drained node stops its orders`,
        cause: cause([role], says),
      },
      (edited) => edited.set(`mes:roles/${role}/scale/min`, 1),
    ),
    file(
      { id: `one-pod:${fixed}`, harm: `${fixed} is one pod: each drained node stops its orders`, cause: cause([fixed], says) },
      (edited) => {
        edited.remove(`mes:roles/${fixed}/scale`);
        edited.set(`mes:roles/${fixed}/replicas`, 1);
      },
    ),
    file(
      {
        id: "one-pooler",
        harm: "the one pooler is between every order and the database: each drained node stops all",
        cause: cause(["pooler"], says),
      },
      (edited) => edited.set("mes:postgres/poolers/rw/instances", 1),
    ),
    file(
      {
        id: "two-nodes-of-the-broker",
        harm: "a majority of two is two: the loss of one stops every queue",
        cause: cause(["broker"], says),
      },
      (edited) => edited.set("mes:broker/replicas", 2),
    ),
    file(
      {
        id: "two-instances-of-the-database",
        harm: "with one of two lost no order is written, since the other one has nobody to wait for",
        cause: cause(["postgres"], says),
      },
      (edited) => edited.set("mes:postgres/instances", 2),
    ),
    file(
      {
        id: "one-prometheus",
        harm: "while the one Prometheus is moved no alert fires, and nobody knows",
        cause: cause(["prometheus"], says),
      },
      (edited) => edited.set("mes:monitoring/prometheus/replicas", 1),
    ),
    file(
      {
        id: "one-alertmanager",
        harm: "while the one Alertmanager is moved no alert reaches anybody",
        cause: cause(["alertmanager", "alerting"], says),
      },
      (edited) => edited.set("mes:monitoring/alerting/replicas", 1),
    ),
    plan(
      {
        id: `autoscaler-lets-it-go:${served}`,
        harm: `a slip lets ${served} fall to no pod at quiet times, and without a pod there is no request to wake it`,
        cause: cause([served], /min|zero|0|pod|replica/i),
      },
      (edited) => {
        edited.spec("ScaledObject", served).minReplicaCount = 0;
      },
    ),
    plan(
      {
        id: "autoscaler-leaves-one-relay",
        harm: "at quiet times the relay is one pod: each drained node stops what is sent",
        cause: cause(["outbox-relay"], says),
      },
      (edited) => {
        edited.spec("HorizontalPodAutoscaler", "outbox-relay").minReplicas = 1;
      },
    ),
  ];
};

const priorities: Generator<Harmful> = ({ random }) => {
  const says = /priorit|preempt|evict|class/i;
  const role = random.one(["order-intake", "order-api", "outbox-relay"]);
  return [
    file(
      {
        id: `standard-priority:${role}`,
        harm: `pods of ${role} go first when nodes are full, and nobody is woken when they are down`,
        cause: cause([role], says),
      },
      (edited) => edited.set(`mes:roles/${role}/priority`, "standard"),
    ),
    plan(
      {
        id: "database-below-its-clients",
        harm: "a client's pod may push the database off its node",
        cause: cause(["postgres"], says),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").priorityClassName = "mes-standard";
      },
    ),
    plan(
      {
        id: "database-without-priority",
        harm: "any pod of the platform may push the database off its node",
        cause: cause(["postgres"], says),
      },
      (edited) => without(edited.spec("Cluster", "postgres"), "priorityClassName"),
    ),
    plan(
      {
        id: "broker-below-its-clients",
        harm: "a client's pod may push a node of the broker off its machine",
        cause: cause(["broker"], says),
      },
      (edited) => {
        edited.spec("RabbitmqCluster", "broker").override.statefulSet.spec.template.spec.priorityClassName = "mes-standard";
      },
    ),
    plan(
      {
        id: "poolers-without-priority",
        harm: "any pod of the platform may push the poolers off their nodes",
        cause: cause(["postgres-pooler-rw"], says),
      },
      (edited) => without(edited.pod("Pooler", "postgres-pooler-rw"), "priorityClassName"),
    ),
    plan(
      {
        id: "class-of-data-too-low",
        harm: "the class of database and broker is below that of their clients, which push them off their nodes",
        cause: cause(["mes-data", "postgres", "broker"], says),
      },
      (edited) => {
        edited.inputs("PriorityClass", "mes-data").value = 1000;
      },
    ),
    plan(
      {
        id: "class-for-everybody",
        harm: "every pod of the cluster without a class gets that of the orders, and pushes ours off their nodes",
        cause: cause(["mes-orders"], /globalDefault|default|priorit/i),
      },
      (edited) => {
        edited.inputs("PriorityClass", "mes-orders").globalDefault = true;
      },
    ),
  ];
};

const probes: Generator<Harmful> = ({ random }) => {
  const says = /readiness|liveness|startup|probe|health|ready|live|dependen|restart/i;
  const role = () => random.one(ROLES);
  const [first, second, third, fourth] = [role(), role(), role(), role()];
  return [
    plan(
      {
        id: `readiness-dropped:${first}`,
        harm: `pods of ${first} get work before they can do it, and go on getting it when they cannot`,
        cause: cause([first], says),
      },
      (edited) => without(edited.container("Deployment", first), "readinessProbe"),
    ),
    plan(
      {
        id: `liveness-asks-dependencies:${second}`,
        harm: `the probe fails with database and broker: all pods of ${second} are restarted at once in the middle of an outage`,
        cause: cause([second], says),
      },
      (edited) => {
        edited.container("Deployment", second).livenessProbe.httpGet.path = "/health/ready";
      },
    ),
    file(
      {
        id: `liveness-of-the-file-asks-dependencies:${third}`,
        harm: `the probe fails with database and broker: all pods of ${third} are restarted at once in the middle of an outage`,
        cause: cause([third], says),
      },
      (edited) => edited.set(`mes:roles/${third}/probes/liveness/path`, "/health/ready"),
    ),
    file(
      {
        id: `liveness-without-patience:${fourth}`,
        harm: `one answer that takes longer than a second restarts a pod of ${fourth}, as under load all of them do`,
        cause: cause([fourth], says),
      },
      (edited) => edited.set(`mes:roles/${fourth}/probes/liveness`, { period: "2s", timeout: "1s", failures: 1 }),
    ),
    plan(
      {
        id: `startup-dropped:${first}`,
        harm: `liveness counts while ${first} still starts: a slow start is restarted for ever`,
        cause: cause([first], says),
      },
      (edited) => without(edited.container("Deployment", first), "startupProbe"),
    ),
    plan(
      {
        id: `readiness-of-unknown-port:${second}`,
        harm: `the probe asks a port that the container does not have: no pod of ${second} is ever ready`,
        cause: cause([second], /probe|port/i),
      },
      (edited) => {
        edited.container("Deployment", second).readinessProbe.httpGet.port = "management";
      },
    ),
    plan(
      {
        id: `probe-of-another-port:${third}`,
        harm: `the probe asks a port that nothing listens on: no pod of ${third} is ever ready`,
        cause: cause([third], /probe|port/i),
      },
      (edited) => {
        edited.container("Deployment", third).readinessProbe.httpGet.port = 9090;
      },
    ),
    plan(
      {
        id: "cache-probe-of-another-port",
        harm: "the probe asks a port that nothing listens on: the exporter is restarted for ever",
        cause: cause(["cache"], /probe|port/i),
      },
      (edited) => {
        edited.pod("Deployment", "cache").containers[1].livenessProbe.httpGet.port = "health";
      },
    ),
  ];
};

const rollouts: Generator<Harmful> = ({ random }) => {
  const role = random.one(ROLES);
  const says = /strategy|rollout|rolling|maxUnavailable|Recreate|once|all|surge/i;
  const budget = /budget|disruption|evict|drain|PodDisruptionBudget|maxUnavailable|minAvailable|select/i;
  return [
    plan(
      {
        id: `recreate:${role}`,
        harm: `each rollout ends all pods of ${role} before the first new one is there`,
        cause: cause([role], says),
      },
      (edited) => {
        edited.spec("Deployment", role).strategy = { type: "Recreate" };
      },
    ),
    plan(
      { id: `all-at-once:${role}`, harm: `each rollout ends all pods of ${role} at once`, cause: cause([role], says) },
      (edited) => {
        edited.spec("Deployment", role).strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: "100%" };
      },
    ),
    file(
      {
        id: `all-at-once-of-the-file:${role}`,
        harm: `each rollout ends all pods of ${role} at once`,
        cause: cause([role], says),
      },
      (edited) => edited.set(`mes:roles/${role}/rollout`, { maxSurge: 0, maxUnavailable: "100%" }),
    ),
    plan(
      {
        id: "poolers-all-at-once",
        harm: "each rollout ends all poolers at once: nobody reaches the database",
        cause: cause(["postgres-pooler-rw"], says),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").deploymentStrategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 3 };
      },
    ),
    plan(
      { id: `budget-dropped:${role}`, harm: `two drained nodes take all pods of ${role} at once`, cause: cause([role], budget) },
      (edited) => edited.drop("PodDisruptionBudget", role),
    ),
    plan(
      { id: `budget-lets-all-go:${role}`, harm: `a drain may take all pods of ${role} at once`, cause: cause([role], budget) },
      (edited) => {
        edited.spec("PodDisruptionBudget", role).maxUnavailable = "100%";
      },
    ),
    plan(
      {
        id: `budget-lets-none-go:${role}`,
        harm: "no node with such a pod can ever be drained: updates of the cluster stop",
        cause: cause([role], budget),
      },
      (edited) => {
        edited.spec("PodDisruptionBudget", role).maxUnavailable = 0;
      },
    ),
    plan(
      {
        id: `budget-of-other-pods:${role}`,
        harm: `the budget selects no pod: a drain may take all of ${role} at once`,
        cause: cause([role], budget),
      },
      (edited) => {
        edited.spec("PodDisruptionBudget", role).selector.matchLabels["app.kubernetes.io/name"] = `${role}s`;
      },
    ),
    plan(
      {
        id: "budget-of-the-broker-dropped",
        harm: "a drain of two nodes takes the majority of every queue",
        cause: cause(["broker"], budget),
      },
      (edited) => edited.drop("PodDisruptionBudget", "broker"),
    ),
    plan(
      {
        id: "budget-of-the-broker-lets-two-go",
        harm: "a drain may take the majority of every queue",
        cause: cause(["broker"], /budget|disruption|quorum|major|maxUnavailable/i),
      },
      (edited) => {
        edited.spec("PodDisruptionBudget", "broker").maxUnavailable = 2;
      },
    ),
    plan(
      {
        id: "database-without-budget",
        harm: "a drain may take the primary and its replicas at once",
        cause: cause(["postgres"], /PDB|budget|disruption/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").enablePDB = false;
      },
    ),
    plan(
      {
        id: "two-budgets",
        harm: "Kubernetes evicts no pod that two budgets select: nodes can never be drained",
        cause: cause([role, "second"], /budget|two|several|both|more than one/i),
      },
      (edited) => edited.copy("PodDisruptionBudget", role, "second", () => undefined),
    ),
  ];
};

export const availability: readonly Generator<Harmful>[] = [spread, numbers, priorities, probes, rollouts];
