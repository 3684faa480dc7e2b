import { parser } from "@prometheus-io/lezer-promql";
import type { AlertGroup } from "../observability/alert";
import type { Dashboard } from "../observability/dashboard";
import { isExported } from "./exported";

/**
 * Names of the metrics that a PromQL expression reads, sorted. Throws on an expression that does not parse; variables of
 * Grafana are taken for what stands in their place.
 */
export function metricNames(expr: string): string[] {
  const query = withoutVariables(expr);
  const names = new Set<string>();
  const selectors: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new SyntaxError(`not PromQL, at character ${from + 1}: ${expr}`);
      if (type.name !== "VectorSelector") return;
      const identifier = node.getChild("Identifier");
      if (identifier !== null) names.add(query.slice(identifier.from, identifier.to));
      else selectors.push(query.slice(from, to));
    },
  });
  // {__name__="x", …} and {"x", …}
  for (const selector of selectors) {
    const name = /^\{.*?(?:__name__\s*=\s*)?["']([a-zA-Z_:][\w:]*)["']/.exec(selector)?.[1];
    if (name !== undefined) names.add(name);
  }
  return [...names].sort();
}

/** A place that reads a metric which nobody exports. */
export interface UnknownMetric {
  /** As `alert MesOrdersLost`. */
  readonly place: string;
  readonly metric: string;
}

/** A place with an expression. */
export interface Expression {
  readonly place: string;
  readonly expr: string;
}

/** All expressions of rules. */
export function ruleExpressions(groups: readonly AlertGroup[]): Expression[] {
  return groups.flatMap(({ alerts, recordings = [] }) => [
    ...recordings.map(({ record, expr }) => ({ place: `recording ${record}`, expr })),
    ...alerts.map(({ name, expr }) => ({ place: `alert ${name}`, expr })),
  ]);
}

/** All expressions of dashboards that Prometheus answers. */
export function dashboardExpressions(dashboards: readonly Dashboard[]): Expression[] {
  return dashboards.flatMap(({ uid, model }) => {
    const { panels = [], templating } = model as DashboardModel;
    const ofPanels = panels.flatMap(({ title, targets = [] }) =>
      targets
        .filter((target) => target.datasource?.type === "prometheus" && target.expr !== undefined)
        .map((target) => ({ place: `dashboard ${uid}, panel ${title ?? ""}`, expr: target.expr ?? "" })),
    );
    const ofVariables = (templating?.list ?? []).flatMap(({ name, query }) => {
      const metric = typeof query === "string" ? /^label_values\((.+),[^,]+\)$/.exec(query)?.[1] : undefined;
      return metric === undefined ? [] : [{ place: `dashboard ${uid}, variable ${name ?? ""}`, expr: metric }];
    });
    return [...ofPanels, ...ofVariables];
  });
}

/** What of the expressions is exported by nobody and recorded by no rule. */
export function unknownMetrics(
  expressions: readonly Expression[],
  exported: readonly string[],
  groups: readonly AlertGroup[],
): UnknownMetric[] {
  const recorded = groups.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record));
  const known = [...exported, ...recorded];
  return expressions.flatMap(({ place, expr }) =>
    metricNames(expr)
      .filter((metric) => !isExported(metric, known))
      .map((metric) => ({ place, metric })),
  );
}

/** As much of a dashboard's model as is read here. */
interface DashboardModel {
  readonly panels?: readonly {
    readonly title?: string;
    readonly targets?: readonly { readonly expr?: string; readonly datasource?: { readonly type?: string } }[];
  }[];
  readonly templating?: { readonly list?: readonly { readonly name?: string; readonly query?: unknown }[] };
}

/** `$__rate_interval` and the like stand for durations, other variables stand inside of strings or for a number. */
function withoutVariables(expr: string): string {
  return expr
    .replaceAll(/\[\$\{?\w+\}?(?=[\]:])/g, "[5m")
    .replaceAll(/:\$\{?\w+\}?\]/g, ":1m]")
    .replaceAll(/\$\{\w+(?::\w+)?\}|\$\w+/g, "1");
}
