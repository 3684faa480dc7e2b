import type { Plan } from "../../../review/plan/plan";
import { alertsEvaluated } from "../../../review/rules/alerts-evaluated";
import { clusterRights } from "../../../review/rules/cluster-rights";
import { planned } from "../../helpers/plans";
import { changedIn, errorsAfter, named, planWithout, type Edit, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

const said = (plan: Plan) => alertsEvaluated.check(plan).map(({ message }) => message);
const server = (what: string, change: (spec: any) => void, expected: RegExp): Edit => [
  what,
  "Prometheus",
  "prometheus",
  ({ spec }) => change(spec),
  expected,
];
const group = (what: string, change: (group: any) => void, expected: RegExp): Edit => [
  what,
  "PrometheusRule",
  "outbox",
  ({ spec }) => change(spec.groups[0]),
  expected,
];

describe("what components publish", () => {
  it("is in both stacks, and evaluated", async () => {
    expect(said(prod)).toEqual([]);
    expect(said(await planned("dev"))).toEqual([]);
  });

  it("is missed alert by alert, recording by recording, dashboard by dashboard", () => {
    const { rules = [], dashboards = [] } = prod.facts ?? {};
    for (const { group, alerts, recordings } of rules) {
      const [message = ""] = said(planWithout(prod, "PrometheusRule", named(group)));
      for (const one of [...alerts, ...recordings].slice(0, 12)) expect(message).toContain(one);
    }
    for (const uid of dashboards) {
      const without = planWithout(prod, "ConfigMap", ({ data }) => data?.[`${uid}.json`] !== undefined);
      expect(said(without)).toEqual([expect.stringContaining(`the dashboard ${uid} is in no ConfigMap`)]);
    }
  });

  it("is missed where one of several recordings of a name is gone", () => {
    const changed = changedIn(
      prod,
      "PrometheusRule",
      ({ spec }) => (spec.groups[0].rules = spec.groups[0].rules.slice(1)),
      named("broker-queues"),
    );
    expect(said(changed)).toEqual([expect.stringMatching(/the recording queue:broker_max_length:messages\{queue="orders/)]);
  });

  it("is evaluated by nobody without a Prometheus", () => {
    expect(said(planWithout(prod, "Prometheus", () => true))).toContainEqual(
      expect.stringContaining("no Prometheus in the plan"),
    );
  });

  it("is not known of a plan without facts", () => {
    expect(said({ ...planWithout(prod, "PrometheusRule", () => true), facts: undefined })).toEqual([]);
  });
});

test.each<Edit>([
  server("paused", (spec) => (spec.paused = true), /paused is set/),
  server("without a pod", (spec) => (spec.replicas = 0), /no alert fires/),
  server("in shards", (spec) => (spec.shards = 2), /its 2 shards read a part/),
  server("on loopback", (spec) => (spec.listenLocal = true), /nobody but its own pod/),
  server("of its own namespace", (spec) => (spec.ignoreNamespaceSelectors = true), /own namespace only/),
  server("with renamed labels", (spec) => (spec.overrideHonorLabels = true), /renamed to exported_/),
  server("with an enforced namespace", (spec) => (spec.enforcedNamespaceLabel = "namespace"), /series of the namespace/),
  server("that looks once an hour", (spec) => (spec.evaluationInterval = "1h"), /evaluationInterval is 1h: .* too late/),
  server("that looks every 15 seconds, spelt wrong", (spec) => (spec.evaluationInterval = "15 s"), /which is no duration/),
  server("that reads every ten minutes", (spec) => (spec.scrapeInterval = "10m"), /gone before the next ones come/),
  server("that waits a millisecond", (spec) => (spec.scrapeTimeout = "1ms"), /no exporter answers/),
  server("that waits longer than its interval", (spec) => (spec.scrapeTimeout = "1m"), /longer than scrapeInterval/),
  server("that gives queries up", (spec) => (spec.query.timeout = "1s"), /queries over days are given up/),
  server("that forgets", (spec) => (spec.query.lookbackDelta = "20s"), /values are gone after 20s/),
  server("of few samples", (spec) => (spec.query.maxSamples = 1000), /maxSamples is 1000/),
  server("of one query", (spec) => (spec.query.maxConcurrency = 1), /each query waits/),
  server("that repeats rarely", (spec) => (spec.rules = { alert: { resendDelay: "1d" } }), /hears of alerts that much later/),
  server("that looks back", (spec) => (spec.ruleQueryOffset = "2h"), /that long ago/),
  server("as an agent", (spec) => (spec.additionalArgs = [{ name: "agent" }]), /evaluates no rule/),
  group("once a day", (rules) => (rules.interval = "1d"), /outbox is evaluated every 1d: people are told/),
  group("of no interval", (rules) => (rules.interval = "often"), /no duration/),
  group("with a look back", (rules) => (rules.query_offset = "1h"), /1h ago/),
  group("of one alert", (rules) => (rules.limit = 1), /with more of them the rule fails/),
  group("with an alert that records", (rules) => (rules.rules[0].record = "a:b"), /an alert and a recording/),
  group("with neither", (rules) => delete rules.rules[0].alert, /neither an alert nor a recording/),
  group("with an empty expression", (rules) => (rules.rules[0].expr = " "), /has no expression/),
  group("with a label that is none", (rules) => (rules.rules[0].labels["a-b"] = "c"), /the label a-b/),
  group("that never ends", (rules) => (rules.rules[0].keep_firing_for = "90d"), /after it is over/),
  [
    "a recording with a time to wait",
    "PrometheusRule",
    "mes-orders",
    ({ spec }) => (spec.groups[0].rules.find((rule: any) => rule.record).for = "5m"),
    /has for, which is for alerts/,
  ],
  [
    "a recording once in ten minutes",
    "PrometheusRule",
    "mes-orders",
    ({ spec }) => (spec.groups[0].interval = "10m"),
    /what it records is gone after 5m/,
  ],
])("a Prometheus or a group %s is refused", (...edit) => {
  expect(errorsAfter(prod, alertsEvaluated, edit)).toContainEqual(expect.stringMatching(edit[4]));
});

test.each<[string, (inputs: { spec: any }) => void]>([
  ["every minute", ({ spec }) => (spec.evaluationInterval = "1m")],
  ["with a longer timeout of queries", ({ spec }) => (spec.query.timeout = "2m")],
  ["with one shard", ({ spec }) => (spec.shards = 1)],
])("a Prometheus %s is fine", (what, change) => {
  expect(errorsAfter(prod, alertsEvaluated, [what, "Prometheus", "prometheus", change])).toEqual([]);
});

describe("a Prometheus that reads kubelets", () => {
  const rightsWithout = (resource: string) =>
    clusterRights
      .check(
        changedIn(
          prod,
          "ClusterRole",
          (inputs: Inputs) => (inputs.rules = inputs.rules.filter((rule: any) => !rule.resources.includes(resource))),
          named("mes-observability-prometheus-nodes"),
        ),
      )
      .map(({ message }) => message);

  it("has to find the nodes, and to be let in by them", () => {
    expect(clusterRights.check(prod)).toEqual([]);
    expect(rightsWithout("nodes")).toContainEqual(expect.stringMatching(/may not list and watch nodes in all namespaces: CPU/));
    expect(rightsWithout("nodes/metrics")).toContainEqual(expect.stringMatching(/may not get nodes\/metrics/));
  });
});
