import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { platformAlerts } from "../../components/monitoring/alerts/alerts";
import { makeTools, toolPath } from "../cluster/tools";
import { alertCases, parseCases, promtoolTest, type AlertCases } from "./cases";
import { temporaryFolder, writeRules, type StackRules } from "./rules";

/** Alerts that no other component is responsible for. */
const PLATFORM = platformAlerts({
  targets: ["kube_*", "node_*", "certmanager_*", "prometheus_operator_*", "DCGM_*"].map((metric) => ({
    job: metric,
    pods: { name: "x", namespace: "x", labels: {} },
    port: "metrics",
    portNumber: 1,
    metrics: [metric],
  })),
  alertmanagers: 3,
  namespaces: ["mes"],
  roles: "mes",
}).flatMap(({ alerts }) => alerts.map(({ name }) => name));

const run = promisify(execFile);
const STACKS = ["dev", "prod"];
const { folder, remove } = temporaryFolder();
const rules: Record<string, StackRules> = {};

/** What promtool prints; it fails when promtool does. */
async function promtool(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(toolPath("promtool"), args).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`promtool ${args[0]} ${args[1]}:\n${error.stdout ?? ""}${error.stderr ?? ""}`);
  });
  return `${stdout}${stderr}`;
}

async function testRules(cases: AlertCases, stack: string): Promise<string> {
  const file = path.join(folder, `${stack}.${cases.alert}.test.yaml`);
  writeFileSync(file, stringify(promtoolTest(cases, stack, rules[stack]?.only(cases.alert) ?? "")));
  return promtool("test", "rules", file);
}

beforeAll(async () => {
  await makeTools("promtool");
  for (const stack of STACKS) rules[stack] = await writeRules(stack, folder);
});
afterAll(remove);

describe.each(STACKS)("the rules of %s", (stack) => {
  it("are what Prometheus takes: expressions, templates, no rule twice", async () => {
    expect(await promtool("check", "rules", "--lint=all", "--lint-fatal", rules[stack]?.file ?? "")).toContain("SUCCESS");
  });
});

describe("alerts", () => {
  const cases = alertCases();

  it.each(cases.map((one) => [one.alert, one] as const))("%s", async (alert, one) => {
    // In every stack that has it: thresholds may differ, what the cases show may not.
    const stacks = STACKS.filter((stack) => rules[stack]?.alerts.includes(alert));
    expect(stacks).not.toEqual([]);
    for (const stack of stacks) expect(await testRules(one, stack)).toContain("SUCCESS");
  });

  it("that wake somebody, and those on nodes, pods and monitoring itself, all have cases", () => {
    const pages = STACKS.flatMap((stack) => rules[stack]?.pages ?? []);
    const own = STACKS.flatMap((stack) => rules[stack]?.alerts ?? []).filter((alert) => PLATFORM.includes(alert));
    const shown = new Set(cases.map(({ alert }) => alert));
    expect([...new Set([...pages, ...own])].filter((alert) => !shown.has(alert))).toEqual([]);
  });
});

describe("a case", () => {
  const wrong = (at: string) => parseCases("TargetDown", `[{name: x, series: {'up{job="a",namespace="b"}': 0x60}, at: ${at}}]`);

  it("fails when the alert does not do what it says", async () => {
    await expect(testRules(wrong("{0m: [{}], 30m: []}"), "prod")).rejects.toThrow("exp: {} 1E+00");
    await expect(testRules(wrong("{0m: [], 30m: [{job: b}]}"), "prod")).rejects.toThrow(/job=\\"b\\"|job="b"/);
    expect(await testRules(wrong("{0m: [], 30m: [{job: a}]}"), "prod")).toContain("SUCCESS");
  });

  it("shows an alert as it fires and as it does not", () => {
    expect(() => wrong("{10m: []}")).toThrow("in none of them does it fire");
    expect(() => wrong("{10m: [{}]}")).toThrow("in none of them does it not fire");
    expect(() => wrong("{soon: [{}]}")).toThrow("Invalid key in record");
  });
});
