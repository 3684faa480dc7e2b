import type { EditedFile } from "./edited-file";
import type { EditedPlan } from "./edited-plan";
import type { Cause, Harmful, Harmless, Kind, StackName } from "./mutation";

type PlanEdit = (plan: EditedPlan) => void;
type FileEdit = (file: EditedFile) => void;

interface Slip {
  readonly id: string;
  /** @default prod */
  readonly stack?: StackName;
  readonly harm: string;
  readonly cause: Cause;
  readonly deployed?: boolean;
}

/** Makers of the changes of one kind. */
export function harmful(kind: Kind): {
  plan: (slip: Slip, edit: PlanEdit) => Harmful;
  file: (slip: Slip, edit: FileEdit) => Harmful;
} {
  return {
    plan: (slip, edit) => ({ stack: "prod", ...slip, kind, change: { plan: edit } }),
    file: (slip, edit) => ({ stack: "prod", ...slip, kind, change: { file: edit } }),
  };
}

/** Makers of harmless changes, of prod unless the stack is named in front of the id: `dev/…`. */
export const harmless = {
  plan: (id: string, why: string, edit: PlanEdit, deployed = false): Harmless => ({
    ...stackOf(id),
    why,
    deployed,
    change: { plan: edit },
  }),
  file: (id: string, why: string, edit: FileEdit, deployed = false): Harmless => ({
    ...stackOf(id),
    why,
    deployed,
    change: { file: edit },
  }),
};

function stackOf(id: string): { id: string; stack: StackName } {
  return { id, stack: id.startsWith("dev/") ? "dev" : "prod" };
}

/** A cause whose finding names one of these things, and says something like it. */
export function cause(things: string | readonly string[] | RegExp, says?: RegExp): Cause {
  const names = things instanceof RegExp ? things : new RegExp([things].flat().map(escaped).join("|"));
  return { names, ...(says && { says }) };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
