import { assess } from "../../../review/assessment/assess";
import { diffPlans } from "../../../review/diff/changes";
import type { PageData } from "../../../review/page/data";
import { ordersGraph } from "../../../review/page/graph/orders";
import { connectionsGraph } from "../../../review/page/graph/connections";
import { laidOut } from "../../../review/page/graph/layout";
import { marksOf } from "../../../review/page/marks";
import { pageModel } from "../../../review/page/model";
import { reviewPage } from "../../../review/page/page";
import type { Plan, Resource } from "../../../review/plan/plan";
import type { Finding } from "../../../review/rules/rule";
import { findingsOf } from "../../../review/rules";
import { planned } from "../../helpers/plans";
import { deployment, namespace, object, planOf } from "../fixtures";

/** What a plan changes of some resources. */
function against(resources: readonly Resource[], plan: Plan) {
  const base = { title: "before", resources };
  return assess({ plan, base, diff: diffPlans(resources, plan), findings: [], causes: () => [] });
}

const NOTHING = marksOf([], undefined);

function dataOf(page: string): PageData {
  const [, text = ""] = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(page) ?? [];
  return JSON.parse(text) as PageData;
}

describe("the verdict of a page", () => {
  const api = deployment("order-api");
  const database = object("postgresql.cnpg.io/v1", "Cluster", "postgres", { spec: { instances: 3 } });
  const finding = (severity: Finding["severity"]): Finding => ({
    rule: "quorum",
    severity,
    urn: api.urn,
    path: "",
    message: "m",
  });

  it("is good where nothing was found", () => {
    expect(pageModel(planOf([api]), []).verdict).toMatchObject({ tone: "good", sentence: "No errors, no warnings." });
  });

  it("warns of warnings, and does not count what is borne", () => {
    const borne = { ...finding("error"), suppressed: { reason: "r", until: "2030-01-01" } };
    const { verdict, suppressed } = pageModel(planOf([api]), [finding("warning"), borne]);
    expect(verdict).toMatchObject({ tone: "warn", errors: 0, warnings: 1, sentence: "1 warning." });
    expect(suppressed).toEqual([borne]);
  });

  it("is bad where data goes, whatever the rules say, and names that first", () => {
    const plan = planOf([{ ...api, protect: true }]);
    const { verdict, changes } = pageModel(plan, [], { assessment: against(planOf([api, database]).resources, plan) });
    expect(verdict.sentence).toMatch(/^1 change loses data; 1 destroyed · 1 with other options · /);
    expect(verdict.tone).toBe("bad");
    expect(changes?.listed.map(({ verdict: one }) => one)).toEqual(["destroy", "options"]);
  });

  it("says so where nothing changes", () => {
    const plan = planOf([api]);
    expect(pageModel(plan, [], { assessment: against(plan.resources, plan) }).verdict.sentence).toBe(
      "Nothing changes · 2 the same; no errors, no warnings.",
    );
  });
});

describe("a page of hostile names and values", () => {
  const HOSTILE = `</script><script>alert(1)</script><!--"'><img src=x onerror=alert(1)>\u2028]]>`;
  const before = planOf([namespace("mes"), object("v1", "ConfigMap", "a", { data: { [HOSTILE]: "x" } })]);
  const evil = deployment(HOSTILE, { container: { image: HOSTILE, env: [{ name: HOSTILE, value: HOSTILE }] } });
  const plan = planOf([namespace("mes"), object("v1", "ConfigMap", "a", { data: { [HOSTILE]: HOSTILE } }), evil], {
    zones: [HOSTILE],
    nodePools: [{ name: HOSTILE, count: 1, cpu: 1, memory: 1, gpus: 0 }],
  });
  const findings: Finding[] = [
    {
      ...{ rule: HOSTILE, severity: "error", urn: evil.urn, path: HOSTILE, message: HOSTILE, source: { file: HOSTILE, line: 1 } },
      setting: { key: HOSTILE, file: HOSTILE, line: 1, column: 1 },
    },
  ];
  const page = reviewPage({ ...plan, stack: HOSTILE }, findings, { assessment: against(before.resources, plan) });

  it("has no element that they made", () => {
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script>/g)).toHaveLength(3);
    expect(page).not.toContain("<img");
    expect(page).not.toMatch(/<[^>]*\sonerror/);
  });

  it("has them as they are", () => {
    const resource = dataOf(page).resources.find(({ kind }) => kind === "Deployment");
    expect(resource?.name).toBe(HOSTILE);
    expect(JSON.stringify(resource?.inputs)).toContain(JSON.stringify(HOSTILE));
  });
});

