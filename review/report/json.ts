import type { Plan, Resource } from "../plan/plan";
import type { Finding } from "../rules/rule";

/** The plan of a stack for programs: `{version, stack, resources, findings, outputs}`, resources in the order of their URNs. */
export interface JsonPlan {
  readonly version: 1;
  readonly stack: string;
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export function jsonReport({ version, stack, resources, outputs }: Plan, findings: readonly Finding[]): JsonPlan {
  return { version, stack, resources: [...resources].sort((a, b) => (a.urn < b.urn ? -1 : 1)), findings, outputs };
}
