import { z } from "zod";
import { holds } from "./rule";

const DURATION = /^(?=\d)(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?$/;
const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** Seconds of a duration: `"1h30m"` → 5400. Throws on anything else. */
export function parseDuration(duration: string): number {
  if (!DURATION.test(duration)) throw new RangeError(`not a duration: ${duration}`);
  let seconds = 0;
  for (const [, value, unit] of duration.matchAll(/(\d+)([dhms])/g)) seconds += Number(value) * (SECONDS[unit ?? "s"] ?? 1);
  return seconds;
}

/** A duration in days, hours, minutes and seconds (`30s`, `1h30m`, `14d`), largest unit first. */
export const duration = z
  .string("expected a duration, e.g. 30s, 5m, 1h30m or 14d")
  .regex(DURATION, "expected a duration, e.g. 30s, 5m, 1h30m or 14d")
  .meta({ title: "Duration", examples: ["30s", "1h30m"] });

/** A duration of at least one second. */
export const positiveDuration = duration.check(holds((text) => !/^(?:0+[dhms])+$/.test(text), "expected at least one second"));
