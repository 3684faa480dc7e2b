import type { Plan } from "../plan/plan";
import { capacityOf, type CapacityReport } from "./capacity";
import { costOf, type CostReport } from "./cost";
import { play, type Outcome } from "./day";
import { busiestDay, type Curve } from "./demand";
import { modelOf, type Model } from "./model";
import type { Prices } from "./prices";

/** What a stack makes of the orders that are expected. */
export interface Forecast {
  readonly stack: string;
  /** What was played. */
  readonly curve: string;
  /** Seconds of it. */
  readonly seconds: number;
  /** Seconds after which an order is late. */
  readonly lateAfter: number;
  /** Seconds of the outage whose backlog is worked off. */
  readonly outage: number;
  readonly outcome: Outcome;
  readonly capacity: CapacityReport;
  readonly cost: CostReport;
}

interface ForecastOptions {
  /** A recorded curve. @default the busiest day of the forecast */
  readonly curve?: (facts: Model["facts"]) => Curve;
  /** @default `play` */
  readonly playing?: typeof play;
}

/**
 * @param today as `2026-11-26`
 * @throws PlanError where the plan has no forecast
 */
export function forecastOf(
  plan: Plan,
  prices: Prices,
  today: string,
  { curve: curveFor = (facts) => busiestDay(facts, today), playing = play }: ForecastOptions = {},
): Forecast {
  const model = modelOf(plan);
  const { facts } = model;
  const curve = curveFor(facts);
  const outcome = playing(model, curve);
  const expected = new Map(outcome.roles.map(({ name, pods }) => [name, pods.mean]));
  return {
    stack: plan.stack,
    curve: curve.title,
    seconds: curve.seconds,
    lateAfter: facts.lateAfter,
    outage: facts.outage,
    outcome,
    capacity: capacityOf(plan, model),
    cost: costOf(plan, expected, prices),
  };
}
