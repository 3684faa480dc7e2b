import type { LoggingConfig } from "../logging/config";
import type { Environment } from "../platform";
import { literal, ottlString } from "../collector/settings";

/** Where the kubelet keeps the logs of containers: `<namespace>_<pod>_<uid>/<container>/<restart>.log`. */
export const POD_LOGS = "/var/log/pods";

/** Largest log record; longer ones are cut into several. Loki refuses lines of more than 256 KiB. */
const MAX_RECORD = "200KiB";

/**
 * Reads the logs of the platform's pods on a node, from where it stopped last time.
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/receiver/filelogreceiver
 * @param self name of the workload that reads: its own logs are left out, or each failure to send would cause another one
 */
export function fileLog(environment: Environment, logging: LoggingConfig, self: string) {
  const namespaces = [...new Set([...(Object.values(environment.namespaces) as string[]), ...logging.extraNamespaces])].sort();
  return {
    include: namespaces.map((namespace) => `${POD_LOGS}/${namespace}_*/*/*.log`),
    exclude: [`${POD_LOGS}/${environment.namespaces.nodes}_${self}-*/*/*.log`],
    // A pod that died within its first second has said why in lines that were written before this file was found.
    start_at: "beginning",
    include_file_path: true,
    include_file_name: false,
    storage: "file_storage",
    max_log_size: MAX_RECORD,
    // When the queue is full the files are read later, not dropped.
    retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
    operators: [
      // Formats of containerd, CRI-O and Docker; joins lines that the runtime has split; pod and container from the path.
      { type: "container", id: "container" },
      {
        type: "recombine",
        id: "stack-traces",
        combine_field: "body",
        // A line that is indented or goes on with "Caused by:" belongs to the one before.
        is_first_entry: 'body matches "^[^\\\\s]" and not (body startsWith "Caused by:")',
        source_identifier: 'attributes["log.file.path"]',
        max_log_size: MAX_RECORD,
        force_flush_period: "2s",
      },
    ],
  };
}

/** Drops records that match one of the patterns. */
export function dropNoise(patterns: readonly string[]) {
  return {
    error_mode: "ignore",
    log_conditions: patterns.map((pattern) => `IsString(log.body) and IsMatch(log.body, ${ottlString(pattern)})`),
  };
}

/** Names that logging libraries give to a record's level, by what OpenTelemetry calls it. */
const SEVERITIES: readonly [name: string, words: string][] = [
  ["TRACE", "trace"],
  ["DEBUG", "debug"],
  ["INFO", "info|information|notice"],
  ["WARN", "warn|warning"],
  ["ERROR", "error|err"],
  ["FATAL", "fatal|critical|panic|alert|emergency"],
];

/**
 * Reads trace, span and level out of a record in JSON, so that a trace leads to its logs and back. The record itself stays
 * as the program wrote it. Fields: docs/app-contract.md.
 */
export function parseLogs() {
  const field = (name: string) => `log.cache["json"]["${name}"]`;
  const severity = SEVERITIES.flatMap(([name, words]) => {
    const matches = `where IsMatch(log.severity_text, "^(?i)(${words})$$")`;
    return [`set(log.severity_number, SEVERITY_NUMBER_${name}) ${matches}`];
  });
  return {
    error_mode: "ignore",
    log_statements: [
      {
        conditions: ['IsString(log.body) and IsMatch(log.body, "^\\\\s*\\\\{")'],
        statements: [
          'set(log.cache["json"], ParseJSON(log.body))',
          `set(log.trace_id.string, ${field("trace_id")}) where IsMatch(${field("trace_id")}, "^[0-9a-f]{32}$$")`,
          `set(log.span_id.string, ${field("span_id")}) where IsMatch(${field("span_id")}, "^[0-9a-f]{16}$$")`,
          ...["severity", "log_level", "level"].map(
            (name) => `set(log.severity_text, ${field(name)}) where IsString(${field(name)})`,
          ),
        ],
      },
      { statements: severity },
      // The path says nothing that the pod's name does not; the tag only tells whether the runtime had split the line.
      { statements: ["log.file.path", "logtag"].map((key) => `delete_key(log.attributes, "${key}")`) },
    ],
  };
}

/** What a secret is replaced by. */
const REDACTED = "[redacted]";

/** Replaces what the patterns find in a record, except the text of their groups 1 and 2. */
export function redactLogs(patterns: readonly string[]) {
  const replacement = literal(`"\${1}${REDACTED}\${2}"`);
  return {
    error_mode: "ignore",
    log_statements: [
      {
        conditions: ["IsString(log.body)"],
        statements: patterns.map((pattern) => `replace_pattern(log.body, ${ottlString(pattern)}, ${replacement})`),
      },
    ],
  };
}
