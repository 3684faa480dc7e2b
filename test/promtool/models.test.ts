import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { relabelled, type LabelValues } from "../../review/alerting/relabel";
import { OF_PROMETHEUS, templateProblem } from "../../review/alerting/templates";
import { promqlIn } from "../../review/promql/parse";
import { typeProblem } from "../../review/promql/types";
import { makeTools, toolPath } from "../cluster/tools";
import { planned } from "../helpers/plans";
import { Random } from "../mutations/random";
import { relabelings } from "./relabelings";
import { temporaryFolder } from "./rules";
import { slipsOf } from "./slips";

/* What the rules make of Prometheus' languages, held against Prometheus: texts of prod with slips in them, and generated relabelings. */

const run = promisify(execFile);
const { folder, remove } = temporaryFolder();
const SEED = Number(process.env.SEED ?? 1);
const random = new Random(SEED);
/** Slips tried of each text. */
const OF_A_TEXT = 12;
/** Parts of what Prometheus refuses that the rules find. */
const LEAST_FOUND = 0.98;
beforeAll(() => makeTools("promtool"));
afterAll(remove);

interface Rule {
  readonly expr: string;
  readonly alert?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

test("PromQL: what Prometheus refuses is found, and nothing is blamed that it takes", async () => {
  const expressions = withSlips((await rulesOfProd()).map(({ expr }) => expr));
  const refusals = await refusalsOf(expressions.map((expr) => ({ alert: "A", expr })));
  compare(expressions, refusals, (text) => {
    const expression = promqlIn(text);
    return expression === undefined ? "is no PromQL" : typeProblem(expression);
  });
});

test("templates: what Prometheus refuses is found, and nothing is blamed that it takes", async () => {
  const texts = (await rulesOfProd()).flatMap(({ annotations = {} }) => Object.values(annotations));
  const templates = withSlips(texts.filter((text) => text.includes("{{")));
  const rules = templates.map((summary) => ({ alert: "A", expr: "up", annotations: { summary } }));
  // Prometheus takes a text that asks for a field that is not there, and sends an error in its place.
  const isSentAsError = (problem: string) => problem.startsWith("asks for");
  compare(templates, await refusalsOf(rules), (text) => templateProblem(text, OF_PROMETHEUS), isSentAsError);
});

test("relabeling: labels are what Prometheus makes of them, and targets are dropped where it drops them", async () => {
  // Of its own: how many slips are tried before depends on the rules of prod.
  const own = new Random(SEED);
  const cases = Array.from({ length: 80 }, () => relabelings(own));
  const file = path.join(folder, "relabelings.yaml");
  const configs = cases.map(({ targets, steps }, i) => ({
    job_name: `j${i}`,
    static_configs: targets.map((labels, n) => ({ targets: [`10.0.0.${n}:80`], labels })),
    relabel_configs: steps,
  }));
  writeFileSync(file, stringify({ scrape_configs: configs }));
  const different: string[] = [];
  let decided = 0;
  for (const [i, { steps }] of cases.entries()) {
    const args = ["check", "service-discovery", "--timeout=100ms", file, `j${i}`];
    const { stdout } = await run(toolPath("promtool"), args, { maxBuffer: 2 ** 24 });
    for (const { discoveredLabels, labels } of JSON.parse(stdout) as Discovered[]) {
      const before: LabelValues = new Map(Object.entries(discoveredLabels).map(([name, value]) => [name, [value]]));
      const after = relabelled(before, steps.map(asDeclared));
      const told = `${JSON.stringify(steps)} of ${JSON.stringify(discoveredLabels)}`;
      const isDropped = Object.keys(labels ?? {}).length === 0;
      // After a labelmap there may be labels that are not known here, and what they decide is left open.
      const isOpen = isDropped && steps.some(({ action }) => action === "labelmap" || action === "hashmod");
      if ((after === undefined) !== isDropped && !isOpen)
        different.push(`dropped ${isDropped}, told ${after === undefined}: ${told}`);
      if (after === undefined || isDropped) continue;
      for (const name of new Set([...after.keys(), ...Object.keys(labels ?? {})])) {
        // Prometheus adds the address as the instance where there is none.
        if (name === "instance") continue;
        const values = after.get(name) ?? [""];
        if (values === "any" || name === "*") continue;
        decided += 1;
        const value = labels?.[name] ?? "";
        if (values.length !== 1 || values[0] !== value)
          different.push(`${name} is ${value}, told ${values.join(" or ")}: ${told}`);
      }
    }
  }
  expect(different).toEqual([]);
  expect(decided).toBeGreaterThan(1000);
}, 120_000);

interface Discovered {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>> | null;
}

/** Fields as the objects of prometheus-operator name them. */
function asDeclared(step: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(step).map(([key, value]) => [key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}

async function rulesOfProd(): Promise<Rule[]> {
  const { resources } = await planned("prod");
  return resources.flatMap(({ inputs }) => {
    const { kind, spec } = inputs as { kind?: string; spec?: { groups: { rules: Rule[] }[] } };
    return kind === "PrometheusRule" ? (spec?.groups.flatMap(({ rules }) => rules) ?? []) : [];
  });
}

function withSlips(texts: readonly string[]): string[] {
  return [...new Set(texts)].flatMap((text) => [text, ...slipsOf(text, OF_A_TEXT, random)]);
}

/** What Prometheus says of the rules that it refuses, by their place. Each is a group of its own: of a group, the first is told only. */
async function refusalsOf(rules: readonly object[]): Promise<ReadonlyMap<number, string>> {
  const file = path.join(folder, "slips.yaml");
  writeFileSync(file, stringify({ groups: rules.map((rule, i) => ({ name: `g${i}`, rules: [rule] })) }));
  const { stderr } = await run(toolPath("promtool"), ["check", "rules", "--lint=none", file], { maxBuffer: 2 ** 26 }).catch(
    (error: { stderr: string }) => error,
  );
  const found = new Map<number, string>();
  for (const line of stderr.split("\n")) {
    const [, group, message = ""] = /group "g(\d+)", rule \d+, (.*)/.exec(line) ?? [];
    if (group !== undefined) found.set(Number(group), message);
  }
  return found;
}

function compare(
  texts: readonly string[],
  refusals: ReadonlyMap<number, string>,
  problemOf: (text: string) => string | undefined,
  isWrongAnyway: (problem: string) => boolean = () => false,
): void {
  const missed: string[] = [];
  const blamed: string[] = [];
  for (const [i, text] of texts.entries()) {
    const refusal = refusals.get(i);
    const problem = problemOf(text);
    if (refusal !== undefined && problem === undefined) missed.push(`${text}: ${refusal}`);
    if (refusal === undefined && problem !== undefined && !isWrongAnyway(problem)) blamed.push(`${text}: ${problem}`);
  }
  console.log(`${refusals.size - missed.length} of ${refusals.size} refusals of Prometheus are found`);
  expect(blamed).toEqual([]);
  expect(refusals.size).toBeGreaterThan(100);
  if (missed.length / refusals.size > 1 - LEAST_FOUND) expect(missed).toEqual([]);
}
