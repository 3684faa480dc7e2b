import type { Change } from "../diff/changes";
import type { Plan } from "../plan/plan";

/**
 * Changes in the order in which the engine gets to them: what a resource depends on comes before it, and what goes comes last, dependents first.
 * Changes that do not depend on each other are made side by side, and have the same number.
 * Source: https://www.pulumi.com/docs/iac/concepts/how-pulumi-works/
 * @returns numbers from 1, by URN
 */
export function stepsOf(changes: readonly Change[], plan: Plan): ReadonlyMap<string, number> {
  const acting = new Set(changes.filter(({ custom, verdict }) => custom && acts(verdict)).map(({ urn }) => urn));
  const needs = new Map(
    plan.resources.map(({ urn, parent, provider, dependsOn, propertyDependencies }) => {
      const named = [parent, provider, ...dependsOn, ...Object.values(propertyDependencies).flat()];
      return [urn, named.filter((one) => one !== undefined)] as const;
    }),
  );
  const depths = new Map<string, number>();
  const depth = (urn: string): number => {
    const known = depths.get(urn);
    if (known !== undefined) return known;
    // A circle, which the engine would refuse, ends here.
    depths.set(urn, 0);
    const before = (needs.get(urn) ?? []).reduce((most, one) => Math.max(most, depth(one)), 0);
    const own = acting.has(urn) ? 1 : 0;
    depths.set(urn, before + own);
    return before + own;
  };
  const steps = new Map<string, number>();
  for (const urn of acting) if (needs.has(urn)) steps.set(urn, depth(urn));
  const last = Math.max(0, ...steps.values());
  for (const { urn, verdict } of changes) if (acting.has(urn) && verdict === "destroy") steps.set(urn, last + 1);
  return steps;
}

function acts(verdict: Change["verdict"]): boolean {
  return ["create", "update", "replace", "destroy", "metadata"].includes(verdict);
}
