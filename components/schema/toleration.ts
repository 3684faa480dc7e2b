import { z } from "zod";
import { rule } from "./rule";
import { labelKey, labelValue } from "./names";

/**
 * A taint of nodes that pods tolerate.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export const toleration = z
  .strictObject({
    key: labelKey.optional().describe("key of the taint; default: every taint"),
    operator: z
      .enum(["Exists", "Equal"])
      .optional()
      .describe("whether the value is compared; default: Equal with a value, Exists without"),
    value: labelValue.optional().describe("value of the taint, for Equal"),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional().describe("effect of the taint; default: all"),
  })
  .check(
    rule(({ key, operator, value }, context) => {
      const problem = (at: string, message: string) => context.addIssue({ code: "custom", path: [at], message });
      const compares = operator === "Equal" || (operator === undefined && value !== undefined);
      if (operator === "Equal" && value === undefined) problem("value", "missing; Equal compares it");
      if (operator === "Exists" && value !== undefined) problem("value", "has no meaning with Exists");
      if (compares && key === undefined) problem("key", "missing; every taint is tolerated with Exists only");
    }),
  );

export type Toleration = z.infer<typeof toleration>;

/** Tolerations of a pod, each with its operator: Kubernetes' default compares a value that is not there. */
export function podTolerations(tolerations: readonly Toleration[]): Toleration[] {
  return tolerations.map((each) => ({ ...each, operator: each.operator ?? (each.value === undefined ? "Exists" : "Equal") }));
}
