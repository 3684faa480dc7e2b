import fc from "fast-check";
import { kubeObjects } from "../../../review/kubernetes/objects";
import type { Plan } from "../../../review/plan/plan";
import { planStack } from "../../../review/plan/stack";
import { parsePromql, selectorsOf } from "../../../review/promql/parse";
import { metricsOf } from "../../helpers/promql";
import { metricsExported } from "../../../review/rules/metrics-exported";
import { stackFilePath } from "../../../stacks/config/load";
import { planOfChanged } from "../../helpers/changed-stack";
import { PROJECT_DIRECTORY } from "../../helpers/record";

describe("the plans of the project", () => {
  const plans = new Map<string, Plan>();
  beforeAll(async () => {
    for (const stack of ["dev", "prod"]) {
      const file = stackFilePath(PROJECT_DIRECTORY, stack);
      plans.set(stack, await planStack({ stack, file, projectDirectory: PROJECT_DIRECTORY }));
    }
  }, 60_000);

  it("declare the labels of every job, so that each is held against them", () => {
    for (const { facts } of plans.values()) {
      expect((facts?.exporters ?? []).filter(({ labels }) => labels === undefined)).toEqual([]);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ["the cache", { "mes:cache/enabled": false, "mes:roles/dashboard/cache": false }],
    ["tracing", { "mes:tracing/enabled": false }],
    ["logging", { "mes:logging/enabled": false }],
    ["the exporter of nodes", { "mes:monitoring/nodeExporter": { enabled: false } }],
    ["backups of the database", { "mes:postgres/backups": { enabled: false } }],
    ["a role", { "mes:roles/dashboard/enabled": false }],
    ["a second node of the broker and of the database", { "mes:broker/replicas": 1, "mes:postgres/instances": 1 }],
  ])(
    "read nothing that is not there without %s",
    async (_, settings) => {
      const plan = await planOfChanged("dev", (file) => {
        for (const [key, value] of Object.entries(settings)) file.setIn(["config", ...key.split("/")], file.createNode(value));
      });
      expect(metricsExported.check(plan).map(({ message }) => message)).toEqual([]);
    },
    30_000,
  );

  /** A plan with another expression in the place of one of its rules'. */
  function withExpression(plan: Plan, at: number, change: (expr: string) => string): { plan: Plan; before: string } {
    let index = -1;
    let before = "";
    const resources = plan.resources.map((resource) => {
      if (!resource.type.endsWith(":PrometheusRule")) return resource;
      const copy = structuredClone(resource);
      for (const group of (copy.inputs as any).spec.groups) {
        for (const one of group.rules) {
          index += 1;
          if (index !== at) continue;
          before = one.expr;
          one.expr = change(one.expr);
        }
      }
      return copy;
    });
    return { plan: { ...plan, resources }, before };
  }

  const expressions = (plan: Plan): string[] =>
    plan.resources
      .filter(({ type }) => type.endsWith(":PrometheusRule"))
      .flatMap(({ inputs }) =>
        (inputs as any).spec.groups.flatMap(({ rules }: any) => rules.map(({ expr }: any) => expr as string)),
      );

  /** As a slip of the keyboard: a letter twice, left out, or two of them the other way round. */
  const slip = (word: string, at: number, kind: number): string => {
    const i = 1 + (at % (word.length - 2));
    const [a, b] = [word[i] ?? "", word[i + 1] ?? ""];
    return word.slice(0, i) + [`${a}${a}${b}`, b, `${b}${a}`][kind % 3] + word.slice(i + 2);
  };
  const word = (name: string) => new RegExp(`(?<![\\w:])${name}(?![\\w:])`, "g");

  const mutants: Record<string, (expr: string, at: number, kind: number) => string | undefined> = {
    "a metric that is misspelt": (expr, at, kind) => {
      // Of these only the beginning is known: anything that begins so may be there.
      const names = metricsOf(expr).filter((name) => !/^(?:ALERTS|crm_|barman_cloud_cloudnative_pg_io_)/.test(name));
      const name = names[at % names.length];
      return name === undefined ? undefined : expr.replaceAll(word(name), slip(name, at, kind));
    },
    "a label that is misspelt": (expr, at, kind) => {
      const labels = selectorsOf(parsePromql(expr))
        .filter(({ metric = "" }) => !metric.startsWith("ALERTS"))
        .flatMap(({ matchers }) => matchers.map(({ label }) => label));
      const label = labels[at % labels.length];
      return label === undefined || label.length < 3
        ? undefined
        : expr.replace(new RegExp(`\\b${label}(?=\\s*[=!])`), slip(label, at, kind));
    },
    "a grouping by a label that is not there": (expr, at) => {
      const by = [...expr.matchAll(/\bby \((\w+)/g)].map(([, label = ""]) => label);
      const label = by[at % by.length];
      return label === undefined ? undefined : expr.replace(`by (${label}`, `by (${label}x`);
    },
  };

  it.each(Object.entries(mutants))(
    "are refused with %s in any alert or recording: 60 of 60",
    (_, mutate) => {
      const plan = plans.get("prod")!;
      const all = expressions(plan);
      const caught: boolean[] = [];
      fc.assert(
        fc.property(fc.nat(all.length - 1), fc.nat(1000), fc.nat(2), (index, at, kind) => {
          const changed = mutate(all[index] ?? "", at, kind);
          fc.pre(changed !== undefined && changed !== all[index]);
          const mutant = withExpression(plan, index, () => changed ?? "").plan;
          caught.push(metricsExported.check(mutant).length > 0);
          expect({ changed, caught: caught.at(-1) }).toEqual({ changed, caught: true });
        }),
        { numRuns: 60, seed: 9 },
      );
      expect(caught.filter(Boolean)).toHaveLength(60);
    },
    60_000,
  );

  it("are refused with any recording that is read renamed", () => {
    const plan = plans.get("prod")!;
    const read = new Set(
      expressions(plan)
        .flatMap(metricsOf)
        .filter((metric) => metric.includes(":")),
    );
    expect(read.size).toBeGreaterThan(8);
    const text = JSON.stringify(plan.resources);
    for (const record of read) {
      const resources = JSON.parse(text.replaceAll(`"record":"${record}"`, `"record":"${record}_renamed"`)) as Plan["resources"];
      expect([record, metricsExported.check({ ...plan, resources }).length > 0]).toEqual([record, true]);
    }
  }, 30_000);

  it("are refused with any exporter left out whose metrics an alert, a panel or an autoscaler reads", () => {
    const plan = plans.get("prod")!;
    const missed = kubeObjects(plan)
      .filter(({ kind }) => kind === "PodMonitor" || kind === "ScrapeConfig")
      .filter(
        ({ resource }) =>
          metricsExported.check({ ...plan, resources: plan.resources.filter((one) => one !== resource) }).length === 0,
      )
      .map(({ name }) => name);
    // Nothing is asked of them but whether they are up, by alerts over all jobs.
    expect(missed.sort()).toEqual([]);
  }, 30_000);
});
