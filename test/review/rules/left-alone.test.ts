import type { Plan } from "../../../review/plan/plan";
import { disruptionBudgets } from "../../../review/rules/disruption-budgets";
import { objectsAccepted } from "../../../review/rules/objects-accepted";
import { operatorsAct } from "../../../review/rules/operators-act";
import { probesTell } from "../../../review/rules/probes-tell";
import { scalingActs } from "../../../review/rules/scaling-acts";
import { planned } from "../../helpers/plans";
import { changedIn, containersOf, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

/* Objects that nobody looks after, and fields that exclude each other: in the real plan, one change at a time, with the nearest harmless ones. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const values =
  (change: (values: Inputs) => void): Change =>
  (inputs) =>
    change((inputs.values ??= {}));
const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const pod =
  (change: (pod: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec.template.spec);
const release = (inputs: Inputs, name: string) => inputs.name === name;

function ofRelease(name: string, change: Change): string[] {
  const changed = changedIn(plan, "Release", change, (inputs) => release(inputs, name));
  return operatorsAct.check(changed).map(({ path, message }) => `${path}: ${message}`);
}

describe("an operator looks after its objects", () => {
  it.each([
    ["keda", (v: Inputs) => (v.watchNamespace = "keda"), /values.watchNamespace: keda looks at keda alone/],
    ["cloudnative-pg", (v: Inputs) => (v.config = { clusterWide: false }), /looks at mes-operators alone.*mes-data/],
    ["cloudnative-pg", (v: Inputs) => (v.config = { data: { WATCH_NAMESPACE: "other" } }), /looks at other alone/],
    [
      "prometheus-operator",
      (v: Inputs) => (v.prometheusOperator.denyNamespaces = ["mes-observability"]),
      /leaves out mes-observ/,
    ],
    [
      "prometheus-operator",
      (v: Inputs) => (v.prometheusOperator.prometheusInstanceNamespaces = ["monitoring"]),
      /looks at monitoring alone.*Prometheus/,
    ],
    ["cert-manager", (v: Inputs) => (v.extraArgs = ["--namespace=mes"]), /looks at mes alone/],
    ["rabbitmq", (v: Inputs) => (v.clusterOperator.watchAllNamespaces = false), /looks at mes-operators alone.*RabbitmqCluster/],
    [
      "rabbitmq",
      (v: Inputs) => Object.assign(v.msgTopologyOperator, { watchAllNamespaces: false, watchNamespaces: ["shop"] }),
      /msgTopologyOperator.watchNamespaces: .*looks at shop alone/,
    ],
  ])("%s is told of another namespace", (name, change, expected) => {
    expect(ofRelease(name, values(change)).join("\n")).toMatch(expected);
  });

  it.each([
    ["cloudnative-pg", (v: Inputs) => (v.config = { clusterWide: true })],
    ["prometheus-operator", (v: Inputs) => (v.prometheusOperator.denyNamespaces = ["kube-system"])],
    ["keda", (v: Inputs) => (v.watchNamespace = "")],
    ["keda", (v: Inputs) => (v.watchNamespace = "mes,mes-data")],
    // All are watched, and the list does not count.
    ["rabbitmq", (v: Inputs) => (v.clusterOperator.watchNamespaces = ["shop"])],
    [
      "prometheus-operator",
      (v: Inputs) => {
        v.prometheusOperator.denyNamespaces = ["shop"];
        v.prometheusOperator.prometheusInstanceNamespaces = ["mes-observability"];
      },
    ],
  ])("%s is told of all it is for", (name, change) => {
    expect(ofRelease(name, values(change))).toEqual([]);
  });

  it("comes over TLS", () => {
    const plain: Change = (inputs) => (inputs.repositoryOpts = { repo: "http://charts.example.com/keda" });
    expect(ofRelease("keda", plain).join("\n")).toMatch(/repositoryOpts.repo: http:.*use https/);
  });

  it("may come without TLS from the next room, with a warning", () => {
    const plain: Change = (inputs) => (inputs.repositoryOpts = { repo: "http://charts.shop.internal:8080/keda" });
    const changed = changedIn(plan, "Release", plain, (inputs) => release(inputs, "keda"));
    expect(operatorsAct.check(changed).map(({ severity }) => severity)).toEqual(["warning"]);
  });

  it.each([
    [{ inProgress: true }, ["warning"]],
    [{ inProgress: true, reusePVC: false }, []],
    [{ inProgress: false }, []],
  ])("has a maintenance window %j", (nodeMaintenanceWindow, expected) => {
    const changed = changedIn(
      plan,
      "Cluster",
      spec((s) => (s.nodeMaintenanceWindow = nodeMaintenanceWindow)),
      named("postgres"),
    );
    expect(operatorsAct.check(changed).map(({ severity }) => severity)).toEqual(expected);
  });

  it.each<Edit>([
    [
      "it is left alone by a label",
      "RabbitmqCluster",
      "broker",
      (o) => (o.metadata.labels["rabbitmq.com/pauseReconciliation"] = "true"),
      /pauses RabbitmqCluster/,
    ],
    [
      "it is left alone by an annotation",
      "Cluster",
      "postgres",
      (o) => (o.metadata.annotations["cnpg.io/reconciliationLoop"] = "disabled"),
      /there is no failover/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(plan, operatorsAct, edit).join("\n")).toMatch(edit[4]);
  });
});

const RELAY = ["Deployment", "outbox-relay"] as const;
const REFUSED: readonly Edit[] = [
  [
    "two spreads of one kind",
    ...RELAY,
    pod((p) => p.topologySpreadConstraints.push(structuredClone(p.topologySpreadConstraints[0]))),
    /there is a spread over .* already/,
  ],
  [
    "two things at once in a hook",
    ...RELAY,
    (o) => (containersOf(o)[0].lifecycle = { preStop: { sleep: { seconds: 5 }, exec: { command: ["sleep", "5"] } } }),
    /does exec and sleep at once/,
  ],
  ["a hook without a thing", ...RELAY, (o) => (containersOf(o)[0].lifecycle = { preStop: {} }), /does nothing/],
  [
    "a value beside Exists",
    ...RELAY,
    pod((p) => (p.tolerations = [{ operator: "Exists", key: "a", value: "b" }])),
    /Exists asks/,
  ],
  ["two sources of a volume", ...RELAY, pod((p) => (p.volumes[0].hostPath = { path: "/x" })), /at once, and refused/],
  ["no name server", ...RELAY, pod((p) => (p.dnsPolicy = "None")), /None without a name server/],
  [
    "everything beside no escalation",
    ...RELAY,
    (o) => (containersOf(o)[0].securityContext.capabilities.add = ["CAP_SYS_ADMIN"]),
    /allows everything beside allowPrivilegeEscalation/,
  ],
  ["a folder outside of the volume", ...RELAY, (o) => (containersOf(o)[0].volumeMounts[0].subPath = "../x"), /leads out of/],
  ["a port in capitals", "Service", "pricing", spec((s) => (s.ports[0].name = "HTTP")), /HTTP is no name of a port/],
  [
    "blocks of clients without a balancer",
    "Service",
    "pricing",
    spec((s) => (s.loadBalancerSourceRanges = ["10.0.0.0/8"])),
    /goes/,
  ],
  [
    "a disk on many nodes",
    "StatefulSet",
    "loki",
    spec((s) => Object.assign(s.volumeClaimTemplates[0].spec, { accessModes: ["ReadWriteMany"], storageClassName: "gp3" })),
    /one node/,
  ],
  [
    "replication said twice",
    "Cluster",
    "postgres",
    spec((s) => (s.minSyncReplicas = s.maxSyncReplicas = 1)),
    /webhook refuses both/,
  ],
  [
    "more replicas than there are",
    "Cluster",
    "postgres",
    spec((s) => (s.postgresql.synchronous.number = 3)),
    /waits for 3 replicas, and there are 2/,
  ],
  [
    "two beginnings",
    "Cluster",
    "postgres",
    spec((s) => (s.bootstrap.recovery = { source: "x" })),
    /begins by initdb and recovery/,
  ],
  [
    "a role of Postgres",
    "Cluster",
    "postgres",
    spec((s) => s.managed.roles.push({ name: "postgres", ensure: "present" })),
    /belongs to Postgres/,
  ],
  ["no time zone", "Cluster", "postgres", spec((s) => (s.postgresql.parameters.timezone = "Europe/Berlln")), /is no time zone/],
];

describe("what is refused", () => {
  it.each(REFUSED)("%s", (...edit) => {
    expect(errorsAfter(plan, objectsAccepted, edit).join("\n")).toMatch(edit[4]);
  });

  it.each<readonly [string, string, string, Change]>([
    ["a zone that Postgres knows", "Cluster", "postgres", spec((s) => (s.postgresql.parameters.timezone = "Europe/Berlin"))],
    ["a hook that waits", ...RELAY, (o) => (containersOf(o)[0].lifecycle = { preStop: { sleep: { seconds: 5 } } })],
    [
      "the program's own claim of a file system",
      "StatefulSet",
      "loki",
      spec((s) =>
        Object.assign(s.volumeClaimTemplates[0].spec, { accessModes: ["ReadWriteMany"], storageClassName: "efs-standard" }),
      ),
    ],
    ["a taint that is tolerated", ...RELAY, pod((p) => (p.tolerations = [{ operator: "Exists", key: "spot" }]))],
  ])("is not %s", (...edit) => {
    expect(errorsAfter(plan, objectsAccepted, edit)).toEqual([]);
  });
});

describe("the command of a probe", () => {
  const asks = (command: string): string[] =>
    errorsAfter(plan, probesTell, [
      "",
      "Deployment",
      "cache",
      (o) => (containersOf(o)[0].livenessProbe.exec.command = ["sh", "-c", command]),
    ]);
  const PING = "valkey-cli --tls -h localhost -p 6379 ping";

  it.each([
    [`${PING} | grep -q pong`, /looks for pong, and the answer is PONG/],
    ["valkey-cli --tls -h localhost -p 6380 ping", /asks the port 6380/],
    [`${PING} | grep -q 'PONG|NOAUTH'`, /looks for PONG\|NOAUTH/],
    ["pg_isready -h localhost | grep -q accepted", /looks for accepted/],
  ])("%s fails", (command, expected) => {
    expect(asks(command).join("\n")).toMatch(expected);
  });

  it.each([
    PING,
    `${PING} | grep -qi pong`,
    `${PING} | grep -qE 'PONG|NOAUTH'`,
    String.raw`${PING} | grep -q 'PONG\|LOADING'`,
    `${PING} | grep -v LOADING`,
    `${PING} | grep -m 1 PONG`,
    `${PING} hello | grep hello`,
    `${PING} | grep -q LOADING || true`,
    "pg_isready -h localhost | grep -q '5432 - accepting'",
    "rabbitmq-diagnostics -q ping | grep -q succeeded",
  ])("%s is fine", (command) => {
    expect(asks(command)).toEqual([]);
  });
});

describe("an autoscaler", () => {
  it.each<Edit>([
    ["sleeps for ever", "ScaledObject", "pricing", spec((s) => (s.idleReplicaCount = 0)), /nothing starts the first one/],
    [
      "has the name of another",
      "ScaledObject",
      "order-api",
      spec((s) => (s.advanced.horizontalPodAutoscalerConfig.name = "keda-hpa-order-intake")),
      /takes it away from the other/,
    ],
    [
      "speaks another protocol than its address",
      "ScaledObject",
      "order-intake",
      spec((s) => (s.triggers.find((one: Inputs) => one.type === "rabbitmq").metadata.protocol = "amqp")),
      /speaks amqp to an address that begins with https/,
    ],
    [
      "has an answer for each pod",
      "ScaledObject",
      "dashboard",
      spec(
        (s) =>
          (s.triggers.find((one: Inputs) => one.type === "prometheus").metadata.query =
            'rate(http_server_request_duration_seconds_count{namespace="mes",job="dashboard"}[2m])'),
      ),
      /several series/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(plan, scalingActs, edit).join("\n")).toMatch(edit[4]);
  });

  it.each([
    'sum(rate(http_server_request_duration_seconds_count{job="dashboard"}[2m]))',
    'histogram_quantile(0.9, sum by (le) (rate(http_server_request_duration_seconds_bucket{job="dashboard"}[2m])))',
    'max by (queue) (rabbitmq_detailed_queue_messages{queue="orders",job="broker"})',
    'exporter_of_one_pod{job="exporter"}',
  ])("may ask for %s", (query) => {
    const ask = spec((s) => (s.triggers.find((one: Inputs) => one.type === "prometheus").metadata.query = query));
    expect(
      errorsAfter(plan, scalingActs, ["", "ScaledObject", "dashboard", ask]).filter((one) => one.includes("several series")),
    ).toEqual([]);
  });

  it("is measured on the nodes of its pods", () => {
    const changed = changedIn(
      plan,
      "DaemonSet",
      pod((p) => (p.tolerations = [])),
      named("dcgm-exporter"),
    );
    expect(scalingActs.check(changed).map(({ message }) => message)).toEqual([
      expect.stringMatching(/does not tolerate the taint .*gpu, as pods of .*pricing do/),
    ]);
  });
});

it("warns of a budget that one failed pod holds up", () => {
  const changed = changedIn(
    plan,
    "PodDisruptionBudget",
    spec((s) => (s.unhealthyPodEvictionPolicy = "IfHealthyBudget")),
    named("order-intake"),
  );
  expect(disruptionBudgets.check(changed).map(({ severity, path }) => `${severity} ${path}`)).toEqual([
    "warning spec.unhealthyPodEvictionPolicy",
  ]);
});
