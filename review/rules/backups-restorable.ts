import { bucketNamed, BUCKET, expiries } from "../cloud/buckets";
import { allowed, podIdentityRole, roleOf, trusts } from "../cloud/rights";
import { ROLE_ANNOTATION } from "../cloud/roles";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { schedule } from "../kubernetes/schedules";
import { isDatabase, parametersOf } from "../kubernetes/systems";
import { at, entriesAt, entryOf, listAt, recordAt, textAt, type Json } from "../kubernetes/value";
import { UNKNOWN, type Plan } from "../plan/plan";
import { bucketsTold } from "./backups/buckets";
import { cleanersKeep } from "./backups/cleaners";
import { keptFiles } from "./backups/kept-files";
import { backupRhythm } from "./backups/rhythm";
import { storeSettings } from "./backups/stores";
import { dataReport, reporter, type Finding, type Report, type Rule } from "./rule";

const name = "backups-restorable";
const { error, warning } = reporter(name);

const DATABASE = "the database";

export const backupsRestorable: Rule = {
  name,
  title:
    "Every database archives its log and takes base backups into a bucket that it may write, and nothing deletes them before they expire.",
  why: "A backup that is not taken, cannot be written, or is deleted too early is noticed on the day when it is needed: every order since is gone.",
  check: (plan) => {
    const report = dataReport(plan, { error, warning });
    const known = inventory(plan);
    const kept = [...cleanersKeep(known), ...bucketsTold(plan, known), ...backupRhythm(known)];
    if (report === undefined) return kept;
    const databases = known.objects.filter(isDatabase);
    return [
      ...kept,
      ...databases.flatMap((cluster) => [
        ...archived(cluster, known, report, plan),
        ...scheduled(cluster, known, report),
        ...restored(cluster, known, report),
      ]),
      ...sharedArchive(databases, known, report),
      ...known.ofKind("ScheduledBackup").flatMap((backup) => badSchedule(backup, known, report)),
      ...logsKept(plan, known, report),
      ...keptFiles(plan, known),
    ];
  },
};

interface Archive {
  readonly plugin: Json;
  readonly path: string;
  readonly store: KubeObject | undefined;
  readonly storeName: string;
  readonly server: string;
}

/** Where a Cluster sends its log, by a plug-in. */
function archiveOf({ spec, namespace, name: cluster }: KubeObject, known: Inventory): Archive | undefined {
  const plugins = listAt(spec, "plugins");
  const i = plugins.findIndex((plugin) => at(plugin, "isWALArchiver") === true && at(plugin, "enabled") !== false);
  if (i < 0) return undefined;
  const plugin = recordAt(plugins[i]);
  const storeName = textAt(plugin, "parameters", "barmanObjectName") ?? "";
  return {
    plugin,
    path: `spec.plugins[${i}]`,
    storeName,
    store: known.find("ObjectStore", namespace, storeName),
    server: textAt(plugin, "parameters", "serverName") ?? cluster,
  };
}

const TURN_ON = "set mes:postgres.backups.enabled to true";

function archived(cluster: KubeObject, known: Inventory, report: Report, plan: Plan): Finding[] {
  const { spec, resource } = cluster;
  const findings: Finding[] = [];
  const skip = "cnpg.io/skipWalArchiving";
  if (cluster.annotations[skip] === "enabled") {
    findings.push(report(resource, ["metadata", "annotations", skip], "nothing is archived; remove it"));
  }
  findings.push(...archiveTimeout(cluster, report));
  const inTree = at(spec, "backup", "barmanObjectStore") !== undefined;
  const archive = archiveOf(cluster, known);
  if (archive === undefined) {
    if (inTree) return findings;
    const message = `nothing of ${DATABASE} is archived: what is written is gone with its volumes; ${TURN_ON}`;
    return [...findings, report(resource, "spec.plugins", message)];
  }
  if (archive.store === undefined) {
    const { facts } = plan;
    if (facts?.existing?.includes(`ObjectStore/${archive.storeName}`) === true) return findings;
    const message = `archives to ObjectStore ${cluster.namespace}/${archive.storeName}, which the plan does not have; correct barmanObjectName`;
    return [...findings, report(resource, `${archive.path}.parameters.barmanObjectName`, message)];
  }
  return [...findings, ...storeFindings(cluster, archive, archive.store, known, report, plan)];
}

