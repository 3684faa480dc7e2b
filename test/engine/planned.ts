import { diffPlans, type Verdict } from "../../review/diff/changes";
import type { Plan } from "../../review/plan/plan";
import { record } from "../../review/plan/record";
import { PROJECT_DIRECTORY } from "../helpers/record";
import type { Program, Step } from "./engine";

export type Change = "create" | "delete" | "change" | "replace";

/** The engine's words for what a comparison of plans says; undefined if it has nothing to do. */
const OPERATIONS: Readonly<Record<Verdict, Change | undefined>> = {
  create: "create",
  destroy: "delete",
  replace: "replace",
  update: "change",
  metadata: "change",
  // Who reads a list may not mind its order, and the plug-in sends it all the same.
  noise: "change",
  uncertain: "change",
  move: undefined,
  options: undefined,
};

/** What `mes plan --against` says of a change of the program: URNs, and what becomes of each. */
export async function plannedChanges(stack: string, before: Program, after: Program): Promise<Record<string, Change>> {
  const { changes } = diffPlans((await planOf(stack, before)).resources, await planOf(stack, after));
  const done = changes.map(({ urn, verdict }) => [urn, OPERATIONS[verdict]] as const);
  return sorted(Object.fromEntries(done.filter((one): one is [string, Change] => one[1] !== undefined)));
}

/** What an engine did, in the same words. */
export function changesOf(steps: readonly Step[]): Record<string, Change> {
  return sorted(Object.fromEntries(steps.map(({ urn, op }) => [urn, operation(op)] as const)));
}

/** Source: the operations of the engine in sdk/go/common/apitype/updates.go, e.g. `create-replacement` and `delete-replaced` */
function operation(op: string): Change {
  if (op.includes("replac")) return "replace";
  return op === "create" || op === "delete" ? op : "change";
}

/** `Type::name` of each URN, for people. */
export function named(changes: Readonly<Record<string, Change>>): string[] {
  return Object.entries(changes)
    .map(([urn, change]) => `${change} ${shortName(urn)}`)
    .sort();
}

export function shortName(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split(":").at(-1) ?? ""} ${name}`;
}

function planOf(stack: string, program: Program): Promise<Plan> {
  return record(program, { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY });
}

function sorted(changes: Record<string, Change>): Record<string, Change> {
  return Object.fromEntries(Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
