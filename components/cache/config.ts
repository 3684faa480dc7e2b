import { z } from "zod";
import { holds, parseBytes, resources } from "../schema";

/** Least memory of an instance: the program itself takes about 10 MiB, and a quarter is kept for its connections. */
const LEAST_MEMORY = "64Mi";

/** The cache of the dashboard (Valkey). */
export const cacheConfig = z
  .strictObject({
    enabled: z.boolean().default(true).describe("false: the dashboard reads the database's replicas for everything"),
    resources: resources
      .default({ cpu: "100m", memory: "256Mi" })
      .check(
        holds(({ memory }) => parseBytes(memory) >= parseBytes(LEAST_MEMORY), {
          path: ["memory"],
          message: `expected at least ${LEAST_MEMORY}`,
        }),
      )
      .describe("of the one instance; three quarters of the memory hold data, the least recently used is thrown out"),
    maxClients: z.int().min(10).max(10_000).default(1000).describe("connections it accepts"),
    rotation: z.string().min(1).default("1").describe("change it to give every user a new password"),
  })
  .describe("The cache of the dashboard: one instance, nothing on disk, empty after a restart");

export type CacheConfig = z.infer<typeof cacheConfig>;
