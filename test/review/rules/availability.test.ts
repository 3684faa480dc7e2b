import type { Plan } from "../../../review/plan/plan";
import { disruptionBudgets } from "../../../review/rules/disruption-budgets";
import { podsSurvive } from "../../../review/rules/pods-survive";
import { probesTell } from "../../../review/rules/probes-tell";
import type { Rule } from "../../../review/rules/rule";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, named, type Change, type Inputs } from "./changed-plan";

/* What stops with one node, one zone or one pod, who goes first, and what probes say: in the real plan, one change at a time. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const ZONE = "topology.kubernetes.io/zone";
const pod = (change: (pod: Inputs) => void): Change => {
  return ({ spec }) => change(spec.template.spec);
};
const node = (labels: Record<string, string>) => pod((p) => (p.nodeSelector = labels));
const terms = (...values: string[][]) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: values.map((own) => ({ matchExpressions: [{ key: ZONE, operator: "In", values: own }] })),
  },
});
const spec = (change: (spec: Inputs) => void): Change => {
  return (inputs) => change(inputs.spec);
};
const probe = (kind: string, change: (probe: Inputs) => void): Change => {
  return (inputs) => change(containersOf(inputs)[0][kind]);
};
const lack = (kind: string): Change => {
  return (inputs) => delete containersOf(inputs)[0][kind];
};
const findings = (rule: Rule, kind: string, name: string, change: Change): string[] =>
  rule.check(changedIn(plan, kind, change, named(name))).map(line);

const API = ["Deployment", "order-api"] as const;
const RELAY = ["Deployment", "outbox-relay"] as const;

describe("pods", () => {
  it.each([
    ["on one node", ...API, node({ "kubernetes.io/hostname": "node-1" }), /^error .*on the node node-1 only/],
    ["on another system", ...RELAY, node({ "kubernetes.io/os": "windows" }), /^error .*kubernetes.io\/os windows.*never run/],
    ["on another processor", ...RELAY, node({ "kubernetes.io/arch": "arm" }), /kubernetes.io\/arch arm/],
    ["in a zone of nobody", ...API, node({ [ZONE]: "eu-central-9z" }), /no node has .*eu-central-9z/],
    ["in one zone", ...API, node({ [ZONE]: "eu-central-1a" }), /run in eu-central-1a, and are lost with it/],
    [
      "of the broker in one zone",
      "RabbitmqCluster",
      "broker",
      spec((s) => (s.affinity.nodeAffinity = terms(["eu-central-1a"]))),
      /^error .*pods of RabbitmqCluster mes-data\/broker run in eu-central-1a/,
    ],
    [
      "of the database in one zone",
      "Cluster",
      "postgres",
      spec((s) => (s.affinity.nodeAffinity = terms(["eu-central-1b"], ["eu-central-1b"]))),
      /run in eu-central-1b/,
    ],
    [
      "of the database that may share a node",
      "Cluster",
      "postgres",
      spec((s) => (s.affinity.podAntiAffinityType = "preferred")),
      /^warning .*while a zone is lost, two of 3 pods/,
    ],
    ["of Prometheus, one", "Prometheus", "prometheus", spec((s) => (s.replicas = 1)), /^warning .*nobody is told of anything/],
    ["of Alertmanager, one", "Alertmanager", "alertmanager", spec((s) => (s.replicas = 1)), /^warning .*one pod of Alertmanager/],
    ["of a relay that goes first", ...RELAY, pod((p) => (p.priorityClassName = "mes-standard")), /^warning .*orders stop first/],
    ["without a class", ...RELAY, pod((p) => delete p.priorityClassName), /^warning .*orders stop first/],
    [
      "of a pooler without a class",
      "Pooler",
      "postgres-pooler-rw",
      pod((p) => delete p.priorityClassName),
      /^warning Pooler postgres-pooler-rw .*orders stop first/,
    ],
    [
      "of Prometheus without a class",
      "Prometheus",
      "prometheus",
      spec((s) => delete s.priorityClassName),
      /^warning .*goes first/,
    ],
  ] as const)("%s are found", (_, kind, name, change, expected) => {
    expect(findings(podsSurvive, kind, name, change).join("\n")).toMatch(expected);
  });

  it.each([
    ["on any of two zones", ...API, pod((p) => (p.affinity = { nodeAffinity: terms(["eu-central-1a"], ["eu-central-1b"]) }))],
    ["on Linux", ...API, node({ "kubernetes.io/os": "linux" })],
    ["on nodes of their own", ...API, node({ pool: "orders" })],
    ["on nodes of a kind known after apply", ...API, node({ [ZONE]: "[known after apply]" })],
  ] as const)("%s are fine", (_, kind, name, change) => {
    expect(findings(podsSurvive, kind, name, change)).toEqual([]);
  });

  it("in one zone are warned of where data is protected", () => {
    const facts = { ...plan.facts, zones: ["eu-central-1a"] } as NonNullable<Plan["facts"]>;
    expect(
      podsSurvive
        .check({ ...plan, facts })
        .map(line)
        .join("\n"),
    ).toMatch(/warning .*everything is in one zone/);
    expect(
      podsSurvive
        .check({ ...plan, facts: { ...facts, protectData: false } })
        .map(line)
        .join("\n"),
    ).not.toMatch(/one zone/);
  });
});

describe("a priority class", () => {
  it("for everybody, and one that waits, are found", () => {
    const everybody: Change = (inputs) => (inputs.globalDefault = true);
    expect(findings(podsSurvive, "PriorityClass", "mes-orders", everybody)).toEqual([
      expect.stringMatching(/^error .*holds for every pod of the cluster/),
    ]);
    const waits: Change = (inputs) => (inputs.preemptionPolicy = "Never");
    expect(findings(podsSurvive, "PriorityClass", "mes-data", waits)).toEqual([
      expect.stringMatching(/^warning .*wait for room/),
    ]);
  });
});

describe("a probe", () => {
  it.each([
    ["that is not there, where no Service leads", ...RELAY, lack("readinessProbe"), /^error .*goes on although the new pods/],
    ["of the start, that is not there", ...RELAY, lack("startupProbe"), /^warning .*has no startupProbe/],
    ["that notices late", ...API, probe("readinessProbe", (p) => (p.failureThreshold = 100)), /^warning .*takes 500 s to notice/],
    ["that waits long", ...API, probe("readinessProbe", (p) => (p.initialDelaySeconds = 600)), /takes 615 s to notice/],
    ["that never restarts", ...API, probe("livenessProbe", (p) => (p.failureThreshold = 1000)), /takes 10000 s to notice/],
  ] as const)("%s is found", (_, kind, name, change, expected) => {
    expect(findings(probesTell, kind, name, change).join("\n")).toMatch(expected);
  });
});

describe("a disruption budget", () => {
  it.each([
    ["a hundred percent", (s: Inputs) => (s.maxUnavailable = "100%")],
    ["more than there are", (s: Inputs) => (s.maxUnavailable = 50)],
    ["none kept", (s: Inputs) => (delete s.maxUnavailable, (s.minAvailable = 0))],
  ])("that lets all go is found: %s", (_, change) => {
    expect(findings(disruptionBudgets, "PodDisruptionBudget", "order-api", spec(change)).join("\n")).toMatch(
      /lets all 3 pods go at once/,
    );
  });
});

it("the plan has none of it", () => {
  expect([podsSurvive, probesTell, disruptionBudgets].flatMap((rule) => rule.check(plan).map(line))).toEqual([]);
});
