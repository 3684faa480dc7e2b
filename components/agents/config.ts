import { z } from "zod";
import { bytes, holds, parseBytes, resources } from "../schema";

/** Smallest file that the storage extension can compact while it runs. */
const MIN_DISK = "128Mi";

/** The OpenTelemetry collector on every node. It runs when tracing or logging is on. */
export const agentsConfig = z
  .strictObject({
    resources: resources
      .prefault({ cpu: "100m", memory: "256Mi" })
      .describe("resources of the collector on one node; default: 100m and 256Mi"),
    spanQueue: z
      .int()
      .min(1000)
      .default(20_000)
      .describe("spans that wait in memory while the gateway does not answer; more are dropped"),
    logQueue: z
      .int()
      .min(1000)
      .default(100_000)
      .describe("log records that wait on the node's disk while Loki does not answer; more wait in the log files themselves"),
    diskLimit: bytes
      .default("1Gi")
      .check(holds((limit) => parseBytes(limit) >= parseBytes(MIN_DISK), `expected at least ${MIN_DISK}`))
      .describe("most that the queue of log records may take of a node's disk"),
  })
  .describe("The collector on every node: takes the spans of its pods and reads their logs");

export type AgentsConfig = z.infer<typeof agentsConfig>;
