import type { Plan, Resource } from "../plan/plan";
import type { Finding } from "../rules/rule";
import { prerequisites, type Prerequisite } from "./prerequisites";

/** The plan of a stack for programs: `{version, stack, resources, findings, prerequisites, outputs}`, resources in the order of their URNs. */
export interface JsonPlan {
  readonly version: 1;
  readonly stack: string;
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  /** What must be there already: `[{what, names}]`. */
  readonly prerequisites: readonly Prerequisite[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export function jsonReport(plan: Plan, findings: readonly Finding[]): JsonPlan {
  const { version, stack, outputs } = plan;
  const resources = [...plan.resources].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return { version, stack, resources, findings, prerequisites: prerequisites(plan), outputs };
}
