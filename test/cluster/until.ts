import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "./message";

/** Done, not yet, or what is missing. */
type Answer = boolean | string;

export interface UntilOptions {
  /** Called each time; what it throws ends the wait. */
  readonly check?: () => void;
  /** Only a failure takes that long: three suites share two cores. @default 180 */
  readonly seconds?: number;
  /** @default 50 */
  readonly everyMilliseconds?: number;
}

/**
 * Asks again and again until the answer is true. What else it answers or throws is said when time is up.
 */
export async function until(
  what: string,
  isDone: () => Answer | Promise<Answer>,
  { check, seconds = 180, everyMilliseconds = 50 }: UntilOptions = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    check?.();
    const answer = await Promise.resolve().then(isDone).catch(messageOf);
    if (answer === true) return;
    if (Date.now() > deadline)
      throw new Error(`waited ${seconds} s in vain until ${what}${typeof answer === "string" ? `: ${answer}` : ""}`);
    await sleep(everyMilliseconds);
  }
}
