import type { AutoscalerSpec } from "../../../review/forecast/autoscaling/spec";
import { DEFAULT_RULES } from "../../../review/forecast/autoscaling/spec";
import type { Curve } from "../../../review/forecast/demand";
import type { Model, RoleModel } from "../../../review/forecast/model";
import type { Channel, ForecastFacts } from "../../../review/plan/forecast-facts";

/** Stacks of a few roles, made by hand. */

export const WORK = { seconds: 1, spread: 1, parallel: 1, cpuSeconds: 0, startup: 30 };

export function role(name: string, overrides: Partial<RoleModel> = {}): RoleModel {
  return { name, work: WORK, min: 2, max: 2, cpu: 1, gpus: 0, queues: [], ...overrides };
}

export function channel(name: string, roles: readonly string[], overrides: Partial<Channel> = {}): Channel {
  const passes = roles.map((one) => ({ role: one, pieces: 1 }));
  return { name, hours: new Array<number>(24).fill(3600), days: [1, 1, 1, 1, 1, 1, 1], passes, ...overrides };
}

export function model(roles: readonly RoleModel[], facts: Partial<ForecastFacts> = {}): Model {
  const work = Object.fromEntries(roles.map((one) => [one.name, one.work]));
  const channels = [
    channel(
      "crm",
      roles.map(({ name }) => name),
    ),
  ];
  return { facts: { timezone: "UTC", lateAfter: 600, outage: 900, channels, work, ...facts }, roles };
}

/** A Monday, from midnight on. */
const MONDAY = Date.parse("2026-11-30T00:00:00Z") / 1000;

/** Orders a second: a number for each part of the curve, all parts of the same length. */
export function parts(rates: readonly number[], each: number): Curve {
  return {
    title: "a test",
    begins: MONDAY,
    seconds: rates.length * each,
    rate: (_, after) => (after >= rates.length * each ? 0 : (rates[Math.max(0, Math.floor(after / each))] ?? 0)),
  };
}

/** Follows a queue, as fast as Kubernetes does by default. */
export function follows(target: string, min: number, max: number, rate: number): AutoscalerSpec {
  const source = { from: "queue", queue: "orders", what: "rate" } as const;
  return {
    target,
    min,
    max,
    metrics: [{ kind: "average", source, target: rate, activation: 0 }],
    ...DEFAULT_RULES,
    keda: { minReplicas: min, pollingInterval: 15, cooldown: 300 },
  };
}
