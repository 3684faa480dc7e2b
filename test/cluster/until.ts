import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
  /** Called each time; what it throws ends the wait. */
  readonly check?: () => void;
  /** @default 60 */
  readonly seconds?: number;
  /** @default 50 */
  readonly everyMilliseconds?: number;
}

/**
 * Asks again and again until the answer is true. Anything else that is answered, or thrown, tells why it is not yet, and the
 * last of it is said when time is up.
 */
export async function until(
  what: string,
  isDone: () => Promise<true | string>,
  { check, seconds = 60, everyMilliseconds = 50 }: UntilOptions = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    check?.();
    const answer = await isDone().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (answer === true) return;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}: ${answer}`);
    await sleep(everyMilliseconds);
  }
}
