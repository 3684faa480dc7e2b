import { z } from "zod";
import { timezone } from "../../components/autoscaling/config";
import { bytes, dnsLabel, holds, positiveDuration } from "../../components/schema";

const factor = z.number().min(0).max(1000);
const orders = z.number().min(0).max(10_000_000);
const seconds = z.number().positive().max(86_400);

const channel = z.strictObject({
  orders: z
    .union([orders, z.array(orders).length(24, "expected 24 numbers, one for each hour from midnight on")])
    .describe("orders an hour: one number for all hours, or 24 from midnight on"),
  week: z
    .strictObject({
      mon: factor.default(1).describe("times as many orders on Mondays"),
      tue: factor.default(1).describe("times as many orders on Tuesdays"),
      wed: factor.default(1).describe("times as many orders on Wednesdays"),
      thu: factor.default(1).describe("times as many orders on Thursdays"),
      fri: factor.default(1).describe("times as many orders on Fridays"),
      sat: factor.default(1).describe("times as many orders on Saturdays"),
      sun: factor.default(1).describe("times as many orders on Sundays"),
    })
    .prefault({})
    .describe("how days of the week differ"),
  peak: z
    .strictObject({
      factor: z.number().min(1).max(60).describe("times as many orders as in the mean of the hour"),
      length: positiveDuration.default("5m").describe("how long; the rest of the hour has fewer, so that its sum stays"),
    })
    .optional()
    .describe("how unevenly orders come within an hour: each begins with a peak. Default: evenly"),
  passes: z
    .array(
      z.strictObject({
        role: dnsLabel.describe("role that an order passes"),
        pieces: z.number().positive().max(1000).default(1).describe("messages, requests or rows that one order is for this role"),
      }),
    )
    .min(1)
    .describe("roles that an order passes, in this order; it is late or not at the end of the last"),
});

const work = z.strictObject({
  seconds: seconds.describe("mean time for one piece of work, as measured: histograms of requests, handling of messages"),
  spread: z
    .number()
    .min(0)
    .max(20)
    .default(1)
    .describe("standard deviation of that time divided by its mean; 0 always alike, 1 as of exponential times"),
  parallel: z.int().min(1).max(10_000).default(1).describe("pieces that one pod works on at the same time"),
  cpuSeconds: z.number().min(0).max(86_400).default(0).describe("CPU time of one piece: drives the autoscaler's CPU metric"),
  database: z
    .strictObject({
      calls: z.number().positive().max(10_000).describe("transactions of one piece"),
      seconds: seconds.describe("time that one transaction keeps a connection"),
      cpuSeconds: z.number().min(0).max(86_400).optional().describe("CPU time of the database for one; default: all of its time"),
      walBytes: bytes.optional().describe("write-ahead log that one piece makes; default: not known"),
      storedBytes: bytes.optional().describe("what one piece leaves in the database for good; default: not known"),
    })
    .optional()
    .describe("what one piece asks of the database; default: nothing"),
  messageBytes: bytes.optional().describe("size of one message that waits for this role; default: not known"),
  startup: positiveDuration.default("30s").describe("from the creation of a pod until it is ready, pulling the image included"),
});

/** How many orders are expected, and what they cost the platform. */
export const forecastConfig = z
  .strictObject({
    timezone: timezone.default("UTC").describe("time zone of hours and days"),
    lateAfter: positiveDuration
      .default("10m")
      .describe("an order that the last role has not handled so long after it came is late"),
    outage: positiveDuration.default("15m").describe("an outage whose backlog has to be worked off"),
    channels: z
      .record(dnsLabel, channel)
      .check(holds((channels) => Object.keys(channels).length > 0, "expected at least one channel"))
      .describe("where orders come from, by name"),
    readers: z
      .strictObject({
        role: dnsLabel.describe("role that serves them"),
        people: z.int().min(1).max(1_000_000).describe("people who look at the same time"),
        requestsPerMinute: z.number().positive().max(10_000).describe("requests of one of them in a minute"),
      })
      .optional()
      .describe("people who only look, as at the dashboard; default: none"),
    work: z.record(dnsLabel, work).describe("what one piece of work takes, by role"),
    prices: z
      .string()
      .min(1)
      .optional()
      .describe("a file of prices (YAML or JSON), from the stack file's folder; default: list prices that come with the project"),
  })
  .describe(
    "Orders that are expected and what each asks of the platform, for `mes forecast`; nothing that is deployed depends on it",
  );
