import { bytesOfParameter, parameterProblem } from "../../components/postgres/parameters";
import { inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { inWords, rabbitmqBytes } from "../kubernetes/sizes";
import { brokerSettings, isBroker, isDatabase, isOff, parametersOf } from "../kubernetes/systems";
import { bytesAt, entriesAt, isRecord, numberAt, recordAt, textAt } from "../kubernetes/value";
import { metricsBytes } from "../promql/bytes";
import { brokersTake } from "./settings/brokers";
import { cachesFit } from "./settings/caches";
import { containersFit } from "./settings/containers";
import { archiveRoom, connectionMemory, temporaryFiles, timesFit } from "./settings/parameters";
import { poolerMemory, poolsShared } from "./settings/poolers";
import { telemetryFits } from "./settings/telemetry";
import { count, reporter, type Finding, type Rule } from "./rule";

const name = "settings-fit";
const { error, warning } = reporter(name);

export const settingsFit: Rule = {
  name,
  title:
    "Settings of database, broker, cache, collectors and Prometheus are known to them, let in who has to connect, and fit their memory and their volumes; containers get what they are told to use.",
  why: "A misspelt parameter keeps the database from starting; memory that is promised twice gets it killed under load; a full volume stops every order.",
  check: (plan) => {
    const known = inventory(plan);
    return [
      ...cachesFit(known),
      ...known.objects.flatMap(objectFindings),
      ...containersFit(known),
      ...telemetryFits(known),
      ...brokersTake(plan, known),
      ...poolsShared(plan, known),
    ];
  },
};

function objectFindings(object: KubeObject): Finding[] {
  if (isDatabase(object)) {
    return [unknown, stopped, crippled, timesFit, temporaryFiles, memory, wal, replicas].flatMap((check) => check(object));
  }
  if (isBroker(object)) return [...brokerMemory(object), ...brokerDisk(object)];
  if (object.group === "postgresql.cnpg.io" && object.kind === "Pooler") return poolerMemory(object);
  return object.group === "monitoring.coreos.com" && object.kind === "Prometheus" ? metricsDisk(object) : [];
}

/** What a database has where a parameter is not set. Sources: PostgreSQL 18's manual; CloudNativePG sets wal_keep_size itself. */
const DEFAULTS: Readonly<Record<string, string>> = {
  shared_buffers: "128MB",
  work_mem: "4MB",
  maintenance_work_mem: "64MB",
  max_wal_size: "1GB",
  min_wal_size: "80MB",
  wal_keep_size: "512MB",
};
const WORKERS = 3;
const CONNECTIONS = 100;
const WAL_SENDERS = 10;
const REPLICATION_SLOTS = 32;
/** Above this, memory for sorting was chosen; below, one sort rarely takes all of it. */
const USUAL_WORK_MEM = 4 * 2 ** 20;

function path(parameter: string): string[] {
  return ["spec", "postgresql", "parameters", parameter];
}

const KEY = "mes:postgres.parameters";

function unknown({ resource, spec }: KubeObject): Finding[] {
  return entriesAt(spec, "postgresql", "parameters").flatMap(([parameter, value]) => {
    if (typeof value !== "string") {
      // The API takes texts alone; what is secret or not known yet is a text, too.
      return [error(resource, path(parameter), `${parameter} is no text; put its value in quotes (${KEY})`)];
    }
    if (value.startsWith("[")) return [];
    const problem = parameterProblem(parameter, value);
    return problem === undefined ? [] : [error(resource, path(parameter), `${parameter} ${problem} (${KEY})`)];
  });
}

/** Ways in which a database is declared and does not serve. Sources: CloudNativePG's pages on hibernation, fencing and replica clusters */
function stopped({ resource, annotations, spec }: KubeObject): Finding[] {
  const findings: Finding[] = [];
  const found = (key: string, message: string) => findings.push(error(resource, ["metadata", "annotations", key], message));
  if (annotations["cnpg.io/hibernation"] === "on") found("cnpg.io/hibernation", "the database is shut down; remove it");
  const fenced = annotations["cnpg.io/fencedInstances"];
  if (fenced !== undefined && fenced !== "[]" && fenced !== "") {
    found("cnpg.io/fencedInstances", `Postgres is stopped in ${fenced === '["*"]' ? "every instance" : fenced}; remove it`);
  }
  if (recordAt(spec, "replica").enabled === true) {
    findings.push(error(resource, "spec.replica.enabled", "the database is a copy of another, and takes no order; remove it"));
  }
  return findings;
}

/** Parameters that a server takes, and with which no order can be written or kept. */
function crippled(cluster: KubeObject): Finding[] {
  const parameters = parametersOf(cluster);
  const on = (parameter: string) => parameters.has(parameter) && !isOff(parameters.get(parameter));
  const found: (readonly [string, boolean, string])[] = [
    ["default_transaction_read_only", on("default_transaction_read_only"), "every write is refused"],
    ["exit_on_error", on("exit_on_error"), "every error ends the connection"],
    ["autovacuum", isOff(parameters.get("autovacuum")), "tables grow until no transaction can begin any more"],
    ["track_counts", isOff(parameters.get("track_counts")), "tables are never vacuumed"],
    [
      "session_replication_role",
      ["replica", "local"].includes(parameters.get("session_replication_role") ?? ""),
      "triggers and foreign keys do nothing",
    ],
    [
      "huge_pages",
      on("huge_pages") &&
        parameters.get("huge_pages") !== "try" &&
        !entriesAt(cluster.spec, "resources", "limits").some(([resource]) => resource.startsWith("hugepages-")),
      "the server does not start without huge pages, and none are requested",
    ],
  ];
  return found
    .filter(([, is]) => is)
    .map(([parameter, , message]) =>
      error(
        cluster.resource,
        path(parameter),
        `${parameter} is ${parameters.get(parameter) ?? ""}: ${message}; remove it (${KEY})`,
      ),
    );
}

/** Source: https://www.postgresql.org/docs/18/runtime-config-resource.html#RUNTIME-CONFIG-RESOURCE-MEMORY */
function memory(cluster: KubeObject): Finding[] {
  const { spec, resource } = cluster;
  const limit = bytesAt(spec, "resources", "limits", "memory") ?? bytesAt(spec, "resources", "requests", "memory");
  if (limit === undefined) {
    return [error(resource, "spec.resources", "has no memory, so that it shares that of its node; set mes:postgres.resources")];
  }
  const parameters = parametersOf(cluster);
  const size = (parameter: string) => {
    const text = parameters.get(parameter) ?? DEFAULTS[parameter];
    return text === undefined ? undefined : bytesOfParameter(parameter, text);
  };
  const number = (parameter: string, fallback: number) => {
    const value = Number(parameters.get(parameter) ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  };
  const connections = number("max_connections", CONNECTIONS);
  const workers = number("autovacuum_max_workers", WORKERS);
  const buffers = size("shared_buffers") ?? 0;
  const each = (size("work_mem") ?? 0) * Math.max(1, number("hash_mem_multiplier", 2) / 2);
  const cleaning = positive(size("autovacuum_work_mem")) ?? size("maintenance_work_mem") ?? 0;
  const temporary = parameters.has("temp_buffers") ? (size("temp_buffers") ?? 0) : 0;
  const fixed = buffers + (positive(size("wal_buffers")) ?? Math.min(buffers / 32, 16 * 2 ** 20)) + cleaning * workers;
  const total = fixed + (each + temporary) * connections;
  if (total <= limit) return connectionMemory(cluster, connections, fixed, limit);
  const parts = [
    `shared_buffers ${inWords(buffers)}`,
    `${count(connections, "connection")} × ${inWords(each + temporary)} of work_mem`,
    `${count(workers, "vacuum worker")} × ${inWords(cleaning)}`,
  ].join(", ");
  const message = `parameters allow ${inWords(total)} (${parts}), but an instance has ${inWords(limit)} and is killed beyond that; lower them (${KEY}), or raise mes:postgres.resources.memory`;
  const usual = each <= USUAL_WORK_MEM && temporary === 0 && fixed <= limit;
  return [(usual ? warning : error)(resource, "spec.postgresql.parameters", message)];
}

function positive(bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes > 0 ? bytes : undefined;
}

/** Source: https://www.postgresql.org/docs/18/runtime-config-replication.html and https://cloudnative-pg.io/documentation/1.30/replication/ */
function wal(cluster: KubeObject): Finding[] {
  const { spec, resource } = cluster;
  const parameters = parametersOf(cluster);
  const own = isRecord(spec.walStorage);
  const volume = bytesAt(spec, own ? "walStorage" : "storage", "size");
  if (volume === undefined) return [];
  const size = (parameter: string) => bytesOfParameter(parameter, parameters.get(parameter) ?? DEFAULTS[parameter] ?? "") ?? 0;
  const where = own ? `volume of the write-ahead log (${inWords(volume)})` : `volume (${inWords(volume)})`;
  const advice = `lower it (${KEY}), or raise mes:postgres.${own ? "walStorage" : "storage"}.size`;
  const findings: Finding[] = [];
  const most = size("max_wal_size");
  if (size("min_wal_size") > most) {
    const message = `min_wal_size (${inWords(size("min_wal_size"))}) is above max_wal_size (${inWords(most)}): the operator refuses both; lower it (${KEY})`;
    findings.push(error(resource, path("min_wal_size"), message));
  }
  const slots = parameters.get("max_slot_wal_keep_size");
  const several = (numberAt(spec, "instances") ?? 1) > 1;
  const held =
    slots === undefined || /^\s*-1\s*[A-Za-z]*$/.test(slots) ? undefined : bytesOfParameter("max_slot_wal_keep_size", slots);
  const kept = Math.max(held ?? 0, size("wal_keep_size"));
  if (most + kept > volume) {
    const message = `max_wal_size (${inWords(most)}) and what is kept for replicas (${inWords(kept)}) are more than the ${where}: a full one stops the database; ${advice}`;
    findings.push(error(resource, path(most > volume ? "max_wal_size" : "max_slot_wal_keep_size"), message));
  }
  findings.push(...archiveRoom(cluster, volume - most - kept));
  if (held === undefined && several) {
    const how = slots === undefined ? warning : error;
    const message = `max_slot_wal_keep_size is unlimited: a replica that is away fills the ${where}, and the database stops; set it to half of the volume (${KEY})`;
    findings.push(how(resource, path("max_slot_wal_keep_size"), message));
  }
  return findings;
}

/** Replicas and backups need senders and slots. Source: https://www.postgresql.org/docs/18/runtime-config-replication.html */
function replicas(cluster: KubeObject): Finding[] {
  const parameters = parametersOf(cluster);
  const followers = (numberAt(cluster.spec, "instances") ?? 1) - 1;
  if (followers < 1) return [];
  const findings: Finding[] = [];
  const least: readonly (readonly [string, number, number])[] = [
    // A base backup and a replica that is recreated take two each.
    ["max_wal_senders", WAL_SENDERS, followers + 2],
    ["max_replication_slots", REPLICATION_SLOTS, followers],
  ];
  for (const [parameter, fallback, needed] of least) {
    const value = Number(parameters.get(parameter) ?? fallback);
    if (value < needed) {
      const message = `${parameter} is ${value}: ${count(followers, "replica")} and a backup need at least ${needed} (${KEY})`;
      findings.push(error(cluster.resource, path(parameter), message));
    }
  }
  if (isOff(parameters.get("wal_log_hints"))) {
    findings.push(
      error(
        cluster.resource,
        path("wal_log_hints"),
        `wal_log_hints is off, which the operator refuses with replicas; remove it (${KEY})`,
      ),
    );
  }
  for (const parameter of ["wal_sender_timeout", "wal_receiver_timeout"]) {
    if (Number(parameters.get(parameter) ?? 1) === 0) {
      const message = `${parameter} is 0: a replica that vanished is waited for until its connection ends by itself; remove it (${KEY})`;
      findings.push(error(cluster.resource, path(parameter), message));
    }
  }
  return findings;
}

const CONFIG = "spec.rabbitmq.additionalConfig";
/** Of the memory. Source: https://www.rabbitmq.com/docs/memory#configuring-threshold, which recommends 0.4 to 0.7 */
const WATERMARK = { fallback: 0.6, least: 0.2, most: 0.8 };
/** Default of disk_free_limit, "too low for production". Source: https://www.rabbitmq.com/docs/disk-alarms#configure */
const DISK_FREE = 50_000_000;

/** Bytes that a node without messages takes. Source: https://www.rabbitmq.com/docs/production-checklist#monitoring-and-resource-usage */
const LEAST_MEMORY = 200 * 2 ** 20;

function brokerMemoryLimit({ spec }: KubeObject): number | undefined {
  if (spec.resources === undefined) return 2 * 2 ** 30;
  return bytesAt(spec, "resources", "limits", "memory") ?? bytesAt(spec, "resources", "requests", "memory");
}

/** Bytes at which the broker stops its publishers. */
function watermark(broker: KubeObject, limit: number): number {
  const settings = brokerSettings(broker);
  const absolute = rabbitmqBytes(settings.get("vm_memory_high_watermark.absolute") ?? "");
  const relative = Number(settings.get("vm_memory_high_watermark.relative") ?? WATERMARK.fallback);
  // What it is told of its memory counts, and not what its container gets.
  const memory = rabbitmqBytes(settings.get("total_memory_available_override_value") ?? "") ?? limit;
  return absolute ?? (Number.isFinite(relative) ? relative : WATERMARK.fallback) * memory;
}

function brokerMemory(broker: KubeObject): Finding[] {
  const limit = brokerMemoryLimit(broker);
  if (limit === undefined) {
    return [
      error(broker.resource, "spec.resources", "has no memory, so that it shares that of its node; set mes:broker.resources"),
    ];
  }
  if (limit <= 0) return [];
  const stop = watermark(broker, limit);
  const findings: Finding[] = [];
  const key = "vm_memory_high_watermark";
  if (stop > limit * WATERMARK.most) {
    const message = `${key} is ${inWords(stop)} of ${inWords(limit)}: the node is killed before it stops its publishers; use 0.6`;
    findings.push(error(broker.resource, CONFIG, message));
  } else if (stop < limit * WATERMARK.least) {
    const message = `${key} is ${inWords(stop)} of ${inWords(limit)}: publishers are stopped although there is memory; use 0.6`;
    findings.push(error(broker.resource, CONFIG, message));
  }
  if (stop < LEAST_MEMORY) {
    const message = `publishers are stopped at ${inWords(stop)}, which the broker takes for itself: nobody ever publishes; raise mes:broker.resources.memory`;
    findings.push(error(broker.resource, "spec.resources", message));
  }
  const log = rabbitmqBytes(brokerSettings(broker).get("raft.wal_max_size_bytes") ?? "");
  // What is in the log is in memory, too, several times over. Source: https://www.rabbitmq.com/docs/quorum-queues#resource-use
  if (log !== undefined && log * 3 > stop) {
    const message = `raft.wal_max_size_bytes is ${inWords(log)}: three times of it do not fit the ${inWords(stop)} that the node may use; lower it`;
    findings.push(error(broker.resource, CONFIG, message));
  }
  return findings;
}

function brokerDisk(broker: KubeObject): Finding[] {
  const volume = bytesAt(broker.spec, "persistence", "storage");
  const limit = brokerMemoryLimit(broker);
  if (volume === undefined || volume === 0 || limit === undefined) return [];
  const settings = brokerSettings(broker);
  const relative = Number(settings.get("disk_free_limit.relative") ?? Number.NaN);
  const given =
    rabbitmqBytes(settings.get("disk_free_limit.absolute") ?? "") ?? (Number.isFinite(relative) ? relative * limit : undefined);
  const free = given ?? DISK_FREE;
  if (free >= volume) {
    const message = `disk_free_limit is ${inWords(free)} of a volume of ${inWords(volume)}: publishers are stopped for ever; lower it, or raise mes:broker.storage`;
    return [error(broker.resource, CONFIG, message)];
  }
  if (free > volume / 2) {
    const message = `disk_free_limit leaves ${inWords(volume - free)} of ${inWords(volume)} to ${title(broker)}; raise mes:broker.storage`;
    return [warning(broker.resource, CONFIG, message)];
  }
  // Below what is in memory, the volume is full before the broker has noticed.
  if (free >= Math.min(limit, watermark(broker, limit)) / 4) return [];
  const message = `disk_free_limit is ${inWords(free)}: the volume is full, and the node dies, before publishers are stopped; use the size of its memory`;
  return [error(broker.resource, CONFIG, message)];
}

/** Of the volume, beyond which the log and what is being compacted do not fit beside the blocks. */
const METRICS_SHARE = 0.9;

/** Source: https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size */
function metricsDisk({ spec, resource }: KubeObject): Finding[] {
  const volume = bytesAt(spec, "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage");
  if (volume === undefined) return [];
  const text = textAt(spec, "retentionSize");
  const kept = text === undefined ? undefined : metricsBytes(text);
  if (kept !== undefined && kept <= volume * METRICS_SHARE) return [];
  const is = kept === undefined ? "is not limited" : `${inWords(kept)} of a volume of ${inWords(volume)}`;
  const message = `${is}: a full volume stops Prometheus, and with it every alert; keep four fifths of the volume at most`;
  return [(text === undefined ? warning : error)(resource, "spec.retentionSize", message)];
}
