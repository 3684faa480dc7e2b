import { bytesAt, entriesAt, at, isRecord, listAt, numberAt, recordAt, textAt } from "../../../kubernetes/value";
import { inWords, timeInWords } from "../../../kubernetes/sizes";
import { title } from "../../../kubernetes/objects";
import { secondsAt, typeOf } from "./refuses";
import type { Danger } from "../configured";
import { componentsOf, type Collector } from "./system";

/** Whether what it takes outlives an outage of who comes next. Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0/exporter/exporterhelper */
export function sending({ root }: Collector): Danger[] {
  return entriesAt(root, "exporters").flatMap(([id, settings]): Danger[] => {
    if (!["otlpgrpc", "otlphttp", "loadbalancing"].includes(typeOf("exporters", id))) return [];
    const path = `exporters.${id}`;
    const queue = recordAt(settings, "sending_queue");
    const retry = recordAt(settings, "retry_on_failure");
    const stored = textAt(queue, "storage") !== undefined;
    const size = numberAt(queue, "queue_size") ?? 1000;
    const elapsed = secondsAt(retry, "max_elapsed_time") ?? 300;
    const timeout = secondsAt(settings, "timeout") ?? 5;
    const endpoint = textAt(settings, "endpoint") ?? "";
    return [
      [
        `${path}.sending_queue.enabled`,
        queue.enabled === false,
        "error",
        "is false: what the next tier does not take at once is lost, or holds up who sent it; use true",
      ],
      [
        `${path}.retry_on_failure.enabled`,
        retry.enabled === false,
        "error",
        "is false: one failed request loses its batch; use true",
      ],
      [
        `${path}.sending_queue.queue_size`,
        queue.enabled !== false && size < 100,
        "warning",
        `is ${size}: it is full in moments when the next tier restarts, and the rest is lost; use 1000 or more`,
      ],
      [
        `${path}.retry_on_failure.max_elapsed_time`,
        !stored && elapsed > 0 && elapsed < 60,
        "warning",
        `is ${timeInWords(elapsed)}: it gives up before the next tier has restarted; use 5m`,
      ],
      [
        `${path}.retry_on_failure.max_elapsed_time`,
        stored && elapsed > 0,
        "warning",
        `is ${timeInWords(elapsed)}: what waits on disk is thrown away after that; use 0s`,
      ],
      [
        `${path}.timeout`,
        timeout < 0.5,
        "warning",
        `is ${timeInWords(timeout)}: requests are given up before they are answered, and sent again; use 5s`,
      ],
      [
        `${path}.endpoint`,
        /^http:\/\/(?!localhost|127\.)/.test(endpoint),
        "warning",
        `is ${endpoint}: it goes over the network in plain text; use https`,
      ],
      ...unverified(settings, path),
    ];
  });
}

/** TLS that is off, or believes everybody; of clients in it, too. */
function unverified(value: unknown, path: string): Danger[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, one]): Danger[] => {
    if (key !== "tls") return unverified(one, `${path}.${key}`);
    return [
      [
        `${path}.tls.insecure`,
        at(one, "insecure") === true,
        "error",
        "is true: spans and logs, with what they say of customers, go over the network in plain text; remove it",
      ],
      [
        `${path}.tls.insecure_skip_verify`,
        at(one, "insecure_skip_verify") === true,
        "error",
        "is true: it sends to whoever answers; remove it, and name the CA",
      ],
    ];
  });
}

/** Memory that it may use. Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0/processor/memorylimiterprocessor */
export function remembering({ root, group, container }: Collector): Danger[] {
  const limit = bytesAt(container, "resources", "limits", "memory");
  return componentsOf(root, "processors", "memorylimiter").flatMap(({ path, settings }): Danger[] => {
    const fixed = (numberAt(settings, "limit_mib") ?? 0) * 2 ** 20;
    const part = numberAt(settings, "limit_percentage") ?? 0;
    const interval = secondsAt(settings, "check_interval") ?? 1;
    return [
      [
        `${path}.limit_mib`,
        limit !== undefined && fixed > limit * 0.95,
        "error",
        `is ${inWords(fixed)}, and ${title(group.object)} is killed at ${inWords(limit ?? 0)}: all that it holds is lost; use 80 % of that`,
      ],
      [
        `${path}.limit_percentage`,
        fixed === 0 && part > 90 && part <= 100,
        "warning",
        `is ${part}: it is killed before it refuses; use 80`,
      ],
      [
        `${path}.limit_percentage`,
        fixed === 0 && part > 0 && part < 40,
        "warning",
        `is ${part}: it refuses data although there is memory; use 80`,
      ],
      [`${path}.check_interval`, interval > 5, "warning", `is ${timeInWords(interval)}: memory is full in less; use 1s`],
    ];
  });
}

/** Files of logs. Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/receiver/filelogreceiver */
export function reading({ root }: Collector): Danger[] {
  return componentsOf(root, "receivers", "filelog").flatMap(({ path, settings }): Danger[] => {
    const poll = secondsAt(settings, "poll_interval") ?? 0.2;
    const retries = at(settings, "retry_on_failure", "enabled") === true;
    const elapsed = secondsAt(settings, "retry_on_failure", "max_elapsed_time") ?? 300;
    const [, digits, unit = ""] =
      /^(\d+)\s*([KMG]?)i?B?$/i.exec(textAt(settings, "max_log_size") ?? String(numberAt(settings, "max_log_size") ?? "1MiB")) ??
      [];
    const longest = Number(digits) * ({ k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit.toLowerCase()] ?? 1);
    return [
      [`${path}.include`, listAt(settings, "include").length === 0, "error", "is empty: no log is read; name the files"],
      [
        `${path}.start_at`,
        (textAt(settings, "start_at") ?? "end") === "end",
        "warning",
        "is end: what a pod said before its file was found is not read, as why it died; use beginning",
      ],
      [
        `${path}.storage`,
        textAt(settings, "storage") === undefined,
        "warning",
        "is not set: after a restart it does not know where it was, and reads all again or misses the rest; use file_storage",
      ],
      [
        `${path}.retry_on_failure`,
        !retries,
        "error",
        "is not enabled: records that find the queue full are dropped, and never read again; enable it",
      ],
      [
        `${path}.retry_on_failure.max_elapsed_time`,
        retries && elapsed > 0,
        "warning",
        `is ${timeInWords(elapsed)}: after that, records that find the queue full are dropped; use 0s`,
      ],
      [`${path}.max_log_size`, longest < 4096, "warning", `is ${inWords(longest)}: stack traces are cut; use 200KiB`],
      [
        `${path}.poll_interval`,
        poll > 30,
        "warning",
        `is ${timeInWords(poll)}: files are rotated away before they are read; remove it`,
      ],
    ];
  });
}
