import { title } from "../../../kubernetes/objects";
import { containersOf } from "../../../kubernetes/pods";
import { inWords, timeInWords } from "../../../kubernetes/sizes";
import { at, bytesAt, listAt, numberAt, textAt } from "../../../kubernetes/value";
import type { Danger } from "../configured";
import { LIMITS, bytes, seconds, type Loki } from "./system";

/** What it deletes too early, too late, or loses. Source: https://grafana.com/docs/loki/latest/operations/storage/retention/ */
export function keeping({ root }: Loki, today: string | undefined): Danger[] {
  const periods = listAt(root, "schema_config", "configs");
  const first = textAt(periods[0], "from") ?? "";
  const retention = seconds(root, `${LIMITS}.retention_period`) ?? 0;
  const deletes = at(root, "compactor", "retention_enabled") === true;
  const interval = seconds(root, "compactor.compaction_interval") ?? 600;
  const delay = seconds(root, "compactor.retention_delete_delay") ?? 7200;
  const store = textAt(root, "compactor", "delete_request_store");
  const stores = periods.map((one) => textAt(one, "object_store"));
  return [
    [
      "schema_config.configs[0].from",
      today !== undefined && first > today,
      "error",
      `is ${first}, which is not yet: records of today have no schema, and are refused; use a day in the past`,
    ],
    [
      "compactor.retention_enabled",
      !deletes,
      "warning",
      "is not true: nothing is ever deleted, and the store grows without end; use true",
    ],
    [
      `${LIMITS}.retention_period`,
      deletes && retention === 0,
      "warning",
      "is not set: nothing is ever deleted, and the store grows without end; set mes:logging.retention",
    ],
    [
      `${LIMITS}.retention_period`,
      retention > 0 && retention < 86_400,
      "error",
      `is ${timeInWords(retention)}: it deletes by the day, and records are gone before anybody has read them; set mes:logging.retention to a day or more`,
    ],
    [
      "compactor.delete_request_store",
      store !== undefined && stores.length > 0 && !stores.includes(store),
      "error",
      `is ${store ?? ""}, and logs are in ${stores.join(", ")}: it cannot be reached, or is not where they are; use ${stores.at(-1) ?? ""}`,
    ],
    [
      "compactor.compaction_interval",
      interval > 86_400,
      "warning",
      `is ${timeInWords(interval)}: old records stay, and searches slow down; use 10m`,
    ],
    [
      "compactor.retention_delete_delay",
      delay > 7 * 86_400,
      "warning",
      `is ${timeInWords(delay)}: what should be gone stays; use 2h`,
    ],
    [
      "compactor.retention_delete_delay",
      delay < 600,
      "warning",
      `is ${timeInWords(delay)}: chunks go while indexes of other pods still name them, and searches fail; use 2h`,
    ],
  ];
}

/** What is in its memory alone. Source: https://grafana.com/docs/loki/latest/operations/storage/wal/ */
export function holding({ root, group }: Loki): Danger[] {
  const periods = listAt(root, "schema_config", "configs");
  const limit = Math.max(0, ...containersOf(group.spec).map((one) => bytesAt(one, "resources", "limits", "memory") ?? 0));
  const replay = bytes(root, "ingester.wal.replay_memory_ceiling") ?? 4 * 2 ** 30;
  const cached = (numberAt(root, "query_range", "results_cache", "cache", "embedded_cache", "max_size_mb") ?? 100) * 2 ** 20;
  const [idle, most] = [seconds(root, "ingester.chunk_idle_period") ?? 1800, seconds(root, "ingester.max_chunk_age") ?? 7200];
  const full = numberAt(root, "ingester", "wal", "disk_full_threshold");
  return [
    [
      "ingester.wal.replay_memory_ceiling",
      limit > 0 && replay > limit * 0.9,
      "error",
      `is ${inWords(replay)}, and ${title(group.object)} is killed at ${inWords(limit)}: after a crash it never comes up again; use half of its memory`,
    ],
    [
      "ingester.wal.flush_on_shutdown",
      at(root, "ingester", "wal", "flush_on_shutdown") === false && periods.length > 0 && group.object.kind !== "StatefulSet",
      "error",
      "is false, and its volume goes with the pod; use true",
    ],
    [
      "ingester.wal.disk_full_threshold",
      full === 0,
      "warning",
      "is 0: it goes on until its volume is full, and cannot start again; remove it",
    ],
    [
      "ingester.max_chunk_age",
      most > 12 * 3600,
      "warning",
      `is ${timeInWords(most)}: so long records are in the memory of pods alone; use 2h`,
    ],
    [
      "ingester.chunk_idle_period",
      idle > most,
      "warning",
      `is ${timeInWords(idle)}, above max_chunk_age (${timeInWords(most)}); use 30m`,
    ],
    [
      "query_range.results_cache",
      limit > 0 && cached > limit / 2,
      "warning",
      `may take ${inWords(cached)} of the ${inWords(limit)} of ${title(group.object)}, beside records that are not in the store yet; use a tenth of it`,
    ],
  ];
}
