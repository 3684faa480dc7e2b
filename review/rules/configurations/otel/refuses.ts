import { parseGoDuration } from "../../../kubernetes/go-duration";
import { at, entriesAt, isRecord, listAt, numberAt, recordAt, textAt } from "../../../kubernetes/value";
import type { Problem } from "../shapes";

/*
 * What a collector's own checks refuse when it starts.
 * Source: the functions Validate of https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0 and of its contributions
 */

/** A component's type by any of its names: `k8sattributes` and `k8s_attributes`, `otlp` and `otlp_grpc` of exporters. */
export function typeOf(kind: string, id: string): string {
  const name = (id.split("/")[0] ?? "").replaceAll("_", "");
  if (kind === "exporters" && name === "otlp") return "otlpgrpc";
  return name;
}

/** Seconds of a duration. */
export function secondsAt(value: unknown, ...path: readonly string[]): number | undefined {
  return parseGoDuration(textAt(value, ...path) ?? "");
}

/** The mapping of a kind of components. */
const KINDS = ["receivers", "processors", "exporters", "connectors", "extensions"] as const;

export function collectorRefuses(root: unknown): Problem[] {
  return [
    ...wiring(root),
    ...KINDS.flatMap((kind) => entriesAt(root, kind).flatMap(([id, settings]) => component(kind, id, settings))),
  ];
}

/** Pipelines name components that there are. Source: https://github.com/open-telemetry/opentelemetry-collector/blob/v0.158.0/otelcol/config.go */
function wiring(root: unknown): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string, message: string) => problems.push({ path, message });
  const has = (kind: string, id: unknown) =>
    Object.hasOwn(recordAt(root, kind), String(id)) || Object.hasOwn(recordAt(root, "connectors"), String(id));
  for (const kind of ["receivers", "exporters"]) if (entriesAt(root, kind).length === 0) say(kind, "is empty; declare one");
  for (const id of listAt(root, "service", "extensions")) {
    if (!Object.hasOwn(recordAt(root, "extensions"), String(id)))
      say("service.extensions", `names ${String(id)}, which is not declared; declare it`);
  }
  const pipelines = entriesAt(root, "service", "pipelines");
  if (pipelines.length === 0) say("service.pipelines", "is empty; add one");
  for (const [name, pipeline] of pipelines) {
    const path = `service.pipelines.${name}`;
    if (!/^(?:traces|metrics|logs)(?:\/.+)?$/.test(name))
      say(path, "is no pipeline of traces, metrics or logs; correct its name");
    for (const kind of ["receivers", "exporters"])
      if (listAt(pipeline, kind).length === 0) say(`${path}.${kind}`, "is empty; name one");
    for (const kind of ["receivers", "processors", "exporters"]) {
      for (const id of listAt(pipeline, kind)) {
        const known = kind === "processors" ? Object.hasOwn(recordAt(root, kind), String(id)) : has(kind, id);
        if (!known) say(`${path}.${kind}`, `names ${String(id)}, which is not declared; declare it`);
      }
    }
    const processors = listAt(pipeline, "processors").map(String);
    for (const id of new Set(processors.filter((one, i) => processors.indexOf(one) !== i)))
      say(`${path}.processors`, `names ${id} twice; name it once`);
  }
  return [...problems, ...connectors(root)];
}

function connectors(root: unknown): Problem[] {
  const pipelines = entriesAt(root, "service", "pipelines");
  return entriesAt(root, "connectors").flatMap(([id]): Problem[] => {
    const out = pipelines.some(([, one]) => listAt(one, "exporters").includes(id));
    const into = pipelines.some(([, one]) => listAt(one, "receivers").includes(id));
    if (out === into) return [];
    const message = `is ${out ? "an exporter" : "a receiver"} of a pipeline and ${out ? "no receiver" : "no exporter"} of another; name it in both`;
    return [{ path: `connectors.${id}`, message }];
  });
}

function component(kind: string, id: string, settings: unknown): Problem[] {
  const path = `${kind}.${id}`;
  const type = typeOf(kind, id);
  const problems: Problem[] = [...pieces(settings, path)];
  const say: Say = (is, key, message) => {
    if (is) problems.push({ path: `${path}.${key}`, message });
  };
  const check = CHECKS[`${kind}/${type}`];
  check?.(settings, say);
  return problems;
}

type Say = (is: boolean, key: string, message: string) => void;

