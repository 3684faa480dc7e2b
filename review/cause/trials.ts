import { StackFile } from "../../stacks/config/stack-file";
import type { KeyPath } from "../../stacks/config/stack-file";
import { userMessage } from "../errors";
import { isRecord } from "../kubernetes/value";
import { planStack, type PlanArgs } from "../plan/stack";
import type { Trial } from "./cause";
import type { ChangedSetting, PlacedFile } from "./settings";

/** Plans that are made at most to tell what a setting does; more settings than that are put back together, by role or by concern. */
const MOST_TRIALS = 8;

/**
 * Plans of the present program, each with one of the changed settings as it was.
 * @param before the stack file of before
 * @param after the present one
 */
export async function trialsOf(
  settings: readonly ChangedSetting[],
  before: PlacedFile,
  after: PlacedFile,
  args: PlanArgs,
): Promise<Trial[]> {
  const was = StackFile.parse(before.file, before.text);
  const plan = async (group: readonly ChangedSetting[]): Promise<Trial | undefined> => {
    const value = structuredClone(StackFile.parse(after.file, after.text).value);
    for (const { path } of group) put(value, path, was.at(path));
    try {
      // JSON is YAML, in which every value says its type.
      return { settings: group, plan: await planStack({ ...args, text: JSON.stringify(value) }) };
    } catch (error) {
      // One of several settings that go together only.
      if (userMessage(error) === undefined) throw error;
      return undefined;
    }
  };
  const trials: Trial[] = [];
  const apart: ChangedSetting[] = [];
  for (const group of groupsOf(settings)) {
    const trial = await plan(group);
    if (trial === undefined) apart.push(...group);
    else trials.push(trial);
  }
  const together = apart.length === 0 ? undefined : await plan(apart);
  return together === undefined ? trials : [...trials, together];
}

/** Settings one by one where they are few; else those of a role or a part of a concern together, or those of a concern, or all. */
export function groupsOf(settings: readonly ChangedSetting[]): ChangedSetting[][] {
  for (const depth of [Infinity, 3, 2, 1]) {
    const groups = new Map<string, ChangedSetting[]>();
    for (const setting of settings) {
      const name = JSON.stringify(setting.path.slice(0, depth));
      groups.set(name, [...(groups.get(name) ?? []), setting]);
    }
    if (groups.size <= MOST_TRIALS) return [...groups.values()];
  }
  return [[...settings]];
}

function put(root: unknown, path: KeyPath, value: unknown): void {
  let place = root;
  for (const part of path.slice(0, -1)) {
    if (!isRecord(place)) return;
    const [record, key] = [place as Record<string, unknown>, String(part)];
    record[key] ??= {};
    place = record[key];
  }
  if (!isRecord(place)) return;
  const [record, key] = [place as Record<string, unknown>, String(path.at(-1))];
  if (value === undefined) delete record[key];
  else record[key] = value;
}
