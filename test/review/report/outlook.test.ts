import { assess } from "../../../review/assessment/assess";
import { diffPlans } from "../../../review/diff/changes";
import { outlookOf, type Outlook } from "../../../review/forecast/outlook";
import type { Compared } from "../../../review/diff/compared";
import type { Plan } from "../../../review/plan/plan";
import { changeReport } from "../../../review/report/changes";
import { changesReport, changesSchema } from "../../../review/report/changes-json";
import { markdownReport } from "../../../review/report/markdown";
import { headroomChanges, isLater, outlookLines } from "../../../review/report/outlook";
import { NO_COLOURS } from "../../../review/report/palette";
import { sarifRun } from "../../../review/report/sarif";
import { planOfChanged } from "../../helpers/changed-stack";
import { planned } from "../../helpers/plans";

/* What a change of prod makes of the orders that are expected, and of the cost, in every format. */

const FILE = "Pulumi.prod.yaml";

let prod: Plan;
let fewer: Plan;
let outlook: Outlook;
let same: Outlook;
beforeAll(async () => {
  prod = await planned("prod");
  fewer = await planOfChanged("prod", (file) => {
    file.setIn(["config", "mes:roles", "pricing", "scale", "max"], 2);
    file.setIn(["config", "mes:forecast", "work", "pricing", "seconds"], 3);
  });
  outlook = outlookOf(fewer, FILE, prod.resources);
  same = outlookOf(prod, FILE, prod.resources);
}, 120_000);

function assessed(plan: Plan, before: readonly Compared[], own: Outlook) {
  const base = { title: "main", resources: before };
  return { ...assess({ plan, base, diff: diffPlans(before, plan), findings: [], causes: () => [] }), outlook: own };
}

test("half of the pods: both sides are played under the orders of the present stack file", () => {
  expect(isLater(outlook)).toBe(true);
  expect(outlook.before?.forecast?.outcome.orders).toBe(outlook.after.forecast?.outcome.orders);
  expect(outlook.before?.forecast?.outcome.late).toBe(0);
  const lines = outlookLines(outlook);
  expect(lines[0]).toMatch(/^orders late on the busiest day, \w+ [\d-]+: [\d,]+ of 105,400 \(pricing\), before: none$/);
  expect(lines[1]).toBe("first limit: pricing, overrun in the peak (0.7 × of it), before: pricing at 1.3 ×");
  expect(headroomChanges(outlook).map(({ name }) => name)).toEqual(["pricing"]);
  const { before, after } = headroomChanges(outlook)[0] ?? {};
  expect((before ?? 0) / (after ?? 1)).toBeCloseTo(2);
  expect(lines.at(-2)).toMatch(
    /^cost, USD a month: [\d,]+ at minimum \(as before\), [\d,]+ expected \(−\d+\), [\d,]+ at full scale \(−\d+\); /,
  );
  expect(lines.at(-1)).toMatch(/^GPUs, whose price is not known: .*4 → 2 at full scale$/);
});

test("the same on both sides is said once", () => {
  expect(isLater(same)).toBe(false);
  expect(same.before?.forecast?.outcome).toBe(same.after.forecast?.outcome);
  const [late, limit, cost, ...more] = outlookLines(same);
  expect(late).toMatch(/: none of 105,400, as before$/);
  expect(limit).toMatch(/, as before$/);
  expect(cost).toMatch(/\(as before\).*\(as before\).*\(as before\)/);
  expect(more).toEqual([]);
});

test("a role that the other side does not have is said, and its cost counts", () => {
  const without = prod.resources.filter(({ type, name }) => !(type === "kubernetes:apps/v1:Deployment" && name === "pricing"));
  const added = outlookOf(prod, FILE, without);
  expect(outlookLines(added)).toContainEqual(expect.stringMatching(/^orders late before: not known, since .* role pricing /));
  expect(added.after.cost.monthly.minimum).toBeGreaterThan(added.before?.cost.monthly.minimum ?? Infinity);
});

test("what is deployed tells few options of its resources, and is read all the same", () => {
  const deployed = prod.resources.map(({ urn, type, custom, inputs }) => ({ urn, type, custom, inputs }));
  const { before } = outlookOf(prod, FILE, deployed);
  expect(before?.cost.monthly).toEqual(same.after.cost.monthly);
});

test("a stack file without a forecast has a cost, and no word of orders", () => {
  const { forecast: _, ...facts } = prod.facts!;
  const lines = outlookLines(outlookOf({ ...prod, facts }, FILE, prod.resources));
  expect(lines).toEqual([expect.stringMatching(/^cost, /)]);
});

describe("every format says that orders come late", () => {
  const later = /[\d,]+ of 105,400 orders come late, before: none/;

  test("text and Markdown, before anything else", () => {
    const made = assessed(fewer, prod.resources, outlook);
    expect(changeReport(made, { palette: NO_COLOURS, width: 100 }).split("\n")[1]).toMatch(later);
    expect(markdownReport(made).split("\n")[1]).toMatch(later);
    expect(markdownReport(made)).toContain("#### Orders and cost");
  });

  test("JSON, of its schema", () => {
    const json = changesSchema.parse(JSON.parse(JSON.stringify(changesReport(assessed(fewer, prod.resources, outlook)))));
    expect(json.outlook?.after.orders?.late).toBeGreaterThan(100);
    expect(json.outlook?.before?.orders?.late).toBe(0);
    expect(json.outlook?.after.orders?.headroom[0]).toMatchObject({ name: "pricing" });
  });

  test("SARIF, as an error of the stack file", () => {
    const run = sarifRun("prod", [], assessed(fewer, prod.resources, outlook)) as { results: { ruleId: string }[] };
    expect(run.results).toContainEqual(
      expect.objectContaining({ ruleId: "forecast/late", level: "error", message: { text: expect.stringMatching(later) } }),
    );
  });
});
