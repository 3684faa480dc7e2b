import { asResource, type Compared } from "../diff/compared";
import { PlanError } from "../errors";
import type { Plan } from "../plan/plan";
import { costOf, type CostReport } from "./cost";
import { play, type Outcome } from "./day";
import { forecastOf, type Forecast } from "./forecast";
import { pricesFor, type Prices } from "./prices";

/** What a plan makes of the orders that are expected, and what it costs; with a comparison on both sides, under the same orders and prices. */
export interface Outlook {
  readonly before?: OutlookSide;
  readonly after: OutlookSide;
}

export interface OutlookSide {
  /** Absent where the stack file expects no orders, or says something of a role that this side does not have. */
  readonly forecast?: Forecast;
  /** Why there is no forecast, where one is asked for. */
  readonly unknown?: string;
  readonly cost: CostReport;
}

/**
 * @param stackFile that of the plan: it may name a file of prices
 * @param before what the plan is compared with
 * @throws UsageError, ConfigError of a file of prices
 */
export function outlookOf(plan: Plan, stackFile: string, before?: readonly Compared[]): Outlook {
  const prices = pricesFor(stackFile, plan.facts?.forecast?.prices);
  // Most changes leave the roles as they are, and so the day.
  const playing = onceEach(play);
  const after = sideOf(plan, prices, playing);
  if (before === undefined) return { after };
  return { before: sideOf({ ...plan, resources: before.map(asResource) }, prices, playing), after };
}

function sideOf(plan: Plan, prices: Prices, playing: typeof play): OutlookSide {
  const withoutForecast = () => costOf(plan, new Map(), prices);
  if (plan.facts?.forecast === undefined) return { cost: withoutForecast() };
  const today = plan.facts.today ?? new Date().toISOString().slice(0, 10);
  try {
    const forecast = forecastOf(plan, prices, today, { playing });
    return { forecast, cost: forecast.cost };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { unknown: error.message, cost: withoutForecast() };
  }
}

/** Plays the same stack under the same orders only once. */
function onceEach(of: typeof play): typeof play {
  const played = new Map<string, Outcome>();
  return (model, curve) => {
    const key = JSON.stringify([curve.title, model]);
    const outcome = played.get(key) ?? of(model, curve);
    played.set(key, outcome);
    return outcome;
  };
}
