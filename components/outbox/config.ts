import { z } from "zod";
import { cron, duration, parseDuration, positiveDuration, resources, rule } from "../schema";

/** Outbox and inbox: how long messages are kept, and when somebody is told. */
export const outboxConfig = z
  .strictObject({
    maxDelay: positiveDuration.default("1m").describe("page when a message waits longer to be sent to the broker"),
    maxPending: z.int().min(1).default(1000).describe("open a ticket when more messages wait to be sent"),
    keepSent: duration.default("14d").describe("how long a sent message is kept, for questions of what was sent and when"),
    keepReceived: duration
      .default("30d")
      .describe("how long a handled message is remembered: a repeat that comes later would be handled again"),
    purgeSchedule: cron.default("17 * * * *").describe("when older messages are deleted (five fields, UTC)"),
    resources: resources
      .prefault({ cpu: "20m", memory: "64Mi" })
      .describe("resources of the jobs that migrate the tables and delete old messages"),
  })
  .check(
    rule((config, context) => {
      if (parseDuration(config.keepReceived) < parseDuration("1d"))
        context.addIssue({
          code: "custom",
          path: ["keepReceived"],
          message: "expected at least 1d: messages come again after hours, when a queue is moved or a backup restored",
        });
      if (parseDuration(config.keepSent) < parseDuration("1h"))
        context.addIssue({ code: "custom", path: ["keepSent"], message: "expected at least 1h" });
    }),
  )
  .describe("Messages between database and broker (outbox and inbox)");

export type OutboxConfig = z.infer<typeof outboxConfig>;
