import type { Plan } from "../../review/plan/plan";
import type { EditedFile } from "./edited-file";
import type { EditedPlan } from "./edited-plan";
import type { Random } from "./random";

/** What a harmful change breaks. */
export const KINDS = [
  "order paths",
  "rights",
  "queue semantics",
  "time budgets",
  "durability",
  "backups",
  "protection",
  "capacity and placement",
  "availability",
  "scaling that does nothing",
  "reachability",
  "exposure",
  "alerts that cannot fire",
  "cannot run or deploy",
] as const;
export type Kind = (typeof KINDS)[number];

export type StackName = "dev" | "prod";

/** A change of the stack file, planned again; or of what the components declare, as a slip in one of them would make it. */
export type Change = { readonly file: (file: EditedFile) => void } | { readonly plan: (plan: EditedPlan) => void };

interface Changed {
  /** Kind of slip, and its place behind a colon: `binding-dropped:orders.inbound`. The same for every seed that picks this place. */
  readonly id: string;
  readonly stack: StackName;
  readonly change: Change;
  /** Whether the rules are also told what the unchanged stack has deployed, as with `mes plan --state`. @default false */
  readonly deployed?: boolean;
}

/** A change that loses or delays orders, loses data, does not deploy, or lets somebody in. */
export interface Harmful extends Changed {
  readonly kind: Kind;
  /** What happens, in one sentence. */
  readonly harm: string;
  readonly cause: Cause;
}

/** A change that somebody may make, and that no rule may call an error. */
export interface Harmless extends Changed {
  /** Why it does no harm, in one sentence. */
  readonly why: string;
}

/** By what a finding (or a refusal of the configuration) is known to tell the cause of the harm: both in one and the same. */
export interface Cause {
  /** The thing: its name, path or key. */
  readonly names: RegExp;
  /** What is wrong with it. Generous in words. @default anything */
  readonly says?: RegExp;
}

/** What generators choose places from: the plans of the unchanged stacks, and a seeded choice. */
export interface World {
  readonly plans: Readonly<Record<StackName, Plan>>;
  readonly random: Random;
}

export type Generator<T> = (world: World) => readonly T[];
