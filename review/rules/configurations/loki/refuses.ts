import { isRecord, listAt, numberAt, recordAt, textAt } from "../../../kubernetes/value";
import { lokiSeconds } from "./notation";
import type { Problem } from "../shapes";

/*
 * What Loki's own checks refuse when it starts.
 * Source: the functions Validate in pkg/ of https://github.com/grafana/loki, as of 3.7.6
 */

const DAY = 86_400;
const TARGETS = new Set(
  (
    "all read write backend distributor ingester querier query-scheduler query-frontend index-gateway ruler compactor table-manager overrides-exporter " +
    "ingester-querier bloom-planner bloom-builder bloom-gateway pattern-ingester ingest-limits ingest-limits-frontend"
  ).split(" "),
);
const INDEXES = new Set(["tsdb", "boltdb-shipper"]);
const STORES = new Set("filesystem aws s3 alibabacloud azure bos cos gcs swift inmemory".split(" "));
const CODECS = new Set("none gzip lz4-64k snappy lz4-256k lz4-1M lz4 flate zstd".split(" "));

/** A check: where, whether it fails, and what is to be done. */
type Check = readonly [path: string, fails: boolean, message: string];

function words(root: unknown, path: string, known: ReadonlySet<string>): Check {
  const value = textAt(root, ...path.split("."));
  return [
    path,
    value !== undefined && !value.includes("${") && !known.has(value),
    `is ${value ?? ""}, and takes ${[...known].join(", ")}`,
  ];
}

export function lokiRefuses(root: unknown): Problem[] {
  return [...schema(root), ...parts(root), ...limits(root), ...clients(root, "")]
    .filter(([, fails]) => fails)
    .map(([path, , message]) => ({ path, message }));
}

function schema(root: unknown): Check[] {
  const periods = listAt(root, "schema_config", "configs");
  const structured = recordAt(root, "limits_config").allow_structured_metadata !== false;
  const named = Object.values(recordAt(root, "storage_config", "named_stores")).flatMap((stores) =>
    isRecord(stores) ? Object.keys(stores) : [],
  );
  const first: Check = [
    "schema_config.configs",
    periods.length === 0,
    "is empty; give it a first day, store, object_store, schema and index",
  ];
  const each = periods.flatMap((period, i): Check[] => {
    const path = `schema_config.configs[${i}]`;
    const [store, chunks, version] = ["store", "object_store", "schema"].map((key) => textAt(period, key) ?? "");
    const last = i === periods.length - 1;
    const index = lokiSeconds(textAt(period, "index", "period"));
    return [
      [`${path}.store`, !INDEXES.has(store ?? ""), `is ${store === "" ? "not set" : (store ?? "")}; use tsdb`],
      [
        `${path}.object_store`,
        !STORES.has(chunks ?? "") && !named.includes(chunks ?? ""),
        `is ${chunks === "" ? "not set" : (chunks ?? "")}; use ${[...STORES].join(", ")}, or a name of named_stores`,
      ],
      [`${path}.schema`, !/^v(?:9|1[0-3])$/.test(version ?? ""), `is ${version === "" ? "not set" : (version ?? "")}; use v13`],
      [
        `${path}.schema`,
        last && structured && version !== "v13",
        "is below v13, which structured metadata and OTLP need; use v13",
      ],
      [`${path}.store`, last && structured && store === "boltdb-shipper", "cannot hold structured metadata and OTLP; use tsdb"],
      [`${path}.index.period`, index !== DAY, "is not 24h, the only period of an index in a store of objects; use 24h"],
      [
        `${path}.from`,
        i > 0 && String(recordAt(periods[i - 1]).from) >= String(recordAt(period).from),
        "is not after that of the entry before; put them in the order of their days",
      ],
      [`${path}.from`, recordAt(period).from === undefined, "is not set; use the first day"],
      [
        `${path}.row_shards`,
        numberAt(period, "row_shards") !== undefined && (numberAt(period, "row_shards") ?? 1) < 0,
        "is below 0",
      ],
    ];
  });
  return [first, ...each];
}

