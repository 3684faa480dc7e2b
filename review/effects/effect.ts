import type { Change } from "../diff/changes";
import { fieldOf, isReal, type Leaf } from "../diff/leaf";
import type { KubeObject } from "../kubernetes/objects";
import type { Json } from "../kubernetes/value";

/**
 * How much is felt of it, the worst first. `lost`: data is gone. `refused`: the API or an operator refuses it, or it never gets to what runs.
 * `stops`: something is away for a time. `restarts`: pods come back one after the other. `acts`: it takes effect while everything runs.
 */
export const SEVERITIES = ["lost", "refused", "stops", "restarts", "acts"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a change does to something that runs. */
export interface Effect {
  readonly severity: Severity;
  /** In words, e.g. `pods restart, up to 1 more at a time, none fewer`. */
  readonly what: string;
  /** Fields that it comes from, with any item as `[*]`; empty where it is the change as a whole. */
  readonly fields: readonly string[];
}

/** A changed object, before and after. */
export interface Changed {
  readonly change: Change;
  readonly object: KubeObject;
  readonly was: Json;
  readonly is: Json;
  /** What really differs. */
  readonly leaves: readonly Leaf[];
}

/** Fields of the differences that a pattern finds. */
export function fieldsWith({ leaves }: Pick<Changed, "leaves">, pattern: RegExp): string[] {
  return [...new Set(leaves.map(({ path }) => fieldOf(path)).filter((field) => pattern.test(field)))];
}

export function realLeaves({ leaves }: Pick<Change, "leaves">): Leaf[] {
  return leaves.filter((leaf) => isReal(leaf));
}

/** One effect of the fields that a pattern finds; none where nothing of them differs. */
export function effectOf(changed: Changed, pattern: RegExp, severity: Severity, what: string): Effect[] {
  const fields = fieldsWith(changed, pattern);
  return fields.length === 0 ? [] : [{ severity, what, fields }];
}