/** An hour: what is not archived by then is in the volumes alone. */
const MOST_ARCHIVE_SECONDS = 3600;
const UNIT_SECONDS: Readonly<Record<string, number>> = { "": 1, ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

function archiveTimeout(cluster: KubeObject, report: Report): Finding[] {
  const value = parametersOf(cluster).get("archive_timeout");
  const [, digits, unit = ""] = /^(\d+)\s*([a-z]*)$/.exec(value ?? "") ?? [];
  const seconds = digits === undefined ? undefined : Number(digits) * (entryOf(UNIT_SECONDS, unit) ?? Number.NaN);
  if (seconds === undefined || (seconds > 0 && seconds <= MOST_ARCHIVE_SECONDS)) return [];
  const when = seconds === 0 ? "only when 16 MB are full" : `every ${value ?? ""} at most`;
  const message = `archive_timeout is ${value ?? ""}: changes are archived ${when}, and until then they are in the volumes alone; remove it (mes:postgres.parameters)`;
  return [report(cluster.resource, "spec.postgresql.parameters.archive_timeout", message)];
}

/** What barman needs to write, to list and to delete what has expired. Source: https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/ */
const OBJECT_ACTIONS = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"];
const BUCKET_ACTIONS = ["s3:ListBucket"];

function storeFindings(
  cluster: KubeObject,
  archive: Archive,
  store: KubeObject,
  known: Inventory,
  report: Report,
  plan: Plan,
): Finding[] {
  const { resource } = store;
  const configuration = recordAt(store.spec, "configuration");
  const destination = textAt(configuration, "destinationPath") ?? "";
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(destination) ?? [];
  const findings: Finding[] = [];
  const days = retentionDays(textAt(store.spec, "retentionPolicy"));
  if (days === undefined && store.spec.retentionPolicy !== UNKNOWN) {
    const message = "has no retention: backups are never deleted, or by somebody else; set mes:postgres.backups.retentionDays";
    findings.push(warning(resource, "spec.retentionPolicy", message));
  }
  findings.push(...tooRare(cluster, known, days, report), ...storeSettings(store, bucket, days, plan, report));
  const credentials = recordAt(configuration, "s3Credentials");
  const inherited = credentials.inheritFromIAMRole === true;
  const keys = credentials.accessKeyId !== undefined && credentials.secretAccessKey !== undefined;
  const other = ["azureCredentials", "googleCredentials"].some((one) => configuration[one] !== undefined);
  if (!inherited && !keys && !other) {
    const message = "has no credentials to write with; give it s3Credentials: inheritFromIAMRole, or both keys";
    findings.push(report(resource, "spec.configuration.s3Credentials", message));
  }
  if (bucket === undefined || destination.includes(UNKNOWN)) return findings;
  findings.push(...lifecycle(plan, bucket, prefix, days, archive.server, report));
  // A store of its own address is not Amazon's: its buckets are no resources.
  if (configuration.endpointURL !== undefined) return findings;
  const planned = plan.resources.some(({ type }) => BUCKET.test(type));
  if (planned && bucketNamed(plan, bucket) === undefined && plan.facts?.existing?.includes(`Bucket/${bucket}`) !== true) {
    const message = `writes to the bucket ${bucket}, which the plan does not have; name the bucket of mes:storage.buckets.backups`;
    findings.push(report(resource, "spec.configuration.destinationPath", message));
  }
  return inherited ? [...findings, ...mayWrite(cluster, bucket, prefix, report, plan)] : findings;
}

/** The role of the instances' service account, which the operator names after the Cluster. */
function mayWrite(cluster: KubeObject, bucket: string, prefix: string, report: Report, plan: Plan): Finding[] {
  const path = ["spec", "serviceAccountTemplate", "metadata", "annotations", ROLE_ANNOTATION];
  const account = textAt(cluster.spec, "serviceAccountName") ?? cluster.name;
  const annotated = textAt(cluster.resource.inputs, ...path);
  const arn = annotated ?? podIdentityRole(plan, cluster.namespace, account);
  if (arn === undefined) {
    // Nodes may have the right themselves, where the plan makes no roles at all.
    if (!plan.resources.some(({ type }) => type.startsWith("aws:iam/role:"))) return [];
    return [
      report(
        cluster.resource,
        path,
        `the instances have no role, and may not write to ${bucket}; give their service account one`,
      ),
    ];
  }
  if (arn.includes(UNKNOWN)) return [];
  const role = roleOf(plan, arn);
  if (role === undefined) {
    if (!plan.resources.some(({ type }) => type.startsWith("aws:iam/role:"))) return [];
    return [report(cluster.resource, path, `${arn} is no role of the plan; name the role that may write to ${bucket}`)];
  }
  const subject = `system:serviceaccount:${cluster.namespace}:${account}`;
  const findings: Finding[] = [];
  if (!trusts(role, subject)) {
    const message = `does not trust ${subject}, which the instances of ${title(cluster)} run as: backups are refused; correct the subject`;
    findings.push(report(role.resource, "assumeRolePolicy", message));
  }
  const object = `arn:aws:s3:::${bucket}/${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}${cluster.name}/wals/0`;
  const missing = [
    ...missed(OBJECT_ACTIONS, allowed(plan, role, OBJECT_ACTIONS, object)),
    ...missed(BUCKET_ACTIONS, allowed(plan, role, BUCKET_ACTIONS, `arn:aws:s3:::${bucket}`)),
  ];
  if (missing.length > 0) {
    const message = `may not ${missing.join(", ")} in the bucket ${bucket}, where ${title(cluster)} keeps its backups; allow it`;
    findings.push(report(role.resource, "", message));
  }
  return findings;
}

function missed(wanted: readonly string[], granted: readonly string[]): string[] {
  return wanted.filter((action) => !granted.includes(action));
}

/** `30d`, `4w`, `1m`. */
function retentionDays(policy: string | undefined): number | undefined {
  const [, number, unit = ""] = /^([1-9]\d*)([dwm])$/.exec(policy ?? "") ?? [];
  return number === undefined ? undefined : Number(number) * ({ d: 1, w: 7, m: 30 }[unit] ?? 1);
}

function lifecycle(
  plan: Plan,
  bucket: string,
  prefix: string,
  days: number | undefined,
  server: string,
  report: Report,
): Finding[] {
  const below = `${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}${server}/`;
  return expiries(plan, bucket, below).flatMap(({ resource, path, days: age, to }) => {
    if (to !== undefined) {
      return [report(resource, path, `moves backups to ${to} after ${age} days, from where none is restored in time; remove it`)];
    }
    if (days !== undefined && age > days) return [];
    const kept = days === undefined ? "keeps without end" : `keeps for ${days} days`;
    const message = `deletes objects of ${bucket} after ${age} days, which ${DATABASE} ${kept}: what is left cannot be restored; remove mes:storage.buckets.backups.expireAfter, or raise it`;
    return [report(resource, path, message)];
  });
}

function backupsOf(cluster: KubeObject, known: Inventory): KubeObject[] {
  return known
    .ofKind("ScheduledBackup")
    .filter(({ namespace, spec }) => namespace === cluster.namespace && textAt(spec, "cluster", "name") === cluster.name);
}

function scheduled(cluster: KubeObject, known: Inventory, report: Report): Finding[] {
  const backups = backupsOf(cluster, known);
  if (backups.some(({ spec }) => spec.suspend !== true)) return [];
  const [suspended] = backups;
  if (suspended !== undefined) {
    return [
      report(suspended.resource, "spec.suspend", `no base backup of ${title(cluster)} is taken any more; set suspend to false`),
    ];
  }
  const message = `has no ScheduledBackup: without a base backup the archived log cannot be replayed on anything; ${TURN_ON}`;
  return [report(cluster.resource, "", message)];
}

function badSchedule(backup: KubeObject, known: Inventory, report: Report): Finding[] {
  const { spec, resource, namespace } = backup;
  const findings: Finding[] = [];
  const text = textAt(spec, "schedule");
  const { problem } = schedule(text ?? "", 6);
  if (problem !== undefined && text !== UNKNOWN) {
    findings.push(report(resource, "spec.schedule", `"${text ?? ""}" ${problem}; correct mes:postgres.backups.schedule`));
  }
  const wanted = textAt(spec, "cluster", "name") ?? "";
  const cluster = known.objects.find((one) => isDatabase(one) && one.namespace === namespace && one.name === wanted);
  if (cluster === undefined) {
    const message = `backs up Cluster ${namespace}/${wanted}, which the plan does not have; correct the name`;
    return [...findings, report(resource, "spec.cluster.name", message)];
  }
  const method = textAt(spec, "method") ?? "barmanObjectStore";
  if (method === "plugin") {
    const plugin = textAt(spec, "pluginConfiguration", "name") ?? "";
    const plugins = listAt(cluster.spec, "plugins")
      .filter((one) => at(one, "enabled") !== false)
      .map((one) => textAt(one, "name") ?? "");
    if (!plugins.includes(plugin)) {
      const message = `asks the plug-in ${plugin === "" ? "without a name" : plugin}, which ${title(cluster)} does not have (${plugins.join(", ") || "it has none"}): every backup fails; correct it`;
      findings.push(report(resource, "spec.pluginConfiguration.name", message));
    }
  } else if (method === "volumeSnapshot" && textAt(cluster.spec, "backup", "volumeSnapshot", "className") === undefined) {
    const message = `asks for snapshots, and ${title(cluster)} names no class for them (spec.backup.volumeSnapshot.className): every backup fails; use method: plugin`;
    findings.push(report(resource, "spec.method", message));
  } else if (!["volumeSnapshot", "barmanObjectStore"].includes(method)) {
    const message = `${method} is no method of backups, which are plugin, volumeSnapshot and barmanObjectStore: the operator refuses it; use plugin`;
    findings.push(report(resource, "spec.method", message));
  } else if (method === "barmanObjectStore" && at(cluster.spec, "backup", "barmanObjectStore") === undefined) {
    const message = `asks for the method ${method}, which ${title(cluster)} is not set up for: every backup fails; use method: plugin`;
    findings.push(report(resource, "spec.method", message));
  }
  return findings;
}

/** Days between base backups beyond which a restore replays for too long. */
const RARE_DAYS = 8;

function tooRare(cluster: KubeObject, known: Inventory, days: number | undefined, report: Report): Finding[] {
  const schedules = backupsOf(cluster, known).map((backup) => ({
    backup,
    ...schedule(textAt(backup.spec, "schedule") ?? "", 6),
  }));
  const usual = schedules.filter(({ problem }) => problem === undefined).sort((a, b) => a.longestGap - b.longestGap);
  const [best] = usual;
  if (best === undefined || (best.longestGap <= RARE_DAYS && (days === undefined || best.longestGap <= days))) return [];
  const rarely = days !== undefined && best.longestGap > days;
  const message = `takes a base backup every ${best.longestGap} days${rarely ? `, and each is kept for ${days} days` : ""}: a restore replays all changes since the last one; take one every day (mes:postgres.backups.schedule)`;
  return [(rarely || best.longestGap > 31 ? report : warning)(best.backup.resource, "spec.schedule", message)];
}

/** A Cluster that starts from a backup. Source: https://cloudnative-pg.io/documentation/1.30/recovery/ */
function restored(cluster: KubeObject, known: Inventory, report: Report): Finding[] {
  const recovery = at(cluster.spec, "bootstrap", "recovery");
  const source = textAt(recovery, "source");
  if (source === undefined) return [];
  const clusters = listAt(cluster.spec, "externalClusters");
  const i = clusters.findIndex((one) => textAt(one, "name") === source);
  const path = "spec.bootstrap.recovery.source";
  if (i < 0) {
    return [report(cluster.resource, path, `starts from ${source}, which is not among externalClusters; correct the name`)];
  }
  const store = textAt(clusters[i], "plugin", "parameters", "barmanObjectName");
  if (store === undefined) return [];
  const from = `spec.externalClusters[${i}].plugin.parameters`;
  if (known.find("ObjectStore", cluster.namespace, store) === undefined) {
    const message = `reads ObjectStore ${cluster.namespace}/${store}, which the plan does not have; correct barmanObjectName`;
    return [report(cluster.resource, `${from}.barmanObjectName`, message)];
  }
  const archive = archiveOf(cluster, known);
  const server = textAt(clusters[i], "plugin", "parameters", "serverName") ?? source;
  if (archive?.storeName !== store || archive.server !== server) return [];
  const message = `reads the folder ${server}, to which it archives itself, so that the operator refuses to start it; give the Cluster a new name (mes:postgres.name)`;
  return [report(cluster.resource, `${from}.serverName`, message)];
}

function sharedArchive(databases: readonly KubeObject[], known: Inventory, report: Report): Finding[] {
  const seen = new Map<string, KubeObject>();
  return databases.flatMap((cluster) => {
    const archive = archiveOf(cluster, known);
    const destination = textAt(archive?.store?.spec, "configuration", "destinationPath");
    if (archive === undefined || destination === undefined || destination.includes(UNKNOWN)) return [];
    const place = `${destination.replace(/\/$/, "")}/${archive.server}`;
    const first = seen.get(place);
    seen.set(place, first ?? cluster);
    if (first === undefined) return [];
    const message = `archives to ${place}, as ${title(first)} does: neither can be restored; give each a serverName of its own`;
    return [report(cluster.resource, `${archive.path}.parameters.serverName`, message)];
  });
}

/** Loki deletes what is older than its own retention; a bucket that deletes sooner leaves an index to nothing. */
function logsKept(plan: Plan, known: Inventory, report: Report): Finding[] {
  const hours = known.ofKind("ConfigMap").flatMap(({ resource }) =>
    entriesAt(resource.inputs, "data").flatMap(([, text]) => {
      if (typeof text !== "string" || !/^schema_config:/m.test(text)) return [];
      const [, number, unit = "h"] = /^\s*retention_period:\s*"?(\d+)([hdw])"?\s*$/m.exec(text) ?? [];
      return number === undefined ? [] : [Number(number) * ({ h: 1, d: 24, w: 168 }[unit] ?? 1)];
    }),
  );
  const retention = Math.max(0, ...hours) / 24;
  if (retention === 0) return [];
  const buckets = new Set(
    known.pods.flatMap(({ spec }) =>
      listAt(spec, "containers").flatMap((container) =>
        listAt(container, "env").flatMap((env) => (textAt(env, "name") === "S3_BUCKET_LOGS" ? [textAt(env, "value") ?? ""] : [])),
      ),
    ),
  );
  return [...buckets].flatMap((bucket) =>
    expiries(plan, bucket, "").flatMap(({ resource, path, days }) => {
      if (days >= retention) return [];
      const message = `takes logs out of ${bucket} after ${days} days, which mes:logging.retention keeps for ${Math.ceil(retention)}: searches fail; raise mes:storage.buckets.logs.expireAfter`;
      return [report(resource, path, message)];
    }),
  );
}
