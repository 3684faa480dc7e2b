import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";
import { configMapData } from "../../places";

const { plan } = harmful("backups");

export const backups: readonly Harmful[] = [
  plan(
    {
      id: "backups-in-glacier",
      harm: "after a day a backup can only be read after hours of thawing: a restore fails",
      cause: cause(["backups"], /transition|GLACIER|read|restore|storageClass/i),
    },
    (edited) =>
      (edited.inputs("BucketLifecycleConfiguration", "backups").rules[0].transitions = [{ days: 1, storageClass: "GLACIER" }]),
  ),
  plan(
    {
      id: "store-at-an-unknown-address",
      harm: "no S3 is at this address: archiving fails, and the WAL volume fills",
      cause: cause(["postgres-backups"], /endpoint|address|host|reach|minio/i),
    },
    (edited) => (edited.spec("ObjectStore", "postgres-backups").configuration.endpointURL = "https://minio.mes-data.svc:9000"),
  ),
  plan(
    {
      id: "retention-is-no-duration",
      harm: "this is no retention: the operator refuses the store",
      cause: cause(["postgres-backups"], /retention/i),
    },
    (edited) => (edited.spec("ObjectStore", "postgres-backups").retentionPolicy = "thirty days"),
  ),
  plan(
    {
      id: "snapshots-without-a-class",
      harm: "snapshots need a class that the database does not name: each backup fails",
      cause: cause(["postgres-backups", "postgres"], /volumeSnapshot|snapshot|method|plugin/i),
    },
    (edited) => (edited.spec("ScheduledBackup", "postgres-backups").method = "volumeSnapshot"),
  ),
  plan(
    {
      id: "inbox-forgets-at-once",
      harm: "the hourly job deletes what was handled a minute ago: a repeat is handled as a new order",
      cause: cause(["outbox-purge", "KEEP_INBOX"], /KEEP_INBOX|inbox|keep|repeat|remember/i),
    },
    (edited) => (edited.variable("CronJob", "outbox-purge", "KEEP_INBOX").value = "60"),
  ),
  plan(
    {
      id: "traces-deleted-every-night",
      harm: "the cleaner deletes every index older than no day",
      cause: cause(["jaeger-index-cleaner"], /14|days|retention|args|index/i),
    },
    (edited) => (edited.pod("CronJob", "jaeger-index-cleaner").containers[0].args[0] = "0"),
  ),
  plan(
    {
      id: "logs-to-an-unknown-bucket",
      harm: "Loki is given the bucket by a variable that is not there: it writes nothing",
      cause: cause(["loki", "S3_BUCKET_LOG"], /variable|bucket|S3_BUCKET/i),
    },
    (edited) =>
      edited.text(configMapData(edited, "loki-"), "etc_loki_config_config.yaml", "${S3_BUCKET_LOGS}", "${S3_BUCKET_LOG}"),
  ),
];
