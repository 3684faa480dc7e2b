import { configFiles, type ConfigFile } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { containersOf, type PodGroup } from "../../kubernetes/pods";
import { inWords, timeInWords } from "../../kubernetes/sizes";
import { bytesAt, listAt, textAt } from "../../kubernetes/value";
import { count, reporter, type Finding } from "../rule";

const { warning } = reporter("settings-fit");

/** What collectors, Loki and Prometheus are told to hold, against their memory and their volumes. */
export function telemetryFits(known: Inventory): Finding[] {
  return [
    ...known.pods.flatMap((group) =>
      configFiles(group, known).flatMap((file) => [
        ...tracesFit(group, file),
        ...journalFits(group, file, known),
        ...nodeDisk(group, file),
      ]),
    ),
    ...known.ofKind("Prometheus").flatMap((prometheus) => seriesFit(prometheus, known)),
  ];
}

/** Bytes of a trace that waits to be judged: some ten spans, a kibibyte each. Source: README of the collector's tail_sampling processor, num_traces */
const TRACE = 10 * 2 ** 10;

function tracesFit({ object, spec }: PodGroup, { resource, path, text }: ConfigFile): Finding[] {
  const [, digits] = /^\s*num_traces:\s*(\d+)\s*$/m.exec(text) ?? [];
  const limits = containersOf(spec).flatMap((one) => bytesAt(one, "resources", "limits", "memory") ?? []);
  if (digits === undefined || limits.length === 0) return [];
  const [traces, limit] = [Number(digits), Math.max(...limits)];
  if (traces * TRACE <= limit) return [];
  const message = `num_traces is ${traces}: as many traces take ${inWords(traces * TRACE)}, and ${title(object)} has ${inWords(limit)}: it refuses spans or is killed; lower mes:tracing.sampler.tracesInMemory, or raise its memory`;
  return [warning(resource, path, message)];
}

/** Seconds between two checkpoints of Loki's journal, which keeps what came since the last but one. Source: ingester.wal.checkpoint_duration */
const CHECKPOINT = 300;

function journalFits({ object }: PodGroup, { resource, path, text }: ConfigFile, known: Inventory): Finding[] {
  const [, digits] = /^\s*ingestion_rate_mb:\s*(\d+(?:\.\d+)?)\s*$/m.exec(text) ?? [];
  const sizes = listAt(object.spec, "volumeClaimTemplates").flatMap(
    (claim) => bytesAt(claim, "spec", "resources", "requests", "storage") ?? [],
  );
  if (digits === undefined || sizes.length === 0 || !/\bobject_store:\s*(?:s3|gcs|azure)/.test(text)) return [];
  const pods = Math.max(1, known.pods.find((one) => one.object === object)?.replicas ?? 1);
  const copies = Math.min(pods, Number(/^\s*replication_factor:\s*(\d+)/m.exec(text)?.[1] ?? 3));
  const rate = (Number(digits) * 2 ** 20 * copies) / pods;
  const time = Math.max(...sizes) / rate;
  if (time >= CHECKPOINT) return [];
  const message = `at the rate that it lets in (${inWords(rate)} a second for each pod), the volume of ${title(object)} is full after ${timeInWords(time)}, and its journal holds ${timeInWords(CHECKPOINT)} at the least: it refuses logs; raise mes:logging.storage.walSize, or lower mes:logging.limits.ingestionRate`;
  return [warning(resource, path, message)];
}

/** Bytes of a node's own disk, of which images and logs take their part; a usual node has 20 to 100 GiB. */
const NODE_DISK = 20 * 2 ** 30;

/** What a collector may keep in a folder of the node: the kubelet evicts pods when the disk is nearly full. */
function nodeDisk({ object, spec, perNode }: PodGroup, { resource, path, text }: ConfigFile): Finding[] {
  const [, digits] = /^\s*file_storage(?:\/\S+)?:\n(?:\s{4,}.*\n)*?\s+max_size:\s*(\d+)\s*$/m.exec(text) ?? [];
  const onNode = perNode && listAt(spec, "volumes").some((volume) => textAt(volume, "hostPath", "path") !== undefined);
  if (digits === undefined || !onNode || Number(digits) <= NODE_DISK) return [];
  const message = `${title(object)} may keep ${inWords(Number(digits))} on each node's own disk: when that is full the kubelet evicts pods, those of orders too; lower mes:agents.diskLimit to ${inWords(NODE_DISK)} or less`;
  return [warning(resource, path, message)];
}

/** Series of a pod that is scraped, and bytes of memory for each. Source: https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects and `prometheus_tsdb_head_series` of this platform's exporters */
const SERIES = 1000;
const BYTES = 4 * 2 ** 10;
/** Bytes that a Prometheus takes without any series. */
const EMPTY = 32 * 2 ** 20;

function seriesFit({ resource, spec }: KubeObject, known: Inventory): Finding[] {
  const limit = bytesAt(spec, "resources", "limits", "memory") ?? bytesAt(spec, "resources", "requests", "memory");
  if (limit === undefined) return [];
  const pods = known.pods.reduce((sum, group) => sum + (group.finite ? 0 : group.perNode ? 1 : known.scale(group).min), 0);
  const needed = EMPTY + pods * SERIES * BYTES;
  if (limit >= needed) return [];
  const message = `has ${inWords(limit)}, and the metrics of ${count(pods, "pod")} take some ${inWords(needed)}: when it is killed, no alert fires; raise mes:monitoring.prometheus.resources.memory`;
  return [warning(resource, "spec.resources", message)];
}
