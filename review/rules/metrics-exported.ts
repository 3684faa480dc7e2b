import { PlannedSeries } from "../alerting/series";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { listAt, recordAt, textAt } from "../kubernetes/value";
import type { Plan, Resource } from "../plan/plan";
import { noLabel, readPromql } from "../promql/labels";
import { reporter, type Rule } from "./rule";

const name = "metrics-exported";
const { error } = reporter(name);

export const metricsExported: Rule = {
  name,
  title: "Every metric, label and recording that an alert, a panel or an autoscaler reads is exported by something in the plan.",
  why: "An expression over a series that is not there has no result: the alert never fires, the panel is empty, the autoscaler does nothing. No tool says so.",
  check: (plan) => {
    if (plan.facts?.exporters === undefined) return [];
    const known = inventory(plan);
    const series = new PlannedSeries(known, plan.facts.exporters);
    return expressionsIn(plan, known).flatMap(({ resource, path, place, expr, texts }) => {
      const { problems, labels } = readPromql(expr, series);
      const named = labels === undefined ? [] : [...new Set(texts)].filter((label) => !labels.has(label));
      return [...problems, ...named.map((label) => noLabel("the result", label, labels ?? new Set()))].map((problem) =>
        error(resource, path, `${place}: ${problem}`),
      );
    });
  },
};

interface PlacedExpression {
  readonly resource: Resource;
  readonly path: readonly (string | number)[];
  /** As `alert MesOrdersLost`. */
  readonly place: string;
  readonly expr: string;
  /** Labels that its texts ask the result for, without those that it is given. */
  readonly texts: readonly string[];
}

/** Everything in a plan that is PromQL. */
function expressionsIn(plan: Plan, known: Inventory): PlacedExpression[] {
  return [
    ...known.ofKind("PrometheusRule").flatMap(({ resource, spec }) =>
      rulesOf(spec).map(({ rule, path }): PlacedExpression => {
        const given = [...Object.keys(recordAt(rule, "labels")), "alertname"];
        const annotations = Object.values(recordAt(rule, "annotations")).join(" ");
        const asked = [...annotations.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
        const place =
          textAt(rule, "alert") === undefined
            ? `recording ${textAt(rule, "record") ?? ""}`
            : `alert ${textAt(rule, "alert") ?? ""}`;
        const texts = asked.filter((label) => !given.includes(label));
        return { resource, path: [...path, "expr"], place, expr: textAt(rule, "expr") ?? "", texts };
      }),
    ),
    ...known.ofKind("ScaledObject").flatMap(({ resource, spec }) =>
      listAt(spec, "triggers").flatMap((trigger, i): PlacedExpression[] => {
        const expr = textAt(trigger, "metadata", "query");
        if (textAt(trigger, "type") !== "prometheus" || expr === undefined) return [];
        const place = `trigger ${textAt(trigger, "name") ?? String(i)}`;
        return [{ resource, path: ["spec", "triggers", i, "metadata", "query"], place, expr, texts: [] }];
      }),
    ),
    ...known.ofKind("ConfigMap").flatMap(({ resource }) =>
      Object.entries(recordAt(resource.inputs, "data")).flatMap(([file, content]) => {
        if (!file.endsWith(".json") || typeof content !== "string") return [];
        return dashboardExpressions(content).map((found) => ({ ...found, resource, path: ["data", file] }));
      }),
    ),
  ];
}

function rulesOf(spec: unknown): { rule: unknown; path: (string | number)[] }[] {
  return listAt(spec, "groups").flatMap((group, i) =>
    listAt(group, "rules").map((rule, j) => ({ rule, path: ["spec", "groups", i, "rules", j] })),
  );
}

type Found = Pick<PlacedExpression, "place" | "expr" | "texts">;

/** Queries and variables of a Grafana dashboard that Prometheus answers; none where the text is something else. */
function dashboardExpressions(content: string): Found[] {
  if (!content.includes('"panels"')) return [];
  let model: unknown;
  try {
    model = JSON.parse(content);
  } catch {
    return [];
  }
  return [...panelExpressions(model), ...variableExpressions(model)];
}

function panelExpressions(model: unknown): Found[] {
  return listAt(model, "panels").flatMap((panel): Found[] => [
    ...panelExpressions(panel),
    ...listAt(panel, "targets").flatMap((target): Found[] => {
      const expr = textAt(target, "expr");
      const source = textAt(target, "datasource", "type") ?? textAt(panel, "datasource", "type");
      if (expr === undefined || source !== "prometheus") return [];
      const legend = [...(textAt(target, "legendFormat") ?? "").matchAll(/\{\{\s*(\w+)\s*\}\}/g)];
      const texts = legend.map(([, label = ""]) => label);
      return [{ place: `panel ${textAt(panel, "title") ?? ""}`, expr, texts }];
    }),
  ]);
}

/** `label_values(metric, label)` */
function variableExpressions(model: unknown): Found[] {
  return listAt(model, "templating", "list").flatMap((variable): Found[] => {
    const query = textAt(variable, "query") ?? textAt(variable, "query", "query") ?? "";
    const [, expr, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(query) ?? [];
    if (expr === undefined || label === undefined) return [];
    return [{ place: `variable ${textAt(variable, "name") ?? ""}`, expr, texts: [label] }];
  });
}
