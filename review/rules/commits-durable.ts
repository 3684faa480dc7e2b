import { configFiles } from "../kubernetes/config-files";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { brokerSettings, isBroker, isDatabase, isOff, parametersOf } from "../kubernetes/systems";
import { at, bytesAt, entriesAt, isRecord, leaves, listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { directoriesKept } from "./durability/directories";
import { messagingPromises } from "./durability/messaging";
import { searchCopies } from "./durability/search";
import { count, dataReport, reporter, type Finding, type Report, type Rule } from "./rule";

const name = "commits-durable";
const { error, warning } = reporter(name);

export const commitsDurable: Rule = {
  name,
  title: "What is confirmed is on disk, and with a replica: by database and broker, and on volumes that outlive their pods.",
  why: "An order that was confirmed and is only in the memory of one process is lost with it: nobody sends it again, and nobody knows that it was there.",
  check: (plan) => {
    const report = dataReport(plan, { error, warning });
    // Where people try things out, only what goes with a restart is worth a word.
    const known = inventory(plan);
    if (report === undefined) return [...known.pods.flatMap((group) => lostFiles(group, warning)), ...kept(known, warning)];
    const { objects, pods } = known;
    return [
      ...objects.flatMap((object) => {
        if (isDatabase(object)) return [...databaseFindings(object, report), ...replicaFindings(object, report)];
        if (isBroker(object)) return brokerFindings(object, report);
        if (object.group === "rabbitmq.com") return replicatedQueue(object, objects, report);
        if (object.group === "monitoring.coreos.com") return monitoringVolumes(object, report);
        return object.kind === "ConfigMap" ? logFindings(object, report) : [];
      }),
      ...pods.flatMap((group) => [
        ...lostFiles(group, report),
        ...sessions(group, report),
        ...logCopies(group, known.scale(group).max, known, plan),
      ]),
      ...objects.flatMap((object) => statements(object, report)),
      ...kept(known, report),
      ...searchCopies(known, plan),
    ];
  },
};

function kept(known: Inventory, report: Report): Finding[] {
  return [...directoriesKept(known, report), ...known.ofKind("ConfigMap").flatMap(messagingPromises)];
}

/** Parameters under which a crash loses what was committed. Source: https://www.postgresql.org/docs/18/runtime-config-wal.html */
function databaseFindings(cluster: KubeObject, report: Report): Finding[] {
  const parameters = parametersOf(cluster);
  const found = (parameter: string, message: string, how = report): Finding =>
    how(
      cluster.resource,
      ["spec", "postgresql", "parameters", parameter],
      `${parameter} is ${parameters.get(parameter) ?? ""}: ${message} (mes:postgres.parameters)`,
    );
  const findings: Finding[] = [];
  if (isOff(parameters.get("fsync"))) {
    findings.push(found("fsync", "when a node dies, the database is damaged beyond repair; remove it"));
  }
  if (isOff(parameters.get("full_page_writes"))) {
    findings.push(found("full_page_writes", "a page that was half written when a node died stays broken; remove it"));
  }
  const commit = parameters.get("synchronous_commit")?.toLowerCase();
  if (commit !== undefined && (isOff(commit) || commit === "local")) {
    const lost = commit === "local" ? "with the primary" : "with any crash";
    findings.push(found("synchronous_commit", `orders that were confirmed are lost ${lost}; use on`));
  } else if (commit === "remote_write") {
    findings.push(found("synchronous_commit", "a replica has confirmed what is not on its disk yet; use on", warning));
  }
  if (parameters.get("wal_level")?.toLowerCase() === "minimal") {
    findings.push(found("wal_level", "nothing can be replicated or archived; use replica or logical"));
  }
  for (const parameter of ["zero_damaged_pages", "ignore_checksum_failure", "ignore_invalid_pages"]) {
    const value = parameters.get(parameter);
    if (value !== undefined && !isOff(value))
      findings.push(found(parameter, "damaged data is passed on or thrown away; remove it"));
  }
  if (at(cluster.spec, "bootstrap", "initdb", "dataChecksums") === false) {
    const message = "without checksums a damaged page is read as if it were right; set dataChecksums to true";
    findings.push(warning(cluster.resource, "spec.bootstrap.initdb.dataChecksums", message));
  }
  return findings;
}

/**
 * Whether a commit waits for replicas, and whether only one of those that must have it takes over.
 * Source: https://cloudnative-pg.io/documentation/1.30/replication/#synchronous-replication and failover/#failover-quorum-quorum-based-failover
 */
function replicaFindings({ resource, spec, ...object }: KubeObject, report: Report): Finding[] {
  const instances = numberAt(spec, "instances") ?? 1;
  if (instances < 2) return [];
  // With one replica alone a commit that waits for it stops all writes while it is away: which of the two is worse, people decide.
  const how = instances > 2 ? report : warning;
  const synchronous = at(spec, "postgresql", "synchronous");
  const waitedFor = numberAt(synchronous, "number") ?? numberAt(spec, "minSyncReplicas") ?? 0;
  const path = "spec.postgresql.synchronous";
  if (waitedFor < 1) {
    const message = `no commit waits for any of ${count(instances - 1, "replica")}: orders that were confirmed last are lost with the primary; set mes:postgres.synchronousReplicas to 1${instances > 2 ? "" : " and mes:postgres.instances to 3"}`;
    return [how(resource, path, message)];
  }
  const findings: Finding[] = [];
  if (textAt(synchronous, "dataDurability") === "preferred" || (!isRecord(synchronous) && waitedFor > 0)) {
    const message =
      "while replicas are away, commits do not wait for them, and are lost with the primary; use dataDurability: required";
    findings.push(how(resource, `${path}.dataDurability`, message));
  }
  const outside = [...listAt(synchronous, "standbyNamesPre"), ...listAt(synchronous, "standbyNamesPost")].length;
  const named = Math.min(numberAt(synchronous, "maxStandbyNamesFromCluster") ?? instances, instances) + outside;
  if (isRecord(synchronous) && named <= waitedFor) {
    const message = `commits wait for ${count(waitedFor, "replica")}, and ${named} may be waited for: while one of them is away no order is written; leave out maxStandbyNamesFromCluster, so that each replica counts`;
    findings.push(how(resource, path, message));
  }
  if (waitedFor > instances - 1) {
    const message = `commits wait for ${count(waitedFor, "replica")}, and there are ${instances - 1}: no order is ever written; lower it`;
    findings.push(error(resource, `${path}.number`, message));
  }
  for (const field of ["standbyNamesPre", "standbyNamesPost"]) {
    const strange = listAt(synchronous, field).filter(
      (standby): standby is string => typeof standby === "string" && !new RegExp(`^${object.name}-\\d+$`).test(standby),
    );
    if (strange.length === 0) continue;
    const message = `commits may be kept by ${strange.join(", ")} alone, which is no instance of this database and never takes over: they are lost with the primary; remove it`;
    findings.push(warning(resource, `${path}.${field}`, message));
  }
  if (numberAt(synchronous, "maxStandbyNamesFromCluster") === 0 && outside === 0) {
    findings.push(how(resource, `${path}.maxStandbyNamesFromCluster`, "is 0: no replica is waited for; remove it"));
  }
  const several = instances - 1 > waitedFor;
  if (several && isRecord(synchronous) && synchronous.failoverQuorum !== true) {
    const message = `a commit is with ${waitedFor} of ${instances - 1} replicas, and another one may take over; set failoverQuorum to true`;
    findings.push(how(resource, `${path}.failoverQuorum`, message));
  }
  return findings;
}

/** Source: https://www.rabbitmq.com/docs/quorum-queues and the `ra` library's own settings */
function brokerFindings(broker: KubeObject, report: Report): Finding[] {
  const { spec, resource } = broker;
  const findings: Finding[] = [];
  const nodes = numberAt(spec, "replicas") ?? 1;
  if (bytesAt(spec, "persistence", "storage") === 0) {
    const message = "is 0: messages are in a folder that goes with the pod; set mes:broker.storage";
    findings.push(report(resource, "spec.persistence.storage", message));
  }
  const override = recordAt(spec, "override", "statefulSet", "spec");
  for (const [i, volume] of listAt(override, "template", "spec", "volumes").entries()) {
    if (textAt(volume, "name") !== "persistence" || at(volume, "emptyDir") === undefined) continue;
    const path = `spec.override.statefulSet.spec.template.spec.volumes[${i}]`;
    findings.push(report(resource, path, "puts messages in a folder that goes with the pod; remove it"));
  }
  const settings = brokerSettings(broker);
  const path = "spec.rabbitmq.additionalConfig";
  for (const key of [
    "quorum_queue.initial_cluster_size",
    "quorum_queue.continuous_membership_reconciliation.target_group_size",
  ]) {
    const size = Number(settings.get(key) ?? Number.NaN);
    if (size < Math.min(3, nodes)) {
      findings.push(report(resource, path, `${key} is ${size}: ${copies(size)}, and is lost with it; use 3, or remove it`));
    }
  }
  const { advancedConfig } = recordAt(spec, "rabbitmq");
  const [, unsafe] =
    /\b(wal_write_strategy\s*,\s*sync_after_notify|(?:wal_)?sync_method\s*,\s*none)\b/.exec(
      typeof advancedConfig === "string" ? advancedConfig : "",
    ) ?? [];
  if (unsafe !== undefined) {
    findings.push(
      report(resource, "spec.rabbitmq.advancedConfig", `{${unsafe}} confirms messages before they are on disk; remove it`),
    );
  }
  return findings;
}

function copies(size: number): string {
  return size <= 1 ? "a queue is on one node" : `a queue is on ${size} nodes, without a majority when one is lost`;
}

/** Fewer copies of a queue than there could be, by its own arguments or a policy. */
function replicatedQueue(
  { kind, spec, resource, namespace }: KubeObject,
  objects: readonly KubeObject[],
  report: Report,
): Finding[] {
  if (!["Queue", "Policy", "OperatorPolicy"].includes(kind)) return [];
  const reference = recordAt(spec, "rabbitmqClusterReference");
  const home = textAt(reference, "namespace") ?? namespace;
  const broker = objects.find((one) => isBroker(one) && one.namespace === home && one.name === textAt(reference, "name"));
  const nodes = numberAt(broker?.spec, "replicas") ?? 1;
  const found: readonly (readonly [string, number | undefined])[] = [
    ["spec.arguments.x-quorum-initial-group-size", numberAt(spec, "arguments", "x-quorum-initial-group-size")],
    ["spec.arguments.x-quorum-target-group-size", numberAt(spec, "arguments", "x-quorum-target-group-size")],
    ["spec.definition.target-group-size", numberAt(spec, "definition", "target-group-size")],
  ];
  return found.flatMap(([path, size]) =>
    size === undefined || size >= Math.min(3, nodes)
      ? []
      : [report(resource, path, `is ${size} of ${nodes} nodes: ${copies(size)}; use 3, or remove it`)],
  );
}

/** Metrics and silences on a volume that goes with the pod: their alerts start over with each. */
function monitoringVolumes({ kind, spec, resource }: KubeObject, report: Report): Finding[] {
  if (kind !== "Prometheus" && kind !== "Alertmanager") return [];
  const { storage } = spec;
  const key = kind === "Prometheus" ? "mes:monitoring.prometheus.storage" : "mes:monitoring.alerting.storage";
  const lost = kind === "Prometheus" ? "metrics, and with them what alerts wait for," : "silences, and who was told of what,";
  if (isRecord(storage) && storage.volumeClaimTemplate !== undefined) return [];
  const message = `${lost} are gone with the pod: it has no volume; set ${key}`;
  return [(kind === "Prometheus" ? report : warning)(resource, "spec.storage", message)];
}

/** Folders of a container that hold nothing of worth. */
const SCRATCH = /^\/(?:tmp|run|var\/(?:tmp|run|cache|log)|dev\/shm)(?:\/|$)|(?:^|\/)(?:cache|tmp)(?:\/|$)/;

/** Controllers that are made to keep files, and keep them on the node. */
function lostFiles({ object, spec, specPath }: PodGroup, report: Report): Finding[] {
  if (object.kind !== "StatefulSet") return [];
  const kept =
    listAt(object.spec, "volumeClaimTemplates").length > 0 ||
    listAt(spec, "volumes").some((volume) => at(volume, "persistentVolumeClaim") !== undefined);
  const mounted = listAt(spec, "containers").flatMap((container) => listAt(container, "volumeMounts"));
  return listAt(spec, "volumes").flatMap((volume, i) => {
    if (at(volume, "emptyDir") === undefined && at(volume, "ephemeral") === undefined) return [];
    const places = mounted
      .filter((mount) => textAt(mount, "name") === textAt(volume, "name"))
      .map((mount) => textAt(mount, "mountPath") ?? "");
    const place = places.find((path) => !SCRATCH.test(path));
    if (place === undefined) return [];
    const message = `what ${title(object)} keeps in ${place} goes with the pod; use a volume claim`;
    return [(kept ? warning : report)(object.resource, [...specPath, "volumes", i], message)];
  });
}

/** `synchronous_commit = off`, `SET fsync TO 'off'`, `-c synchronous_commit=local`, `--synchronous-commit=off`, in whatever text. */
const SETTING = /\b(synchronous[_-]commit|fsync|full[_-]page[_-]writes)\s*(?:=|\s+to\s+)\s*'?(off|local|false|no|0)\b/i;
/** Tables that are empty after a crash. Source: https://www.postgresql.org/docs/18/sql-createtable.html#SQL-CREATETABLE-UNLOGGED */
const UNLOGGED = /\bcreate\s+unlogged\s+table\b|\bset\s+unlogged\b/i;

function unsafeText(text: string): string | undefined {
  // Looking for words first: texts are long, and hardly any has one.
  if (!/synchronous[_-]commit|fsync|full[_-]page[_-]writes|unlogged/i.test(text)) return undefined;
  const found = SETTING.exec(text);
  if (found !== null) {
    return `${found[1] ?? ""} is ${found[2] ?? ""}: orders that were confirmed are lost with a crash; remove it`;
  }
  return UNLOGGED.test(text) ? "makes a table that is empty after a crash (UNLOGGED); make it a usual one" : undefined;
}

/** Programs that ask for less when they connect. */
function sessions({ object, spec, specPath }: PodGroup, report: Report): Finding[] {
  return ["initContainers", "containers"].flatMap((field) =>
    listAt(spec, field).flatMap((container, i) => {
      const texts: readonly (readonly [readonly (string | number)[], unknown])[] = [
        ...listAt(container, "env").map((env, j) => [["env", j, "value"], at(env, "value")] as const),
        ...["command", "args"].flatMap((part) => listAt(container, part).map((text, j) => [[part, j], text] as const)),
      ];
      return texts.flatMap(([path, text]) => {
        const message = typeof text === "string" ? unsafeText(text) : undefined;
        return message === undefined ? [] : [report(object.resource, [...specPath, field, i, ...path], message)];
      });
    }),
  );
}

/** Statements that run against the database: files of a ConfigMap, and what runs when a Cluster is made. */
function statements({ kind, spec, resource, ...object }: KubeObject, report: Report): Finding[] {
  const texts: readonly (readonly [readonly (string | number)[], unknown])[] =
    kind === "ConfigMap"
      ? entriesAt(resource.inputs, "data")
          .filter(([key]) => !key.endsWith(".json"))
          .map(([key, text]) => [["data", key], text] as const)
      : isDatabase({ kind, ...object })
        ? leaves(recordAt(spec, "bootstrap"), ["spec", "bootstrap"])
        : [];
  return texts.flatMap(([path, text]) => {
    const message = typeof text === "string" ? unsafeText(text) : undefined;
    return message === undefined ? [] : [report(resource, path, message)];
  });
}

/** Loki acknowledges what is in its write-ahead log. Source: https://grafana.com/docs/loki/latest/operations/storage/wal/ */
function logFindings({ resource }: KubeObject, report: Report): Finding[] {
  return entriesAt(resource.inputs, "data").flatMap(([key, text]) => {
    if (typeof text !== "string" || !/^schema_config:/m.test(text) || !/^ingester:/m.test(text)) return [];
    const [, block = ""] = /^ {2}wal:((?:.*\n)(?: {4,}.*\n)*)/m.exec(text) ?? [];
    if (!/\benabled: false\b/.test(block)) return [];
    const message = "ingester.wal.enabled is false: records that were taken are lost with the pod; use true";
    return [report(resource, ["data", key], message)];
  });
}

/** Copies of what is not in the store yet, against the pods that there are. Source: https://grafana.com/docs/loki/latest/configure/#common */
function logCopies(group: PodGroup, pods: number, known: Inventory, plan: Plan): Finding[] {
  const { object } = group;
  const zones = plan.facts?.zones.length ?? 1;
  return configFiles(group, known).flatMap(({ resource, path, text }) => {
    if (!/^schema_config:/m.test(text)) return [];
    const copies_ = Number(/^\s*replication_factor:\s*(\d+)/m.exec(text)?.[1] ?? 3);
    if (copies_ >= 2 || (pods < 2 && zones < 2)) return [];
    const one = pods < 2 ? `there is one pod of ${title(object)}` : `replication_factor is ${copies_}`;
    const message = `${one}: what is not in the bucket yet is in one pod, in one zone, and is lost with it; use three pods (mes:logging.replicas) with replication_factor: 3`;
    return [pods < 2 ? warning(object.resource, "spec.replicas", message) : warning(resource, path, message)];
  });
}
