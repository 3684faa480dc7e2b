import { isDeepStrictEqual } from "node:util";
import type { Resource } from "../../review/plan/plan";
import { record } from "../../review/plan/record";
import { PROJECT_DIRECTORY } from "../helpers/record";
import type { Program, Step } from "./engine";

export type Change = "create" | "delete" | "change";

/** What plans say of a change of the program: URNs, and what becomes of each. */
export async function plannedChanges(stack: string, before: Program, after: Program): Promise<Record<string, Change>> {
  const old = await resources(stack, before);
  const fresh = await resources(stack, after);
  const changes: Record<string, Change> = {};
  for (const urn of old.keys()) if (!fresh.has(urn)) changes[urn] = "delete";
  for (const [urn, resource] of fresh) {
    const was = old.get(urn);
    if (was === undefined) changes[urn] = "create";
    else if (!isDeepStrictEqual(was.inputs, resource.inputs)) changes[urn] = "change";
  }
  return sorted(changes);
}

/** What an engine did, in the same words. */
export function changesOf(steps: readonly Step[]): Record<string, Change> {
  return sorted(
    Object.fromEntries(steps.map(({ urn, op }) => [urn, op === "create" || op === "delete" ? op : "change"] as const)),
  );
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

async function resources(stack: string, program: Program): Promise<Map<string, Resource>> {
  const plan = await record(program, { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY });
  return new Map(plan.resources.map((resource) => [resource.urn, resource]));
}

function sorted(changes: Record<string, Change>): Record<string, Change> {
  return Object.fromEntries(Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
