import * as fs from "node:fs";
import { UsageError } from "../errors";
import { at, isRecord, listAt, recordAt, textAt, type Json } from "../kubernetes/value";
import type { Former, FormerResource } from "./plan";

/**
 * What a stack has, as a file says it: of `pulumi stack export`, or of `mes plan --format json`. Of a resource only its names and whether it is protected are looked at.
 * @param file a path, or `-` for standard input
 * @throws UsageError when it is neither, or of another stack
 */
export function formerOf(file: string, stack: string): Former {
  const { state } = stateOf(savedContent(file), file, stack);
  const creating = listAt(state, "pending_operations").filter((operation) => at(operation, "type") === "creating");
  const resources = listAt(state, "resources").flatMap(resourceOf);
  const known = new Set(resources.map(({ urn }) => urn));
  // The engine keeps its note of what was being created, also when a later run has created it.
  const interrupted = creating.flatMap((operation) => resourceOf(at(operation, "resource"))).filter(({ urn }) => !known.has(urn));
  return { resources, interrupted };
}

/** What has `resources`, and whether it is of a state. */
export interface SavedState {
  readonly state: Json;
  readonly deployed: boolean;
}

/**
 * @param file how messages name it
 * @throws UsageError when it is neither, or of another stack
 */
export function stateOf(content: unknown, file: string, stack: string): SavedState {
  const deployed = at(content, "deployment") !== undefined;
  const state = at(content, "deployment") ?? content;
  if (!isRecord(state) || (!deployed && !Array.isArray(state.resources))) {
    throw new UsageError(`mes plan: ${file} is neither of pulumi stack export nor of mes plan --format json`);
  }
  const stacks = listAt(state, "resources").flatMap(
    (one) => textAt(one, "urn")?.split("::")[0]?.replace("urn:pulumi:", "") ?? [],
  );
  const other = stacks.find((name) => name !== stack);
  if (other !== undefined) throw new UsageError(`mes plan: ${file} is of the stack ${other}, not of ${stack}`);
  return { state, deployed };
}

function resourceOf(value: unknown): FormerResource[] {
  const [urn, type] = [textAt(value, "urn"), textAt(value, "type")];
  if (urn === undefined || type === undefined) return [];
  // A state leaves out what is false.
  return [{ urn, type, inputs: recordAt(value, "inputs"), protect: at(value, "protect") === true }];
}

/**
 * The JSON in a file.
 * @param file a path, or `-` for standard input
 * @throws UsageError where it is none
 */
export function savedContent(file: string): unknown {
  // Standard input has no name.
  const text = fs.readFileSync(file === "-" ? 0 : file, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`mes plan: ${file} is no JSON: ${(error as Error).message}`);
  }
}
