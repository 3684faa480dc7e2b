import type { Verdict } from "../diff/changes";

/** What is listed of a comparison, the most dangerous first. */
export const LISTED = [
  "destroy",
  "replace",
  "update",
  "create",
  "move",
  "options",
  "metadata",
] as const satisfies readonly Verdict[];
export type Listed = (typeof LISTED)[number];

/** In front of a change. */
export const SIGNS: Readonly<Record<Verdict, string>> = {
  destroy: "−",
  replace: "±",
  update: "~",
  create: "+",
  move: "→",
  options: "·",
  metadata: "·",
  uncertain: "?",
  noise: "",
};

/** After a number of changes. */
export const DONE: Readonly<Record<Listed, string>> = {
  destroy: "destroyed",
  replace: "replaced",
  update: "updated",
  create: "created",
  move: "moved",
  options: "with other options",
  metadata: "with other labels or annotations only",
};
