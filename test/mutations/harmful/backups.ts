import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("backups");

const BACKUP = /backup|archiv|restor|schedule|cron|bucket|retention|barman|plugin|object ?store|expire|lifecycle|never|memory/i;
const database = cause(["postgres", "backups"], BACKUP);

const backups: Generator<Harmful> = ({ random }) => {
  const never = random.one(["0 0 2 30 2 *", "0 0 0 31 4 *", "0 0 2 31 9 *"]);
  const neverInFile = random.one(["0 2 30 2 *", "0 0 31 6 *", "15 3 31 11 *"]);
  return [
    file(
      { id: "backups-off", harm: "nothing can be restored: neither a base backup nor WAL is kept", cause: database },
      (edited) => edited.set("mes:postgres/backups/enabled", false),
    ),
    plan({ id: "schedule-dropped", harm: "no base backup is ever taken: nothing can be restored", cause: database }, (edited) =>
      edited.drop("ScheduledBackup", "postgres-backups"),
    ),
    plan(
      {
        id: "store-dropped",
        harm: "the place of the backups is not declared: archiving fails, and the WAL volume fills",
        cause: database,
      },
      (edited) => edited.drop("ObjectStore", "postgres-backups"),
    ),
    plan(
      {
        id: "plugin-dropped",
        harm: "the database archives no WAL: what was written since the last night cannot be restored",
        cause: database,
      },
      (edited) => without(edited.spec("Cluster", "postgres"), "plugins"),
    ),
    plan(
      {
        id: "no-archiver",
        harm: "the plugin does not archive WAL: what was written since the last night cannot be restored",
        cause: cause(["postgres"], /WALArchiver|archiv|wal/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").plugins[0].isWALArchiver = false;
      },
    ),
    plan(
      {
        id: "plugin-off",
        harm: "the plugin is switched off: neither WAL nor backups go anywhere",
        cause: cause(["postgres"], /enabled|plugin|archiv|backup/i),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").plugins[0].enabled = false;
      },
    ),
    plan(
      {
        id: "store-of-another-name",
        harm: "the database archives to a store that is not there: the WAL volume fills until it stops",
        cause: database,
      },
      (edited) => {
        edited.spec("Cluster", "postgres").plugins[0].parameters.barmanObjectName = "backups";
      },
    ),
    plan(
      {
        id: "plugin-of-another-name",
        harm: "no operator knows this plugin: nothing is archived, and the database is not made",
        cause: database,
      },
      (edited) => {
        edited.spec("Cluster", "postgres").plugins[0].name = "barman.cloudnative-pg.io";
      },
    ),
    plan(
      {
        id: "schedule-of-another-cluster",
        harm: "the schedule is for a database that is not there: no base backup is taken",
        cause: database,
      },
      (edited) => {
        edited.spec("ScheduledBackup", "postgres-backups").cluster.name = "mes";
      },
    ),
    plan(
      {
        id: "schedule-suspended",
        harm: "the schedule is suspended: no base backup is taken",
        cause: cause(["postgres-backups", "backups"], /suspend/i),
      },
      (edited) => {
        edited.spec("ScheduledBackup", "postgres-backups").suspend = true;
      },
    ),
    plan(
      {
        id: "schedule-of-the-wrong-method",
        harm: "the database has no store of its own for this method: each backup fails",
        cause: database,
      },
      (edited) => {
        edited.spec("ScheduledBackup", "postgres-backups").method = "barmanObjectStore";
      },
    ),
    plan(
      {
        id: "schedule-of-another-plugin",
        harm: "the schedule names a plugin that the database does not have: each backup fails",
        cause: database,
      },
      (edited) => {
        edited.spec("ScheduledBackup", "postgres-backups").pluginConfiguration.name = "barman.cloudnative-pg.io";
      },
    ),
    plan(
      {
        id: "schedule-of-five-fields",
        harm: "CloudNativePG reads seconds first: five fields are refused, and no backup is taken",
        cause: cause(["postgres-backups", "backups"], /schedule|field|cron|second/i),
      },
      (edited) => {
        edited.spec("ScheduledBackup", "postgres-backups").schedule = "0 2 * * *";
      },
    ),
    plan(
      {
        id: "schedule-never-fires",
        harm: `${never} is no day of any year: no base backup is taken after the first`,
        cause: cause(["postgres-backups", "backups"], /schedule|never|fire|cron|day/i),
      },
      (edited) => {
        edited.spec("ScheduledBackup", "postgres-backups").schedule = never;
      },
    ),
    file(
      {
        id: "schedule-of-the-file-never-fires",
        harm: `${neverInFile} is no day of any year: no base backup is taken after the first`,
        cause: cause(["postgres-backups", "backups"], /schedule|never|fire|cron|day/i),
      },
      (edited) => edited.set("mes:postgres/backups/schedule", neverInFile),
    ),
    file(
      {
        id: "once-a-year",
        harm: "a base backup a year: a restore replays up to a year of WAL, which takes days",
        cause: cause(["postgres-backups", "backups"], /schedule|retention|year|days|maxAge|age/i),
      },
      (edited) => edited.set("mes:postgres/backups/schedule", "0 2 1 1 *"),
    ),
    file(
      {
        id: "bucket-forgets-first",
        harm: "the bucket deletes base backups after a week, and the database counts on 30 days",
        cause: cause(["backups"], /expire|lifecycle|retention|delete/i),
      },
      (edited) => edited.set("mes:storage/buckets/backups/expireAfter", "7d"),
    ),
    plan(
      {
        id: "lifecycle-of-backups",
        harm: "a slip in the component lets the bucket delete backups after three days",
        cause: cause(["backups"], /expir|lifecycle|retention|delete/i),
      },
      (edited) => {
        edited
          .inputs("BucketLifecycleConfiguration", "backups")
          .rules.push({ id: "expire", status: "Enabled", filter: {}, expiration: { days: 3 } });
      },
    ),
    plan(
      {
        id: "lifecycle-of-another-bucket",
        harm: "the logs' lifecycle is put on the backups: they are deleted after 60 days, whatever their WAL still needs, and logs never",
        cause: cause(["backups", "logs"], /lifecycle|expir|bucket|twice|two/i),
      },
      (edited) => {
        edited.inputs("BucketLifecycleConfiguration", "logs").bucket = "example-mes-prod-backups";
      },
    ),
    plan(
      {
        id: "store-in-another-bucket",
        harm: "the database archives into a bucket that is not there: the WAL volume fills until it stops",
        cause: cause(["postgres-backups", "backup"], BACKUP),
      },
      (edited) => {
        edited.spec("ObjectStore", "postgres-backups").configuration.destinationPath = "s3://example-mes-prod-backup/";
      },
    ),
    plan(
      {
        id: "store-in-the-bucket-of-logs",
        harm: "the database archives into the bucket of logs, where it has no right, and whose lifecycle deletes",
        cause: cause(["postgres-backups", "logs", "postgres"], /bucket|right|may|expire|access|logs/i),
      },
      (edited) => {
        edited.spec("ObjectStore", "postgres-backups").configuration.destinationPath = "s3://example-mes-prod-logs/";
      },
    ),
    plan(
      {
        id: "store-without-credentials",
        harm: "the sidecar has no credentials and is not told to take those of its role: archiving fails",
        cause: cause(["postgres-backups"], /credential|role|identity|IAM|access/i),
      },
      (edited) => without(edited.spec("ObjectStore", "postgres-backups").configuration, "s3Credentials"),
    ),
    file(
      {
        id: "sidecar-too-small",
        harm: "the sidecar is killed for memory in the middle of each base backup",
        cause: cause(["sidecar", "postgres", "backups"], /memory|Mi|sidecar/i),
      },
      (edited) => edited.set("mes:postgres/backups/sidecar/memory", "32Mi"),
    ),
    file(
      {
        id: "restore-under-the-same-name",
        harm: "the restored database archives into the folder that it reads from, and is refused or mixes two histories",
        cause: cause(["restore", "serverName", "postgres"], /name|same|restore|folder|serverName/i),
      },
      (edited) => edited.set("mes:postgres/restore", { from: { serverName: "postgres" } }),
    ),
    file(
      {
        id: "nobody-hears-of-old-backups",
        harm: "nobody is told when backups have stopped for a year",
        cause: cause(["maxAge", "backups", "PostgresBackupTooOld"], /age|retention|interval|schedule|old/i),
      },
      (edited) => edited.set("mes:postgres/backups/maxAge", "365d"),
    ),
    plan(
      {
        id: "versions-suspended",
        harm: "an overwritten or deleted backup cannot be brought back, and S3 refuses this with an object lock",
        cause: cause(["backups"], /version/i),
      },
      (edited) => {
        edited.inputs("BucketVersioning", "backups").versioningConfiguration.status = "Suspended";
      },
    ),
  ];
};

const others: Generator<Harmful> = () => [
  file(
    {
      id: "bucket-forgets-logs-first",
      harm: "the bucket deletes logs after ten days that Loki believes to have for 30: queries of them fail",
      cause: cause(["logs", "loki"], /expire|lifecycle|retention|delete/i),
    },
    (edited) => edited.set("mes:storage/buckets/logs/expireAfter", "10d"),
  ),
  file(
    {
      id: "outbox-never-purged",
      harm: "sent messages are never deleted: the tables fill the volume, and claims get slow",
      cause: cause(["outbox", "purge"], /schedule|never|fire|cron|day/i),
    },
    (edited) => edited.set("mes:outbox/purgeSchedule", "0 0 30 2 *"),
  ),
  plan(
    {
      id: "outbox-purge-suspended",
      harm: "sent messages are never deleted: the tables fill the volume, and claims get slow",
      cause: cause(["outbox-purge"], /suspend/i),
    },
    (edited) => {
      edited.spec("CronJob", "outbox-purge").suspend = true;
    },
  ),
  file(
    {
      id: "traces-never-deleted",
      harm: "old indices are never deleted: OpenSearch runs full and takes no trace any more",
      cause: cause(["cleanUp", "index-cleaner", "tracing"], /schedule|never|fire|cron|day/i),
    },
    (edited) => edited.set("mes:tracing/storage/cleanUp", "0 0 31 2 *"),
  ),
];

export const backupsOfData: readonly Generator<Harmful>[] = [backups, others];
