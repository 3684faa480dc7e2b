import type { AlertGroup } from "../observability/alert";
import { CACHE } from "./valkey";

/** Metrics of the exporter that rules and dashboard use. Source: https://github.com/oliver006/redis_exporter */
export const CACHE_METRICS = [
  "redis_commands_processed_total",
  "redis_connected_clients",
  "redis_db_keys",
  "redis_evicted_keys_total",
  "redis_expired_keys_total",
  "redis_keyspace_hits_total",
  "redis_keyspace_misses_total",
  "redis_memory_max_bytes",
  "redis_memory_used_bytes",
  "redis_rejected_connections_total",
  "redis_up",
];

const OF_CACHE = `job="${CACHE}"`;

/** Rules on the cache. None of them wakes anybody: without the cache the dashboard is slower, and no order is late. */
export function cacheAlerts(): AlertGroup[] {
  const rate = (metric: string) => `sum(rate(${metric}{${OF_CACHE}}[30m]))`;
  const lookUps = `(${rate("redis_keyspace_hits_total")} + ${rate("redis_keyspace_misses_total")})`;
  return [
    {
      name: "cache",
      alerts: [
        {
          name: "CacheDown",
          expr: `(max(redis_up{${OF_CACHE}}) or vector(0)) < 1`,
          for: "5m",
          severity: "ticket",
          summary: "The dashboard's cache does not answer",
          description:
            "The dashboard reads the database's replicas for everything: it is slower, and the replicas have more to do.",
        },
        {
          name: "CacheEvicting",
          expr: `${rate("redis_evicted_keys_total")} > 0`,
          for: "30m",
          severity: "ticket",
          summary: "The cache is full and throws out {{ $value | humanize }} keys a second",
          description:
            "What is thrown out has to be read from the database again. More memory, or less in the cache, would help.",
        },
        {
          name: "CacheHitRatioLow",
          // One look-up a second at least: a quiet night says nothing.
          expr: `${rate("redis_keyspace_hits_total")} / ${lookUps} < 0.5 and ${lookUps} > 1`,
          for: "1h",
          severity: "ticket",
          summary: "Only {{ $value | humanizePercentage }} of the look-ups find something in the cache",
          description: "The cache costs more than it saves: keys do not repeat, expire too soon, or are thrown out.",
        },
      ],
    },
  ];
}
