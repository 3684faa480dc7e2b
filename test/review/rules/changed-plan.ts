import type { Plan, Resource } from "../../../review/plan/plan";
import type { Rule } from "../../../review/rules/rule";
import { line } from "../fixtures";

/** Inputs of a resource, to be edited in place. */
export type Inputs = any;
export type Change = (inputs: Inputs, resource: { -readonly [K in keyof Resource]: Resource[K] }) => void;

/** Which resources of a kind are meant. */
type Concerns = (inputs: Inputs, resource: Resource) => boolean;

/** The plan with a change to every resource of a kind that the change concerns; there has to be one. */
export function changedIn(plan: Plan, kind: string, change: Change, concerns: Concerns = () => true): Plan {
  let touched = 0;
  const resources = plan.resources.map((one) => {
    if (!one.type.endsWith(`:${kind}`) || !concerns(one.inputs, one)) return one;
    touched += 1;
    const copy = structuredClone(one) as any;
    change(copy.inputs, copy);
    return copy as Resource;
  });
  expect(touched).toBeGreaterThan(0);
  return { ...plan, resources };
}

/** The plan without the resources of a kind that are meant; there has to be one. */
export function planWithout(plan: Plan, kind: string, concerns: Concerns): Plan {
  const resources = plan.resources.filter((one) => !one.type.endsWith(`:${kind}`) || !concerns(one.inputs, one));
  expect(resources.length).toBeLessThan(plan.resources.length);
  return { ...plan, resources };
}

/** The object of that name alone, in whatever namespace or in one. */
export const named =
  (name: string, namespace?: string) =>
  ({ metadata }: Inputs): boolean =>
    metadata?.name === name && (namespace === undefined || metadata.namespace === namespace);

/** A change of the plan: kind, name (all of the kind where it is empty), and what is done to it. */
export type Edit = readonly [what: string, kind: string, name: string, change: Change, expected: RegExp];

/** Errors of one rule after an edit, e.g. `error Kind name path: message`. */
export function errorsAfter(
  plan: Plan,
  rule: Rule,
  [, kind, name, change]: readonly [string, string, string, Change, RegExp?],
): string[] {
  const changed = changedIn(plan, kind, change, name === "" ? () => true : named(name));
  return rule
    .check(changed)
    .filter(({ severity }) => severity === "error")
    .map(line);
}

export const containersOf = (inputs: Inputs): Inputs[] => inputs.spec.template.spec.containers;
