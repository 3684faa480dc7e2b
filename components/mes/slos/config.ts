import { z } from "zod";
import { dnsLabel, holds, parseDuration, positiveDuration } from "../../schema";

const INDICATORS = ["availability", "latency", "handling", "freshness"] as const;

const slo = z.strictObject({
  indicator: z
    .enum(INDICATORS)
    .describe(
      "what is good: a request that is not answered with a 5xx (availability), or is answered in time (latency); a message that is handled in time (handling); a moment in which no message waits too long in the outbox (freshness)",
    ),
  role: dnsLabel.optional().describe("whose requests or messages; freshness is of the outbox and has none"),
  within: z.number().gt(0).optional().describe("seconds that are in time; a bucket of the histogram, but for freshness"),
  routes: z
    .array(z.string().startsWith("/", "expected a route as the image names it, e.g. /orders/{id}"))
    .min(1)
    .optional()
    .describe("only these routes, by the names that the image gives them (label http_route); default: all"),
  target: z
    .number()
    .min(50)
    .max(99.999)
    .describe("percent that is good at least; the rest is the error budget. No order may be lost: that has alerts of its own"),
});

/** Seconds that the alert on the slowest spending looks back. */
export const LONGEST_RANGE = parseDuration("3d");

/** Service level objectives: what users can rely on, and how fast the budget for errors is spent. */
export const slosConfig = z
  .strictObject({
    window: positiveDuration
      .check(holds((window) => parseDuration(window) >= LONGEST_RANGE, "expected at least 3d: alerts look back as long"))
      .optional()
      .describe(
        "time that the error budget is for; default: 30d, or as long as metrics are kept (mes:monitoring.prometheus.retention) where that is shorter",
      ),
    objectives: z.record(dnsLabel, slo).default({}).describe("objectives by name"),
  })
  .describe("Service level objectives: alerts tell when the error budget is spent too fast, a dashboard what is left of it");

export type SlosConfig = z.infer<typeof slosConfig>;
/** Objectives with the time that their budgets are for. */
export type Slos = SlosConfig & { readonly window: string };

/** @param kept how long metrics are kept */
export function withWindow(slos: SlosConfig, kept: string): Slos {
  return { ...slos, window: slos.window ?? (parseDuration(kept) < parseDuration("30d") ? kept : "30d") };
}

export type SloConfig = SlosConfig["objectives"][string];
