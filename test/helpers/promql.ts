import { parsePromql, selectorsOf } from "../../review/promql/parse";

/** Names of the metrics that an expression reads, sorted. @throws SyntaxError where it does not parse */
export function metricsOf(expr: string): string[] {
  return [...new Set(selectorsOf(parsePromql(expr)).flatMap(({ metric }) => metric ?? []))].sort();
}
