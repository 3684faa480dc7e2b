import { parseBytes, parseDuration, type Resources } from "../schema";
import { goYaml } from "../schema/yaml";

/** What every collector of the platform has in common: pure pieces of its configuration. */

type Settings = Readonly<Record<string, unknown>>;

/** A collector's configuration. Source: https://opentelemetry.io/docs/collector/configuration/ */
export interface CollectorConfig {
  readonly receivers: Settings;
  readonly processors: Settings;
  readonly connectors?: Settings;
  readonly exporters: Settings;
  /** Extensions beside the health check, e.g. `file_storage`. */
  readonly extensions?: Settings;
  readonly pipelines: Readonly<Record<string, Pipeline>>;
}

interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors?: readonly string[];
  readonly exporters: readonly string[];
}

/** Port of a collector's own metrics. */
export const METRICS_PORT = 8888;
/** Port of the health check. */
export const HEALTH_PORT = 13_133;
/** Directory of `tls.crt`, `tls.key` and `ca.crt`. */
export const TLS_DIRECTORY = "/etc/otelcol/tls";
export const CONFIG_FILE = "/etc/otelcol/config/config.yaml";
/** Directory of queues and file positions that outlive the pod. */
export const STATE_DIRECTORY = "/var/lib/otelcol";

/** The file of a collector: its pipelines, and what all collectors have: health check, metrics and logs of their own. */
export function configFile(config: CollectorConfig): string {
  const extensions = { health_check: { endpoint: listen(HEALTH_PORT) }, ...config.extensions };
  const { receivers, processors, connectors, exporters, pipelines } = config;
  return goYaml({
    extensions,
    receivers,
    processors,
    connectors,
    exporters,
    service: { extensions: Object.keys(extensions), telemetry: selfTelemetry(), pipelines },
  });
}

/** Logs and metrics of the collector itself. The metrics' names are those of its documentation, without `_total`. */
export function selfTelemetry(): Settings {
  const names = { without_type_suffix: true, without_units: true, without_scope_info: true };
  return {
    logs: { encoding: "json", level: "info" },
    metrics: {
      level: "normal",
      readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: METRICS_PORT, ...names } } } }],
    },
  };
}

/** A duration as Go reads it, which knows no days: `"1d"` → `"86400s"`. */
export function seconds(duration: string): string {
  return `${parseDuration(duration)}s`;
}

export function listen(port: number): string {
  return `0.0.0.0:${port}`;
}

/** Text that the collector must take as it is: a `$` in it names no variable. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** A string literal of OTTL, the language of the processors `filter` and `transform`. */
export function ottlString(text: string): string {
  return literal(JSON.stringify(text));
}

/**
 * Refuses data before the container is killed for its memory; senders keep it and try again. Always the first processor.
 * Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0/processor/memorylimiterprocessor
 */
export const MEMORY_LIMITER: Settings = { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 };

/** Makes the Go runtime collect garbage before the memory limiter has to refuse data. */
export function goMemoryLimit(resources: Resources): string {
  return `${Math.floor((parseBytes(resources.memory) * 0.8) / 2 ** 20)}MiB`;
}

/** Certificates are renewed by cert-manager while the collector runs. */
const RELOAD_INTERVAL = "1h";
const OWN_CERTIFICATE: Settings = {
  cert_file: `${TLS_DIRECTORY}/tls.crt`,
  key_file: `${TLS_DIRECTORY}/tls.key`,
  min_version: "1.3",
  reload_interval: RELOAD_INTERVAL,
};

/** A server that accepts only clients with a certificate of the platform's CA. */
export const SERVER_MUTUAL_TLS: Settings = {
  ...OWN_CERTIFICATE,
  client_ca_file: `${TLS_DIRECTORY}/ca.crt`,
  client_ca_file_reload: true,
};

/** A server that proves who it is and accepts any client; network policies say which ones reach it. */
export const SERVER_TLS: Settings = OWN_CERTIFICATE;

/** A client that shows its certificate and verifies the server's. */
export const CLIENT_MUTUAL_TLS: Settings = { ...OWN_CERTIFICATE, ca_file: `${TLS_DIRECTORY}/ca.crt` };

/** A client that verifies the server's certificate. */
export const CLIENT_TLS: Settings = {
  ca_file: `${TLS_DIRECTORY}/ca.crt`,
  min_version: "1.3",
  reload_interval: RELOAD_INTERVAL,
};

export interface QueueArgs {
  /** Spans or log records that may wait. */
  readonly size: number;
  /** Waits on disk, so that a restart loses nothing. @default in memory */
  readonly storage?: string;
}

/**
 * Queue and batches of an exporter. Batches are made behind the queue, so that what is queued on disk is safe before it
 * waits for a batch to fill (which the processor `batch` would do in memory).
 * Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0/exporter/exporterhelper
 */
export function sendingQueue(args: QueueArgs): Settings {
  return {
    enabled: true,
    sizer: "items",
    queue_size: args.size,
    num_consumers: 4,
    ...(args.storage === undefined ? {} : { storage: args.storage }),
    batch: { flush_timeout: "1s", min_size: Math.min(2048, args.size), max_size: Math.max(1, Math.min(4096, args.size)) },
  };
}

/** Tries again for as long as the queue has room: `0s` sets no limit to the time. */
export const RETRY_FOREVER: Settings = { enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "0s" };

/** Tries again for five minutes: what waits in memory must not hold up what comes after it for longer. */
export const RETRY: Settings = { enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "5m" };

/** A queue or file positions on disk. `directory` must be there; the file never grows beyond `maxBytes`. */
export function fileStorage(maxBytes: number): Settings {
  return {
    directory: STATE_DIRECTORY,
    max_size: maxBytes,
    // A file that a power cut has damaged is put aside, and the collector starts.
    recreate: true,
    timeout: "10s",
    // Gives the space back after an outage of the receiver's has filled the queue and it has drained.
    compaction: { directory: STATE_DIRECTORY, on_rebound: true, cleanup_on_start: true },
  };
}
