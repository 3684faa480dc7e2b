import type { Resource } from "../../plan/plan";
import { textAt } from "../value";
import { hidden, type Problem } from "./problem";

/** One version and no other. Source: https://helm.sh/docs/chart_best_practices/dependencies/#versions */
const EXACT = /^v?\d+\.\d+\.\d+(?:-[\dA-Za-z.-]+)?(?:\+[\dA-Za-z.-]+)?$/;

/** Charts that are another one tomorrow. */
export function releaseProblems({ type, inputs }: Resource): Problem[] {
  if (!/^kubernetes:helm\.sh\/v\d+:(?:Release|Chart)$/.test(type)) return [];
  const chart = textAt(inputs, "chart") ?? "";
  // One in the project's own folder is as fixed as the project.
  if (/^\.{0,2}\//.test(chart) || chart.endsWith(".tgz")) return [];
  const version = textAt(inputs, "version");
  if (version !== undefined && (hidden(version) || EXACT.test(version))) return [];
  const is =
    version === undefined ? "has no version, so that each deploy may take another chart" : `${version} is no one version`;
  return [{ path: ["version"], message: `${is}; name it exactly, as 1.2.3 (mes:operators)` }];
}