describe.each(["dev", "prod"])("the page of %s", (stack) => {
  it("loads nothing, and lets nothing run but its own script", async () => {
    const plan = await planned(stack);
    const page = reviewPage(plan, findingsOf(plan));
    expect(page.replaceAll("&#39;", "'")).toMatch(
      /default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'/,
    );
    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed|base)\b|\s(?:src|srcset|style|on\w+)="|@import|url\(/);
    expect(page.match(/href="(?!#)[^"]*"/g)).toBeNull();
  });

  it("shows of each resource what the plan shows, and no more", async () => {
    const plan = await planned(stack);
    const { resources } = dataOf(reviewPage(plan, findingsOf(plan)));
    const custom = plan.resources.filter((resource) => resource.custom);
    expect(new Map(resources.map(({ key, inputs }) => [key, inputs]))).toEqual(
      new Map(custom.map(({ urn, inputs }) => [urn.split("::").slice(2).join("::"), inputs])),
    );
  });

  it("has the way of an order from the CRM to the database, and of its status back", async () => {
    const plan = await planned(stack);
    const graph = ordersGraph(plan, NOTHING);
    const titles = new Map(graph?.nodes.map(({ id, title }) => [id, title]));
    const steps = graph?.edges
      .filter(({ kind }) => kind === "order")
      .map(({ from, to }) => `${titles.get(from)} > ${titles.get(to)}`);
    expect(steps).toEqual(
      expect.arrayContaining([
        "CRM > orders.inbound",
        "orders.inbound > order-intake",
        "order-intake > postgres-pooler-rw",
        "postgres-pooler-rw > outbox-relay",
        "outbox-relay > orders.status",
        "orders.status > CRM",
        "Gateway > order-api",
        "order-api > pricing",
      ]),
    );
  });

  it("draws no box over another, and each edge from box to box", async () => {
    const plan = await planned(stack);
    for (const graph of [ordersGraph(plan, NOTHING), connectionsGraph(plan, NOTHING)]) {
      const { nodes, edges } = laidOut(graph ?? { nodes: [], edges: [] });
      expect(nodes.length).toBeGreaterThan(10);
      const over = nodes.flatMap((a, i) =>
        nodes
          .slice(i + 1)
          .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
      );
      expect(over).toEqual([]);
      expect(edges.filter(({ points }) => points.length < 2)).toEqual([]);
    }
  });

  it("has the programs of the way of an order below each other, stage by stage", async () => {
    const { nodes } = laidOut(ordersGraph(await planned(stack), NOTHING) ?? { nodes: [], edges: [] });
    const rows = nodes.map(({ node, y, height }) => ({ stage: node.stage ?? 0, middle: y + height / 2 }));
    for (const a of rows) for (const b of rows) if (a.stage < b.stage) expect(a.middle).toBeLessThan(b.middle);
  });
});

test("what the other side has too is counted, and not among what to look at first", () => {
  const plan = planOf([deployment("order-api", { container: { image: "a:latest" } })]);
  const findings = findingsOf(plan);
  const page = reviewPage(plan, findings, { assessment: { ...against(plan.resources, plan), newFindings: [] } });
  expect(findings.length).toBeGreaterThan(1);
  expect(page).toContain(`${findings.length} findings that the other side has too`);
  expect(page).not.toContain("Look at this first");
});