const CHECKS: Readonly<Record<string, ((settings: unknown, say: Say) => void) | undefined>> = {
  "processors/memorylimiter": memoryLimiter,
  "processors/batch": batches,
  "processors/tailsampling": policies,
  "exporters/loadbalancing": balancer,
  "connectors/spanmetrics": spanMetrics,
  "connectors/servicegraph": (settings, say) => {
    const both =
      listAt(settings, "latency_histogram_buckets").length > 0 && (numberAt(settings, "exponential_histogram_max_size") ?? 0) > 0;
    say(both, "latency_histogram_buckets", "and exponential_histogram_max_size exclude each other; keep one");
  },
  "extensions/filestorage": storage,
  "receivers/otlp": (settings, say) => {
    say(entriesAt(settings, "protocols").length === 0, "protocols", "is empty; use grpc or http");
  },
  "exporters/otlpgrpc": (settings, say) => {
    say((textAt(settings, "endpoint") ?? "") === "", "endpoint", "is not set; set host:port");
  },
  "exporters/otlphttp": (settings, say) => {
    const keys = ["endpoint", "traces_endpoint", "metrics_endpoint", "logs_endpoint", "profiles_endpoint"];
    say(
      keys.every((key) => (textAt(settings, key) ?? "") === ""),
      "endpoint",
      "is not set; set its URL",
    );
  },
};

function memoryLimiter(settings: unknown, say: Say): void {
  const [limit, spike] = [numberAt(settings, "limit_mib") ?? 0, numberAt(settings, "spike_limit_mib") ?? 0];
  const [part, peak] = [numberAt(settings, "limit_percentage") ?? 0, numberAt(settings, "spike_limit_percentage") ?? 0];
  say((secondsAt(settings, "check_interval") ?? 0) <= 0, "check_interval", "is not set, or not above 0; use 1s");
  say(limit === 0 && part === 0, "limit_percentage", "is not set; use 80");
  say(part > 100 || peak > 100, "limit_percentage", "is above 100; use 80");
  say(limit > 0 && limit <= spike, "spike_limit_mib", "is not below limit_mib; use a fifth of it");
  say(part > 0 && part <= peak, "spike_limit_percentage", "is not below limit_percentage; use 20");
}

function batches(settings: unknown, say: Say): void {
  const most = numberAt(settings, "send_batch_max_size") ?? 0;
  say(
    most > 0 && most < (numberAt(settings, "send_batch_size") ?? 8192),
    "send_batch_max_size",
    "is below send_batch_size; raise it",
  );
  say((secondsAt(settings, "timeout") ?? 0) < 0, "timeout", "is below 0");
}

const ROUTING = ["", "service", "traceID", "metric", "resource", "streamID", "attributes"];

function balancer(settings: unknown, say: Say): void {
  const routing = textAt(settings, "routing_key") ?? "";
  const named = listAt(settings, "routing_attributes").length > 0;
  const resolvers = entriesAt(settings, "resolver").length;
  const nowhere = isRecord(at(settings, "resolver", "dns")) && (textAt(settings, "resolver", "dns", "hostname") ?? "") === "";
  say(!ROUTING.includes(routing), "routing_key", `is ${routing}; use traceID`);
  say((routing === "attributes") !== named, "routing_attributes", "goes with routing_key: attributes, and with no other");
  say(resolvers !== 1, "resolver", resolvers === 0 ? "is empty; use dns" : "has several; keep one");
  say(nowhere, "resolver.dns.hostname", "is not set; set the headless Service's");
}

const OWN_DIMENSIONS = new Set(["service.name", "span.name", "span.kind", "status.code"]);

function spanMetrics(settings: unknown, say: Say): void {
  const both = isRecord(at(settings, "histogram", "explicit")) && isRecord(at(settings, "histogram", "exponential"));
  const names = listAt(settings, "dimensions").map((one) => textAt(one, "name") ?? "");
  say(both, "histogram", "has explicit and exponential buckets; keep one");
  say(new Set(names).size < names.length, "dimensions", "has a name twice; remove one");
  say(
    names.some((one) => OWN_DIMENSIONS.has(one)),
    "dimensions",
    "has a name that is always there; remove it",
  );
}

function storage(settings: unknown, say: Say): void {
  const most = numberAt(settings, "max_size") ?? 0;
  const compaction = recordAt(settings, "compaction");
  const mebi = 2 ** 20;
  say(most < 0, "max_size", "is below 0");
  if (most <= 0 || compaction.on_rebound !== true) return;
  const [needed, trigger] = [
    numberAt(compaction, "rebound_needed_threshold_mib") ?? 100,
    numberAt(compaction, "rebound_trigger_threshold_mib") ?? 10,
  ];
  say(needed * mebi > most || trigger * mebi > most, "max_size", `is below what compaction waits for (${needed} MiB); raise it`);
}

/** Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/processor/tailsamplingprocessor */
function policies(settings: unknown, say: Say): void {
  const all = listAt(settings, "policies");
  const names = all.map((one) => textAt(one, "name") ?? "");
  say(new Set(names).size < names.length, "policies", "has a name twice; give each its own");
  say(names.includes(""), "policies", "has one without a name; name it");
  for (const [i, policy] of all.entries()) {
    const type = textAt(policy, "type") ?? "";
    const share = numberAt(policy, "probabilistic", "sampling_percentage");
    const codes = listAt(policy, "status_code", "status_codes").map(String);
    say(type === "", `policies[${i}].type`, "is not set");
    say(
      type !== "" && type !== "always_sample" && !isRecord(at(policy, type)),
      `policies[${i}]`,
      `has no ${type}, which its type names; add it`,
    );
    say(
      share !== undefined && (share < 0 || share > 100),
      `policies[${i}].probabilistic.sampling_percentage`,
      `is ${share ?? ""}; use 0 to 100`,
    );
    say(type === "status_code" && codes.length === 0, `policies[${i}].status_code`, "names no code; use ERROR");
    say(
      codes.some((one) => !["OK", "ERROR", "UNSET"].includes(one)),
      `policies[${i}].status_code`,
      `is ${codes.join(", ")}, and takes OK, ERROR and UNSET`,
    );
  }
}

const VERSIONS = ["1.0", "1.1", "1.2", "1.3"];

/** What many components have: queues, retries, TLS and endpoints, wherever they are. */
function pieces(value: unknown, path: string): Problem[] {
  if (!isRecord(value)) return [];
  const problems: Problem[] = [];
  const say: Say = (is, key, message) => {
    if (is) problems.push({ path: `${path}.${key}`, message });
  };
  for (const [key, one] of Object.entries(value)) {
    if (!isRecord(one)) continue;
    const inner: Say = (is, name, message) => say(is, `${key}.${name}`, message);
    if (key === "sending_queue" && one.enabled !== false) queue(one, inner);
    if (key === "retry_on_failure" && one.enabled !== false) retries(one, Object.hasOwn(value, "sending_queue"), inner);
    if (key === "tls") encryption(one, inner);
    problems.push(...pieces(one, `${path}.${key}`));
  }
  return problems;
}

/** @param exports receivers of logs have retries of another kind */
function retries(one: unknown, exports: boolean, say: Say): void {
  const [first, most, all] = ["initial_interval", "max_interval", "max_elapsed_time"].map((name) => secondsAt(one, name));
  for (const [name, time] of Object.entries({ initial_interval: first, max_interval: most, max_elapsed_time: all })) {
    say((time ?? 0) < 0, name, "is below 0");
  }
  const long = Math.max(first ?? 5, most ?? 30);
  say(
    exports && all !== undefined && all > 0 && all < long,
    "max_elapsed_time",
    "is below max_interval or initial_interval; raise it",
  );
}

function encryption(one: unknown, say: Say): void {
  const [least, most] = [textAt(one, "min_version"), textAt(one, "max_version")];
  for (const [name, version] of Object.entries({ min_version: least, max_version: most })) {
    say(
      version !== undefined && version !== "" && !VERSIONS.includes(version),
      name,
      `is ${version ?? ""}, and takes ${VERSIONS.join(", ")}`,
    );
  }
  say((least ?? "") > (most ?? "9"), "min_version", "is above max_version");
  const pair = (name: string) => ["file", "pem"].some((form) => (textAt(one, `${name}_${form}`) ?? "") !== "");
  say(pair("cert") !== pair("key"), "cert_file", "and key_file go together; set both");
}

function queue(one: unknown, say: Say): void {
  const size = numberAt(one, "queue_size") ?? 1000;
  const batch = recordAt(one, "batch");
  const [least, most] = [numberAt(batch, "min_size"), numberAt(batch, "max_size") ?? 0];
  const same = (textAt(batch, "sizer") ?? textAt(one, "sizer") ?? "requests") === (textAt(one, "sizer") ?? "requests");
  say(size <= 0, "queue_size", "is not above 0");
  say((numberAt(one, "num_consumers") ?? 10) <= 0, "num_consumers", "is not above 0; use 4");
  say(same && least !== undefined && least > size, "batch.min_size", "is above queue_size: no batch is ever full; lower it");
  say(most > 0 && most < (least ?? 0), "batch.max_size", "is below min_size; raise it");
  say((secondsAt(batch, "flush_timeout") ?? 1) <= 0, "batch.flush_timeout", "is not above 0; use 1s");
  say(
    textAt(one, "storage") !== undefined && at(one, "wait_for_result") === true,
    "wait_for_result",
    "and storage exclude each other; remove it",
  );
}
