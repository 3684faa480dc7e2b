import * as path from "node:path";
import { readText, shown } from "../../stacks/config/text";
import type { Base } from "../against/base";
import type { Change, Diff } from "../diff/changes";
import { formatLeafPath, isReal } from "../diff/leaf";
import type { Plan } from "../plan/plan";
import type { PlanArgs } from "../plan/stack";
import { withSettings } from "../rules/places/settings";
import { causesOf, type Cause } from "./cause";
import { changedSettings } from "./settings";
import { trialsOf } from "./trials";

/**
 * What tells why a change is made. Where the stack file of before is known, each changed setting is put back and planned again, so what it does is seen and
 * not guessed; else the setting is told that is about the field by its name.
 */
export async function causeFinder(plan: Plan, base: Base, diff: Diff, args: PlanArgs): Promise<(change: Change) => Cause[]> {
  if (base.absent === true) return () => [];
  if (base.stackFile === undefined) return (change) => nearest(change, plan);
  const source = new Map(base.resources.map(({ urn, source: line }) => [urn, line]));
  const [before, after] = [
    { file: `${path.basename(args.file)} of ${base.title}`, text: base.stackFile },
    { file: shown(args.file), text: args.text ?? readText(args.file) },
  ];
  // Without a difference there is nothing to explain.
  const changes = diff.changes.some(({ verdict }) => verdict !== "noise");
  const settings = changes ? changedSettings(before, after) : [];
  const trials = await trialsOf(settings, before, after, args);
  return (change) => causesOf(change, plan, trials, source.get(change.former ?? change.urn));
}

function nearest(change: Change, plan: Plan): Cause[] {
  const { urn, leaves } = change;
  const [leaf] = leaves.filter(isReal);
  const where = leaf === undefined ? "" : formatLeafPath(leaf.path);
  const about = { rule: "", severity: "warning", urn, path: where, message: "" } as const;
  const [{ setting } = { setting: undefined }] = withSettings(plan, [about]);
  return setting === undefined ? [] : [{ by: "nearest", setting, paths: leaf === undefined ? [] : [where] }];
}
