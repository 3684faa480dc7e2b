import type { Curve } from "./demand";
import type { Model } from "./model";
import { QUARTER, Station, type RoleOutcome } from "./station";

/** What happens to orders over a curve. */
export interface Outcome {
  readonly orders: number;
  /** Orders that came to their end too late, or never. */
  readonly late: number;
  /** Orders that came in each quarter of an hour. */
  readonly arrivals: readonly number[];
  /** In the order of the model. */
  readonly roles: readonly RoleOutcome[];
}

/** Seconds of a step: a third of the controller's sync. */
const STEP = 5;
/** What was before the curve begins: an hour like its first moment, so that no autoscaler starts cold. */
const BEFORE = 3600;

/**
 * Plays a curve against a stack: orders come evenly within a step, wait in the order of coming, and are handled by the pods that are ready,
 * whose number is what the real algorithms of the autoscalers make it. Times are means: no order is lucky or unlucky, so that nobody waits
 * here for a role that is not overrun; `waitingOf` has what chance adds.
 */
export function play({ facts, roles }: Model, curve: Curve): Outcome {
  const { lateAfter, readers } = facts;
  const paths = new Map(facts.channels.map(({ name, passes }) => [name, passes]));
  const times = { begins: -BEFORE, step: STEP, lateAfter };
  // What a role hands on is there for the next one in the same step.
  const last = (role: string) =>
    Math.max(0, ...[...paths.values()].map((passes) => passes.findLastIndex((pass) => pass.role === role)));
  const inOrder = [...roles].sort((a, b) => last(a.name) - last(b.name));
  const stations = new Map(inOrder.map((role) => [role.name, new Station(role, curve, times)]));
  const arrive = (batch: Parameters<Station["arrive"]>[0], now: number) => {
    const pass = paths.get(batch.channel)?.[batch.pass];
    if (pass !== undefined) stations.get(pass.role)?.arrive(batch, batch.orders * pass.pieces, now);
  };
  const readerPieces = readers === undefined ? 0 : ((readers.people * readers.requestsPerMinute) / 60) * STEP;
  const arrivals = new Array<number>(Math.ceil(curve.seconds / QUARTER)).fill(0);
  // The last orders of the curve get their time, too.
  const until = curve.seconds + lateAfter;
  for (let now = -BEFORE; now <= until; now += STEP) {
    if (now === 0) for (const station of stations.values()) station.begin();
    const fresh = { pass: 0, born: now, worked: 0, counts: now >= 0, late: false };
    for (const channel of paths.keys()) {
      const came = now < curve.seconds ? curve.rate(channel, now) * STEP : 0;
      if (came === 0) continue;
      if (now >= 0) arrivals[Math.floor(now / QUARTER)]! += came;
      arrive({ ...fresh, channel, orders: came }, now);
    }
    if (readers !== undefined)
      stations.get(readers.role)?.arrive({ ...fresh, channel: "", orders: 0, counts: false }, readerPieces, now);
    for (const station of stations.values()) {
      for (const batch of station.serve(now)) arrive({ ...batch, pass: batch.pass + 1 }, now);
    }
  }
  const outcomes = roles.flatMap(({ name }) => stations.get(name)?.outcome(until) ?? []);
  const orders = arrivals.reduce((sum, came) => sum + came, 0);
  return { orders, arrivals, late: outcomes.reduce((sum, { late, givenUp }) => sum + late + givenUp, 0), roles: outcomes };
}
