import type { Dashboard } from "../observability/dashboard";
import { dashboard, row, stat, timeseries } from "../observability/panels";
import { CACHE } from "./valkey";

const OF_CACHE = `job="${CACHE}"`;

/** Does the cache help, and is it large enough? */
export function cacheDashboard(): Dashboard {
  const rate = (metric: string) => `sum(rate(redis_${metric}_total{${OF_CACHE}}[$__rate_interval]))`;
  const hitRatio = `${rate("keyspace_hits")} / (${rate("keyspace_hits")} + ${rate("keyspace_misses")})`;
  return dashboard(
    "mes-cache",
    "Cache",
    [
      row("Now", [
        stat("Up", "short", [{ expr: `max(redis_up{${OF_CACHE}}) or vector(0)`, legend: "up" }], { least: 1 }),
        stat("Hit ratio", "percentunit", [{ expr: hitRatio, legend: "hits" }], { description: "Look-ups that found something." }),
        stat("Keys", "short", [{ expr: `sum(redis_db_keys{${OF_CACHE}})`, legend: "keys" }]),
        stat("Clients", "short", [{ expr: `sum(redis_connected_clients{${OF_CACHE}})`, legend: "clients" }]),
      ]),
      row("Over time", [
        timeseries("Look-ups in a second", "reqps", [
          { expr: rate("keyspace_hits"), legend: "found" },
          { expr: rate("keyspace_misses"), legend: "not found" },
        ]),
        timeseries("Hit ratio", "percentunit", [{ expr: hitRatio, legend: "hits" }], { max: 1 }),
        timeseries(
          "Memory",
          "bytes",
          [
            { expr: `sum(redis_memory_used_bytes{${OF_CACHE}})`, legend: "used" },
            { expr: `max(redis_memory_max_bytes{${OF_CACHE}})`, legend: "limit" },
          ],
          { description: "At the limit the least recently used keys are thrown out." },
        ),
        timeseries("Keys that go", "reqps", [
          { expr: rate("evicted_keys"), legend: "thrown out" },
          { expr: rate("expired_keys"), legend: "expired" },
        ]),
        timeseries("Commands in a second", "reqps", [{ expr: rate("commands_processed"), legend: "commands" }]),
        timeseries("Refused connections", "reqps", [{ expr: rate("rejected_connections"), legend: "refused" }]),
      ]),
    ],
    { description: "Valkey: what the dashboard finds in its cache" },
  );
}
