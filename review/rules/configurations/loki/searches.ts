import { timeInWords } from "../../../kubernetes/sizes";
import { at, isRecord, listAt, numberAt, textAt } from "../../../kubernetes/value";
import type { Danger } from "../configured";
import { LIMITS, seconds, type Loki } from "./system";

const HIGH =
  /^(?:k8s\.pod\.(?:name|uid|ip)|trace[._]?id|span[._]?id|service\.instance\.id|host\.name|container\.id|log\.file\.path)$/;

/** What is there and not found. */
export function searching({ root }: Loki): Danger[] {
  const within = seconds(root, "querier.query_ingesters_within") ?? 3 * 3600;
  const age = seconds(root, "ingester.max_chunk_age") ?? 2 * 3600;
  const timeout = seconds(root, `${LIMITS}.query_timeout`);
  const write = seconds(root, "server.http_server_write_timeout");
  const lookback = seconds(root, `${LIMITS}.max_query_lookback`) ?? 0;
  const length = seconds(root, `${LIMITS}.max_query_length`);
  return [
    [
      "querier.query_ingesters_within",
      within > 0 && within < age,
      "error",
      `is ${timeInWords(within)}, and records stay in ingesters for up to ${timeInWords(age)} (ingester.max_chunk_age): those between are found nowhere; use more than that`,
    ],
    [
      `${LIMITS}.query_timeout`,
      timeout !== undefined && timeout < 10,
      "warning",
      `is ${timeInWords(timeout ?? 0)}: a search over a day is given up; use 1m`,
    ],
    [
      "server.http_server_write_timeout",
      write !== undefined && write < Math.min(30, timeout ?? 60),
      "warning",
      `is ${timeInWords(write ?? 0)}: answers that take longer are cut off; use 30s or more`,
    ],
    [
      `${LIMITS}.max_query_lookback`,
      lookback > 0 && lookback < 86_400,
      "warning",
      `is ${timeInWords(lookback)}: what was said yesterday is kept and not shown; raise mes:logging.limits.queryLookback`,
    ],
    [
      `${LIMITS}.max_query_length`,
      length !== undefined && length > 0 && length < 3600,
      "warning",
      `is ${timeInWords(length ?? 0)}: no longer time can be searched; use 721h`,
    ],
  ];
}

/** By what records are found, and how many. */
export function shown({ root }: Loki): Danger[] {
  const labels = listAt(root, LIMITS, "otlp_config", "resource_attributes", "attributes_config")
    .filter((one) => textAt(one, "action") === "index_label")
    .flatMap((one) => listAt(one, "attributes").map(String));
  const high = labels.find((one) => HIGH.test(one));
  const parallel = numberAt(root, "querier", "max_concurrent");
  return [
    [
      `${LIMITS}.max_entries_limit_per_query`,
      (numberAt(root, LIMITS, "max_entries_limit_per_query") ?? 5000) < 100,
      "warning",
      "is below 100: searches of dashboards are refused; use 5000",
    ],
    [
      `${LIMITS}.otlp_config`,
      high !== undefined,
      "warning",
      `makes ${high ?? ""} a label: each of its values is a stream of its own, until no more are taken; leave it in structured metadata`,
    ],
    [
      `${LIMITS}.otlp_config`,
      isRecord(at(root, LIMITS, "otlp_config")) &&
        !labels.some((one) => one === "service.name") &&
        at(root, LIMITS, "otlp_config", "resource_attributes", "ignore_defaults") === true,
      "warning",
      "makes no label of service.name, by which dashboards, traces and alerts look for records; add it",
    ],
    ["querier.max_concurrent", parallel !== undefined && parallel < 1, "error", `is ${parallel ?? ""}: no query runs; use 4`],
    [
      `${LIMITS}.max_query_parallelism`,
      (numberAt(root, LIMITS, "max_query_parallelism") ?? 32) < 1,
      "error",
      "is below 1: no query runs; use 32",
    ],
    [
      `${LIMITS}.volume_enabled`,
      at(root, LIMITS, "volume_enabled") === false,
      "warning",
      "is false: Grafana shows no volumes of logs; use true",
    ],
  ];
}
