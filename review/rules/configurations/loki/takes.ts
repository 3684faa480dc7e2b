import type { Inventory } from "../../../kubernetes/inventory";
import { inWords, timeInWords } from "../../../kubernetes/sizes";
import { numberAt, recordAt } from "../../../kubernetes/value";
import type { Danger } from "../configured";
import { LIMITS, bytes, seconds, type Loki } from "./system";

/** What it refuses of what is sent to it. Source: https://grafana.com/docs/loki/latest/configure/#limits_config */
export function taking({ root, known }: Loki): Danger[] {
  const limits = recordAt(root, LIMITS);
  const tenant = recordAt(root).auth_enabled !== false && !namesTenant(known);
  const line = bytes(root, `${LIMITS}.max_line_size`) ?? 256 * 2 ** 10;
  const longest = longestRecord(known);
  const age = seconds(root, `${LIMITS}.reject_old_samples_max_age`);
  return [
    [
      "auth_enabled",
      tenant,
      "error",
      "is true, and nobody sends a tenant (X-Scope-OrgID): every record and every query is refused; set it to false",
    ],
    [
      `${LIMITS}.allow_structured_metadata`,
      limits.allow_structured_metadata === false,
      "error",
      "is false: what collectors send over OTLP has structured metadata, and is refused; remove it",
    ],
    [
      `${LIMITS}.max_line_size`,
      limits.max_line_size_truncate !== true && line > 0 && line < (longest ?? 0),
      "warning",
      `is ${inWords(line)}, and collectors send records of up to ${inWords(longest ?? 0)}: longer ones are refused for good; raise it, or set max_line_size_truncate to true`,
    ],
    [
      `${LIMITS}.max_line_size`,
      line > 0 && line < 2 ** 10,
      "warning",
      `is ${inWords(line)}: usual records are longer, and are cut or refused; use 256KB`,
    ],
    [
      `${LIMITS}.reject_old_samples_max_age`,
      limits.reject_old_samples !== false && age !== undefined && age < 86_400,
      "warning",
      `is ${timeInWords(age ?? 0)}: what waited at a collector for longer, while Loki was away, is refused for good; use 168h`,
    ],
    [
      "distributor.ingester_writes_enabled",
      recordAt(root, "distributor").ingester_writes_enabled === false,
      "error",
      "is false: nothing is written; remove it",
    ],
  ];
}

/** How much it takes of it. Source: https://grafana.com/docs/loki/latest/operations/request-validation-rate-limits/ */
export function bounds({ root }: Loki): Danger[] {
  const limits = recordAt(root, LIMITS);
  const number = (key: string) => numberAt(limits, key);
  const [rate, burst] = [number("ingestion_rate_mb") ?? 4, number("ingestion_burst_size_mb") ?? 6];
  const streams = number("max_global_streams_per_user") ?? 5000;
  const [stream, peak] = [
    bytes(root, `${LIMITS}.per_stream_rate_limit`) ?? 3 * 2 ** 20,
    bytes(root, `${LIMITS}.per_stream_rate_limit_burst`),
  ];
  const ahead = seconds(root, `${LIMITS}.creation_grace_period`);
  return [
    [
      `${LIMITS}.ingestion_rate_mb`,
      rate < 1,
      "warning",
      `is ${rate}: less than one MB a second of all programs together is refused soon; raise mes:logging.limits.ingestionRate`,
    ],
    [
      `${LIMITS}.ingestion_burst_size_mb`,
      burst < rate,
      "error",
      `is ${burst}, below the rate of ${rate}: batches that are larger are never taken, however seldom they come; raise mes:logging.limits.ingestionBurst`,
    ],
    [
      `${LIMITS}.per_stream_rate_limit`,
      stream < 2 ** 18,
      "warning",
      `is ${inWords(stream)} a second: a program that logs an outage is cut off; raise mes:logging.limits.streamRate`,
    ],
    [
      `${LIMITS}.per_stream_rate_limit_burst`,
      peak !== undefined && peak < stream,
      "warning",
      `is ${inWords(peak ?? 0)}, below the rate of ${inWords(stream)}; use four times the rate`,
    ],
    [
      `${LIMITS}.max_global_streams_per_user`,
      streams > 0 && streams < 100,
      "error",
      `is ${streams}: each container of each service is a stream, and those beyond are refused; raise mes:logging.limits.streams`,
    ],
    [
      `${LIMITS}.max_global_streams_per_user`,
      streams === 0,
      "warning",
      "is 0, which is no limit: one label with many values fills the memory of all pods; use 5000",
    ],
    [
      `${LIMITS}.creation_grace_period`,
      ahead !== undefined && ahead < 60,
      "warning",
      `is ${timeInWords(ahead ?? 0)}: records of a node whose clock is ahead are refused; use 10m`,
    ],
  ];
}

/** Whether anybody sends a tenant. */
function namesTenant(known: Inventory): boolean {
  return ["ConfigMap", "Secret"].some((kind) =>
    known
      .ofKind(kind)
      .some(({ resource }) =>
        [recordAt(resource.inputs, "data"), recordAt(resource.inputs, "stringData")].some((data) =>
          Object.values(data).some((text) => typeof text === "string" && /X-Scope-OrgID/i.test(text)),
        ),
      ),
  );
}

/** Bytes of the longest record that a collector makes of a file. */
function longestRecord(known: Inventory): number | undefined {
  const sizes = known.ofKind("ConfigMap").flatMap(({ resource }) =>
    Object.values(recordAt(resource.inputs, "data")).flatMap((text) => {
      if (typeof text !== "string" || !/^\s*file_?log\b/m.test(text)) return [];
      return [...text.matchAll(/^\s*max_log_size:\s*"?(\d+)(Ki|Mi)B/gm)].map(
        ([, digits, unit]) => Number(digits) * (unit === "Ki" ? 2 ** 10 : 2 ** 20),
      );
    }),
  );
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}
