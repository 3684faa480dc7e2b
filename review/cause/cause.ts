import { formatLeafPath } from "../diff/leaf";
import type { Change } from "../diff/changes";
import { diffValues } from "../diff/values";
import type { Plan, Resource, Source } from "../plan/plan";
import type { SettingPlace } from "../rules/rule";
import type { ChangedSetting } from "./settings";

/** Why something changes. */
export type Cause =
  /** With the settings as they were, it would be as it was: tried by planning it. Several where only all of them together could be put back. */
  | { readonly by: "settings"; readonly settings: readonly ChangedSetting[]; readonly paths: readonly string[] }
  /** No setting changes it: the program does. */
  | { readonly by: "program"; readonly source: Source; readonly paths: readonly string[] }
  /** The setting that is about it by its name; whether it has changed is not known. */
  | { readonly by: "nearest"; readonly setting: SettingPlace; readonly paths: readonly string[] };

/** Settings that were put back together, and the plan without their change. */
export interface Trial {
  readonly settings: readonly ChangedSetting[];
  readonly plan: Plan;
}

/**
 * The causes of a change: settings without which it would not be, and the line of the program for what none of them explains.
 * @param trials plans of the present program, each with some settings as they were
 */
export function causesOf(change: Change, plan: Plan, trials: readonly Trial[], before: Resource["source"]): Cause[] {
  const after = plan.resources.find(({ urn }) => urn === change.urn);
  const paths = change.verdict === "create" || change.verdict === "destroy" ? [""] : leafPaths(change);
  if (paths.length === 0) return [];
  const causes = trials.flatMap(({ settings, plan: without }): Cause[] => {
    const other = without.resources.find(({ urn }) => urn === change.urn);
    const explained = explainedBy(paths, after, other);
    return explained.length === 0 ? [] : [{ by: "settings", settings, paths: explained }];
  });
  const left = paths.filter((path) => !causes.some((cause) => cause.paths.includes(path)));
  const source = after?.source ?? before;
  return left.length === 0 || source === undefined ? causes : [...causes, { by: "program", source, paths: left }];
}

function leafPaths({ leaves, options }: Change): string[] {
  const real = [...leaves, ...options].filter(({ noise }) => noise === undefined);
  return [...new Set(real.map(({ path }) => formatLeafPath(path)))];
}

function explainedBy(paths: readonly string[], after: Resource | undefined, other: Resource | undefined): readonly string[] {
  if ((after === undefined) !== (other === undefined)) return paths;
  if (after === undefined || other === undefined) return [];
  const differ = diffValues(other.inputs, after.inputs, after.type).map(({ path }) => formatLeafPath(path));
  return paths.filter((path) => differ.some((one) => isWithin(one, path) || isWithin(path, one)));
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
