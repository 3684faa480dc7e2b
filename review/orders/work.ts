import type { Program } from "../plan/plan";

/** Seconds to handle all that one pod has fetched from its queues, one after the other. */
export function workSeconds({ consumes }: Pick<Program, "consumes">): number {
  return consumes.reduce((sum, { prefetch = 0, handlingSeconds = 0 }) => sum + prefetch * handlingSeconds, 0);
}
