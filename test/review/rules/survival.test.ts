import type { Plan } from "../../../review/plan/plan";
import { podsSurvive } from "../../../review/rules/pods-survive";
import { probesTell } from "../../../review/rules/probes-tell";
import { deployment, found, object } from "../fixtures";
import { planned } from "../../helpers/plans";
import { containersOf, errorsAfter, type Change, type Edit, type Inputs } from "./changed-plan";

/* What is left when a node, a zone, an update or a slow database has had its way: in the real plan, one change at a time. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const pod = (change: (pod: Inputs) => void) => spec((s) => change(s.template.spec));
const probe = (name: string, change: (probe: Inputs, container: Inputs) => void): Change => {
  return (inputs) => {
    const [container] = containersOf(inputs);
    change(container[name], container);
  };
};
const broker = (change: (pod: Inputs, spec: Inputs) => void) => spec((s) => change(s.override.statefulSet.spec.template.spec, s));

describe("pods", () => {
  const GONE: readonly Edit[] = [
    [
      "one pod of the API",
      "ScaledObject",
      "order-api",
      spec((s) => (s.minReplicaCount = 1)),
      /1 pod of Deployment mes\/order-api .*mes:roles.order-api.scale.min/,
    ],
    [
      "none of the intake",
      "ScaledObject",
      "order-intake",
      spec((s) => (s.minReplicaCount = 0)),
      /0 pods of Deployment mes\/order-intake/,
    ],
    [
      "one pod that the API asks",
      "ScaledObject",
      "pricing",
      spec((s) => (s.minReplicaCount = 1)),
      /1 pod of Deployment mes\/pricing/,
    ],
    ["one relay", "HorizontalPodAutoscaler", "", spec((s) => (s.minReplicas = 1)), /1 pod of Deployment mes\/outbox-relay/],
    ["one pooler", "Pooler", "postgres-pooler-rw", spec((s) => (s.instances = 1)), /mes:postgres.poolers/],
    ["no pod at all", "Deployment", "jaeger", spec((s) => (s.replicas = 0)), /no pod at all/],
    [
      "a spread of others",
      "Deployment",
      "order-api",
      pod((p) => (p.topologySpreadConstraints[0].labelSelector.matchLabels = { app: "x" })),
      /selects other pods/,
    ],
    [
      "a spread of the broker's others",
      "RabbitmqCluster",
      "",
      broker((p) => (p.topologySpreadConstraints[0].labelSelector = { matchLabels: { app: "rabbitmq" } })),
      /selects other pods/,
    ],
    ["no spread", "Deployment", "order-intake", pod((p) => delete p.topologySpreadConstraints), /nothing keeps the 20 pods/],
    ["no spread of poolers", "Pooler", "", pod((p) => delete p.topologySpreadConstraints), /nothing keeps the 3 pods/],
    [
      "an uneven one",
      "Deployment",
      "order-api",
      pod((p) => (p.topologySpreadConstraints[0].maxSkew = 20)),
      /all may be in one place/,
    ],
    [
      "by a key that no node has",
      "Deployment",
      "order-api",
      pod((p) => (p.topologySpreadConstraints[0].topologyKey = "topology.kubernetes.io/zones")),
      /no label of nodes/,
    ],
    [
      "a lost zone that still counts",
      "Deployment",
      "order-api",
      pod((p) => delete p.topologySpreadConstraints[0].nodeTaintsPolicy),
      /nodeTaintsPolicy: Honor/,
    ],
    ["a database in one zone", "Cluster", "", spec((s) => delete s.topologySpreadConstraints), /one zone may take the majority/],
    [
      "wherever there is room",
      "Cluster",
      "",
      spec((s) => (s.topologySpreadConstraints[0].whenUnsatisfiable = "ScheduleAnyway")),
      /with DoNotSchedule/,
    ],
    [
      "a broker in one zone",
      "RabbitmqCluster",
      "",
      broker((p) => delete p.topologySpreadConstraints),
      /one zone may take the majority/,
    ],
    [
      "kept from nobody",
      "RabbitmqCluster",
      "",
      broker(
        (_, s) =>
          (s.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels = { app: "x" }),
      ),
      /away from no pods/,
    ],
    [
      "five on three nodes",
      "Cluster",
      "",
      spec((s) => Object.assign(s, { instances: 5, affinity: { enablePodAntiAffinity: false } })),
      /may run on one node/,
    ],
    [
      "all in one zone",
      "Deployment",
      "order-api",
      pod((p) => (p.nodeSelector = { "topology.kubernetes.io/zone": "eu-central-1a" })),
      /run in eu-central-1a, and are lost with it/,
    ],
    ["data below its clients", "Cluster", "", spec((s) => (s.priorityClassName = "mes-standard")), /more important than Cluster/],
    ["data of no class", "RabbitmqCluster", "", broker((p) => delete p.priorityClassName), /more important than RabbitmqCluster/],
    ["a class that was lowered", "PriorityClass", "mes-data", (c) => (c.value = 100), /more important/],
    ["all at once", "Deployment", "order-api", spec((s) => (s.strategy = { type: "Recreate" })), /takes all 20 pods/],
    [
      "as many as there are",
      "Deployment",
      "order-api",
      spec((s) => (s.strategy.rollingUpdate = { maxUnavailable: "100%" })),
      /may take all 3 pods/,
    ],
    ["poolers at once", "Pooler", "", spec((s) => (s.deploymentStrategy = { type: "Recreate" })), /takes all 3 pods/],
    [
      "an update of none",
      "StatefulSet",
      "loki",
      spec((s) => (s.updateStrategy = { type: "OnDelete" })),
      /until somebody deletes it/,
    ],
    ["held back", "StatefulSet", "loki", spec((s) => (s.updateStrategy = { rollingUpdate: { partition: 3 } })), /3 of 3 pods/],
    [
      "the broker's held back",
      "RabbitmqCluster",
      "",
      spec((s) => (s.override.statefulSet.spec.updateStrategy = { rollingUpdate: { partition: 3 } })),
      /changes none of them/,
    ],
    [
      "agents by hand",
      "DaemonSet",
      "otel-agent",
      spec((s) => (s.updateStrategy = { type: "OnDelete" })),
      /until somebody deletes it/,
    ],
    ["pods that are not ready", "Service", "order-api", spec((s) => (s.publishNotReadyAddresses = true)), /that are not ready/],
  ];

  it.each(GONE)("are gone: %s", (...edit) => {
    expect(errorsAfter(plan, podsSurvive, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  const LEFT: readonly (readonly [string, string, string, Change])[] = [
    ["two of the API", "ScaledObject", "order-api", spec((s) => (s.minReplicaCount = 2))],
    ["one of a page for people", "ScaledObject", "dashboard", spec((s) => (s.minReplicaCount = 1))],
    ["one cache, created again", "Deployment", "cache", spec((s) => (s.strategy = { type: "Recreate" }))],
    ["spread over nodes alone", "Deployment", "order-api", pod((p) => p.topologySpreadConstraints.shift())],
    [
      "apart by an anti-affinity",
      "Deployment",
      "order-api",
      pod((p) => {
        delete p.topologySpreadConstraints;
        const term = {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": "order-api" } },
        };
        p.affinity = {
          podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
        };
      }),
    ],
    [
      "away from others",
      "Deployment",
      "order-api",
      pod((p) => {
        const term = {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": "order-intake" } },
        };
        p.affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
      }),
    ],
    ["one by one", "Deployment", "order-api", spec((s) => (s.strategy.rollingUpdate = { maxSurge: 0, maxUnavailable: 1 }))],
    ["data as important as its clients", "PriorityClass", "mes-data", (c) => (c.value = 800_000)],
    ["one a zone, and no more said", "Cluster", "", spec((s) => (s.affinity.podAntiAffinityType = "preferred"))],
  ];

  it.each(LEFT)("are left: %s", (...edit) => {
    expect(errorsAfter(plan, podsSurvive, edit)).toEqual([]);
  });

  it("of recommendations are not evicted", () => {
    const scaler = (updateMode: string) =>
      object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "db", {
        spec: { targetRef: { kind: "Cluster", name: "db" }, updatePolicy: { updateMode } },
      });
    expect(found(podsSurvive, [scaler("Off")])).toEqual([]);
    expect(found(podsSurvive, [scaler("Recreate")])).toEqual([expect.stringContaining("evicts pods of Cluster db")]);
  });
});

describe("probes", () => {
  const LIVENESS = "livenessProbe";
  const WRONG: readonly Edit[] = [
    ["no readiness", "Deployment", "order-api", probe("readinessProbe", (_, c) => delete c.readinessProbe), /has no readiness/],
    ["none of the cache", "Deployment", "cache", probe("readinessProbe", (_, c) => delete c.readinessProbe), /has no readiness/],
    [
      "a port that is not there",
      "Deployment",
      "order-api",
      probe("readinessProbe", (p) => (p.httpGet.port = "health")),
      /never ready/,
    ],
    [
      "a number that is not there",
      "Deployment",
      "order-api",
      probe(LIVENESS, (p) => (p.httpGet.port = 9999)),
      /restarted for ever/,
    ],
    [
      "liveness that is readiness",
      "Deployment",
      "order-api",
      probe(LIVENESS, (p) => (p.httpGet.path = "/health/ready")),
      /every other pod with it/,
    ],
    [
      "liveness of the database",
      "Deployment",
      "order-api",
      probe(LIVENESS, (p) => (p.httpGet.path = "/health/db")),
      /every other pod/,
    ],
    [
      "another host",
      "Deployment",
      "order-api",
      probe(LIVENESS, (p) => (p.httpGet.host = "postgres-rw.mes-data.svc")),
      /not the pod itself/,
    ],
    [
      "a question to the database",
      "Deployment",
      "order-api",
      probe(
        LIVENESS,
        (_, c) =>
          (c.livenessProbe = {
            exec: { command: ["psql", "-h", "postgres-rw.mes-data.svc", "-c", "SELECT 1"] },
            periodSeconds: 30,
          }),
      ),
      /postgres-rw.mes-data.svc does not answer/,
    ],
    [
      "by its variables",
      "Deployment",
      "order-api",
      probe(LIVENESS, (_, c) => (c.livenessProbe = { exec: { command: ["pg_isready"] }, periodSeconds: 30 })),
      /its database/,
    ],
    [
      "a page of another",
      "Deployment",
      "order-api",
      probe(
        LIVENESS,
        (_, c) =>
          (c.livenessProbe = { exec: { command: ["sh", "-c", "curl -f http://pricing.mes.svc/health"] }, periodSeconds: 30 }),
      ),
      /pricing.mes.svc/,
    ],
    [
      "stricter than readiness",
      "Deployment",
      "order-api",
      probe("readinessProbe", (p) => (p.failureThreshold = 60)),
      /before readiness takes it out/,
    ],
    [
      "at the first failure",
      "Deployment",
      "order-api",
      probe(LIVENESS, (p) => Object.assign(p, { periodSeconds: 5, failureThreshold: 1 })),
      /after 5 s/,
    ],
    ["no time to start", "Deployment", "order-api", probe("startupProbe", (p) => (p.failureThreshold = 2)), /has 4 s to start/],
  ];

  it.each(WRONG)("mislead: %s", (...edit) => {
    expect(errorsAfter(plan, probesTell, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  const RIGHT: readonly (readonly [string, string, string, Change])[] = [
    ["another path", "Deployment", "order-api", probe(LIVENESS, (p) => (p.httpGet.path = "/healthz"))],
    ["its own port by number", "Deployment", "order-api", probe(LIVENESS, (p) => (p.httpGet.port = 8081))],
    ["its own address", "Deployment", "order-api", probe(LIVENESS, (p) => (p.httpGet.host = "127.0.0.1"))],
    ["no liveness", "Deployment", "order-api", probe(LIVENESS, (_, c) => delete c.livenessProbe)],
    ["a longer start", "Deployment", "order-api", probe("startupProbe", (p) => (p.failureThreshold = 300))],
  ];

  it.each(RIGHT)("tell: %s", (...edit) => {
    expect(errorsAfter(plan, probesTell, edit)).toEqual([]);
  });

  it("are asked for where a Service leads, and where a rollout waits for them", () => {
    const service = object("v1", "Service", "api", {
      spec: { selector: { app: "api" }, ports: [{ port: 80, targetPort: "http" }] },
    });
    expect(found(probesTell, [deployment("api")])).toEqual([expect.stringContaining("a rollout goes on")]);
    expect(found(probesTell, [service, deployment("api")])).toEqual([expect.stringContaining("Service mes/api sends requests")]);
  });
});
