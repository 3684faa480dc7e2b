import { normal, type Conditions } from "./conditions";
import type { Pods } from "./cluster";
import { World } from "./exporters";
import { play, type Outage, type Result } from "./player";
import type { Monitored } from "./stack";

/** Seconds before anything happens, in which rules are evaluated and all is well. */
export const BEFORE = 10 * 60;
/** Minutes after it, in which everything is to end. */
const AFTER = 30;
/** History that no rule was evaluated over: longer than the longest range. */
const HISTORY = 25.5 * 3600;
/** History in which rates are taken, by rules that look back an hour. */
const FINE_SINCE = 75 * 60;
/** As dev scrapes and evaluates; prod does it twice as often. */
const FINE = 30;

export interface Happening {
  /** Minutes that it lasts. */
  readonly minutes: number;
  /** Minutes afterwards. @default 30 */
  readonly after?: number;
  /** How things are, so many seconds after it began. */
  readonly change: (is: Conditions, seconds: number) => void;
  /** What happens to pods, once a moment. */
  readonly pods?: (pods: Pods, seconds: number, now: number) => void;
  /** What holds before and afterwards too. */
  readonly always?: (is: Conditions, now: number) => void;
  readonly outages?: readonly Outage[];
}

/** Plays a happening: a day before it, ten minutes of normal work, the happening, and half an hour of normal work. */
export async function playOut(monitored: Monitored, happening: Happening): Promise<Result> {
  const end = BEFORE + happening.minutes * 60;
  const times: number[] = [];
  // Often where ranges begin and end, rarely in between.
  for (let t = -HISTORY; t < -FINE_SINCE; t += t < -22 * 3600 || t > -2 * 3600 ? 300 : 1200) times.push(t);
  for (let t = -FINE_SINCE; t <= end + (happening.after ?? AFTER) * 60; t += FINE) times.push(t);
  const world = new World(times.length, monitored.scrapes);
  for (const [i, now] of times.entries()) {
    const is = normal();
    happening.always?.(is, now);
    if (now >= BEFORE && now < end) happening.change(is, now - BEFORE);
    if (now >= BEFORE) happening.pods?.(world.pods, now - BEFORE, now);
    if (now === end + 10 * 60) world.orders.tidy();
    if (now >= BEFORE) world.pods.evict(is.nodesDown, now);
    world.moment(i, now, i === 0 ? 300 : now - (times[i - 1] ?? now), is);
  }
  return play({ ...monitored, evaluationInterval: FINE }, times, world.all(), happening.outages);
}
