import * as fs from "node:fs";
import * as path from "node:path";
import { planStack } from "../../review/plan/stack";
import type { Plan } from "../../review/plan/plan";
import { findingsOf } from "../../review/rules";
import { PROJECT_DIRECTORY } from "../helpers/record";

const FOLDER = path.join(PROJECT_DIRECTORY, "examples");
const FILES = fs
  .readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".yaml"))
  .sort();

/** What every example has, as it names nobody's hosts and no digests. */
const OF_EXAMPLES = ["images-pinned", "no-placeholders"];

const plans = new Map<string, Promise<Plan>>();

function planOf(file: string): Promise<Plan> {
  const known = plans.get(file);
  if (known !== undefined) return known;
  const plan = planStack({ stack: "factory", file: path.join(FOLDER, file), projectDirectory: PROJECT_DIRECTORY });
  plans.set(file, plan);
  return plan;
}

describe("the stack files of examples/", () => {
  it.each(FILES)("%s plans, and no rule finds anything in it", async (file) => {
    const found = findingsOf(await planOf(file)).filter(({ rule }) => !OF_EXAMPLES.includes(rule));
    expect(found.map(({ rule, path: at, message }) => `${rule} ${at}: ${message}`)).toEqual([]);
  });
});

describe("monitoring that is there already", () => {
  const made = async (kind: string) =>
    (await planOf("existing-monitoring.yaml")).resources.filter(({ type }) => type.endsWith(`:${kind}`));
  const labelsOf = ({ inputs }: { inputs: unknown }) =>
    (inputs as { metadata: { labels?: Record<string, string> } }).metadata.labels;

  it("is there once", async () => {
    for (const kind of ["Prometheus", "Alertmanager", "ScrapeConfig", "DaemonSet"])
      expect([kind, await made(kind)]).toEqual([kind, []]);
    expect((await made("Deployment")).map(({ name }) => name)).toEqual(["mes"]);
    expect((await made("Release")).map(({ name }) => name)).not.toContain("prometheus-operator");
  });

  // Source: charts/kube-prometheus-stack/templates/prometheus/prometheus.yaml (podMonitorSelector, ruleSelector) and values.yaml (grafana.sidecar.dashboards)
  it("finds what is made for it by the labels that the chart looks for", async () => {
    const monitors = [...(await made("PodMonitor")), ...(await made("PrometheusRule"))];
    expect(monitors.length).toBeGreaterThan(4);
    for (const one of monitors)
      expect([one.name, labelsOf(one)]).toEqual([one.name, expect.objectContaining({ release: "kube-prometheus-stack" })]);
    const dashboards = (await made("ConfigMap")).filter(({ name }) => name.startsWith("dashboard-"));
    expect(dashboards.length).toBeGreaterThan(1);
    for (const one of dashboards)
      expect([one.name, labelsOf(one)]).toEqual([one.name, expect.objectContaining({ grafana_dashboard: "1" })]);
  });

  it("counts no container twice, as the one that is there keeps the sums over pods", async () => {
    const rules = JSON.stringify((await made("PrometheusRule")).map(({ inputs }) => inputs));
    expect(rules).not.toMatch(/container_(?:cpu|memory)_\w+[[)]/);
  });
});

const STEPS = FILES.filter((file) => file.startsWith("adoption/"));
const ofKind = ({ resources }: Plan, kind: string) =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ name }) => name);
const told = async (file: string) => new Set((await planOf(file)).facts?.unseen?.map(({ what }) => what));

describe("from one instance to five roles", () => {
  it("are five steps", () => {
    expect(STEPS).toHaveLength(5);
  });

  it("begins with one Deployment, and nothing of the platform's but what watches it", async () => {
    const plan = await planOf("adoption/1-monitor.yaml");
    for (const kind of ["Cluster", "RabbitmqCluster", "Pooler", "Queue"]) expect([kind, ofKind(plan, kind)]).toEqual([kind, []]);
    const charts = plan.resources.filter(({ type }) => type.endsWith(":Release")).map(({ name }) => name);
    expect(charts).not.toEqual(expect.arrayContaining(["cloudnative-pg"]));
    const rules = JSON.stringify(
      plan.resources.filter(({ type }) => type.endsWith(":PrometheusRule")).map(({ inputs }) => inputs),
    );
    expect(rules).toContain('envoy_cluster_upstream_rq_xx{envoy_cluster_name=~\\"httproute/mes/(mes)/rule/[0-9]+\\"');
  });

  it("scales copies of the same image on what the gateway counts", async () => {
    const plan = await planOf("adoption/2-scale.yaml");
    const queries = plan.resources
      .filter(({ type }) => type.endsWith(":ScaledObject"))
      .map(({ name, inputs }) => [name, JSON.stringify(inputs)] as const);
    expect(queries.map(([name]) => name).sort()).toEqual(["dashboard", "order-api"]);
    for (const [name, text] of queries) expect(text).toContain(`httproute/mes/(${name})/rule/[0-9]+`);
  });

  it("removes no object of the database and of the broker once they are there, and keeps every role's Deployment from step to step", async () => {
    const deployments = await Promise.all(STEPS.map(async (file) => ofKind(await planOf(file), "Deployment")));
    for (const role of ["order-api", "pricing", "dashboard"])
      expect([role, deployments.map((names) => names.includes(role))]).toEqual([role, [false, true, true, true, true]]);
    const data = async (file: string) => (await planOf(file)).resources.filter(({ protect }) => protect).map(({ urn }) => urn);
    const [before, after] = await Promise.all([data("adoption/4-data.yaml"), data("adoption/5-outbox.yaml")]);
    expect(before.filter((urn) => !after.includes(urn))).toEqual([]);
  });

  it("sees more with each step, until nothing is left that cannot be seen", async () => {
    const unseen = await Promise.all(STEPS.map(told));
    expect([...(unseen.at(-1) ?? [])]).toEqual([]);
    expect([...(unseen[0] ?? [])].join("\n")).toMatch(
      /orders lost between two systems[\s\S]*the database: it is not this stack's/,
    );
    expect([...(unseen[3] ?? [])].join("\n")).not.toContain("it is not this stack's");
  });
});