function parts(root: unknown): Check[] {
  const compactor = recordAt(root, "compactor");
  const worker = recordAt(root, "frontend_worker");
  const querier = recordAt(root, "querier");
  const shards = numberAt(root, "ingester", "index_shards");
  const target = textAt(root, "target") ?? "all";
  const least = (path: string, bound: number): Check => {
    const value = numberAt(root, ...path.split("."));
    return [path, value !== undefined && value < bound, `is ${value ?? ""}, and has to be ${bound} or more`];
  };
  const zero = (path: string): Check => {
    const value = textAt(root, ...path.split("."));
    return [path, value !== undefined && (lokiSeconds(value) ?? 1) <= 0, `is ${value ?? ""}, and has to be above 0`];
  };
  return [
    [
      "compactor.delete_request_store",
      compactor.retention_enabled === true && (textAt(compactor, "delete_request_store") ?? "") === "",
      "is not set, and retention_enabled needs it; use the object_store of the schema",
    ],
    ["target", target.split(",").some((one) => !TARGETS.has(one.trim())), `is ${target}, and takes ${[...TARGETS].join(", ")}`],
    words(root, "ingester.chunk_encoding", CODECS),
    words(root, "limits_config.bloom_block_encoding", CODECS),
    words(root, "server.log_level", new Set(["debug", "info", "warn", "error"])),
    words(root, "server.log_format", new Set(["logfmt", "json"])),
    words(root, "common.ring.kvstore.store", new Set(["consul", "etcd", "inmemory", "memberlist", "multi"])),
    [
      "ingester.index_shards",
      shards !== undefined && (shards < 1 || !Number.isInteger(Math.log2(shards))),
      `is ${shards ?? ""}, and has to be a power of two`,
    ],
    least("ingester.flush_op_backoff.max_retries", 1),
    least("compactor.max_compaction_parallelism", 1),
    zero("ingester.flush_op_timeout"),
    zero("ingester.wal.checkpoint_duration"),
    [
      "frontend_worker.scheduler_address",
      (textAt(worker, "frontend_address") ?? "") !== "" && (textAt(worker, "scheduler_address") ?? "") !== "",
      "and frontend_address exclude each other; keep one",
    ],
    [
      "querier.query_store_only",
      querier.query_store_only === true && querier.query_ingester_only === true,
      "and query_ingester_only exclude each other; remove both",
    ],
  ];
}

const ACTIONS = new Set(["index_label", "structured_metadata", "drop"]);

function limits(root: unknown): Check[] {
  const all = recordAt(root, "limits_config");
  const streams = listAt(all, "retention_stream").map((one, i): Check => {
    const period = textAt(one, "period");
    return [
      `limits_config.retention_stream[${i}].period`,
      (lokiSeconds(period) ?? 0) < DAY,
      `is ${period ?? "not set"}, and has to be a day or more`,
    ];
  });
  const actions = ["resource_attributes.attributes_config", "scope_attributes", "log_attributes"].flatMap((path) =>
    listAt(all, "otlp_config", ...path.split(".")).flatMap((one, i): Check[] => {
      const action = textAt(one, "action") ?? "";
      const place = `limits_config.otlp_config.${path}[${i}]`;
      const named = listAt(one, "attributes").length > 0;
      const matched = (textAt(one, "regex") ?? "") !== "";
      return [
        [
          `${place}.action`,
          !ACTIONS.has(action) || (action === "index_label" && !path.startsWith("resource")),
          `is ${action}, and takes ${path.startsWith("resource") ? "index_label, " : ""}structured_metadata or drop`,
        ],
        [place, named === matched, "takes either attributes or a regex"],
      ];
    }),
  );
  return [
    ...streams,
    ...actions,
    words(root, "limits_config.deletion_mode", new Set(["disabled", "filter-only", "filter-and-delete"])),
    words(root, "limits_config.tsdb_sharding_strategy", new Set(["power_of_two", "bounded"])),
    words(root, "limits_config.ingestion_rate_strategy", new Set(["local", "global"])),
  ];
}

/** Clients of gRPC, wherever they are. */
function clients(value: unknown, path: string): Check[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, one]): Check[] => {
    const at = path === "" ? key : `${path}.${key}`;
    if (key === "grpc_compression" && typeof one === "string") {
      return [[at, !["", "gzip", "snappy"].includes(one), `is ${one}, and takes gzip or snappy`]];
    }
    return clients(one, at);
  });
}
