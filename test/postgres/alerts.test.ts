import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { outboxAlerts } from "../../components/outbox/alerts";
import { outboxConfig } from "../../components/outbox/config";
import { postgresAlerts } from "../../components/postgres/alerts";
import { postgresConfig } from "../../components/postgres/config";
import { makeTools, toolPath } from "../cluster/tools";

/** Series of a target, by the minute, from its beginning. */
type Series = Readonly<Record<string, string>>;

const CONFIG = postgresConfig.parse({
  instances: 3,
  synchronousReplicas: 1,
  resources: { cpu: 4, memory: "16Gi" },
  storage: { size: "100Gi" },
  walStorage: { size: "50Gi" },
});
const ALERTS = [...postgresAlerts(CONFIG, true), ...outboxAlerts(outboxConfig.parse({}))].flatMap((group) => group.alerts);

const of = (pod: string) => `job="postgres",namespace="mes-data",pod="${pod}"`;
const ROLES: Series = {
  [`cnpg_pg_replication_in_recovery{${of("p1")}}`]: "0x60",
  [`cnpg_pg_replication_in_recovery{${of("p2")}}`]: "1x60",
};
const transactions = (pod: string, committed: string, rolledBack: string): Series => ({
  [`cnpg_pg_stat_database_xact_commit{${of(pod)},datname="mes"}`]: committed,
  [`cnpg_pg_stat_database_xact_rollback{${of(pod)},datname="mes"}`]: rolledBack,
});
const one = (metric: string, values: string, labels = ""): Series => ({ [`${metric}{${of("p1")}${labels}}`]: values });

/** The labels that an alert fires with after half an hour of these series, its own `for` and severity included. */
function firing(name: string, series: Series): number {
  const alert = ALERTS.find((candidate) => candidate.name === name);
  if (alert === undefined) throw new Error(`no alert ${name}`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-rules-"));
  const rule = { alert: name, expr: alert.expr, for: alert.for };
  fs.writeFileSync(path.join(folder, "rules.yaml"), stringify({ groups: [{ name: "one", rules: [rule] }] }));
  const count = (n: number) => {
    const test = {
      interval: "1m",
      input_series: Object.entries(series).map(([labels, values]) => ({ series: labels, values })),
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`,
          eval_time: "59m",
          exp_samples: [{ labels: "{}", value: n }],
        },
      ],
    };
    fs.writeFileSync(
      path.join(folder, "test.yaml"),
      stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [test] }),
    );
    try {
      execFileSync(toolPath("promtool"), ["test", "rules", path.join(folder, "test.yaml")], { stdio: "pipe" });
      return true;
    } catch (error) {
      if ((error as { status?: number }).status !== 1) throw error;
      return false;
    }
  };
  try {
    const n = [0, 1, 2].find(count);
    if (n === undefined) throw new Error(`${name} fires more than twice`);
    return n;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

beforeAll(() => makeTools("promtool"), 1_200_000);

describe("alerts, as Prometheus evaluates them", () => {
  it.each<[string, string, Series]>([
    ["PostgresPrimaryMissing", "nothing is scraped at all", {}],
    ["PostgresPrimaryMissing", "only replicas are left", one("cnpg_pg_replication_in_recovery", "1x60")],
    [
      "PostgresTwoPrimaries",
      "a second instance takes writes",
      { ...ROLES, [`cnpg_pg_replication_in_recovery{${of("p3")}}`]: "0x60" },
    ],
    [
      "PostgresWritesFailing",
      "a tenth of the writes fails, whatever the replicas read",
      { ...ROLES, ...transactions("p1", "0+540x60", "0+60x60"), ...transactions("p2", "0+90000x60", "0+0x60") },
    ],
    [
      "PostgresSynchronousReplicaMissing",
      "no replica confirms",
      { ...one("cnpg_mes_synchronous_standbys", "0x60"), ...one("cnpg_mes_synchronous_requested", "1x60") },
    ],
    ["PostgresCommitsWaiting", "commits pile up", one("cnpg_mes_synchronous_waiting_commits", "50x60")],
    ["PostgresReplicaMissing", "one of two streams", { ...ROLES, ...one("cnpg_pg_replication_streaming_replicas", "1x60") }],
    ["PostgresReplicationLag", "a replica is behind", one("cnpg_pg_replication_lag", "0+10x60")],
    [
      "PostgresSlotHoldsWal",
      "a slot holds 20 GB",
      { ...ROLES, ...one("cnpg_pg_replication_slots_pg_wal_lsn_diff", "2e10x60", ',slot_name="s"') },
    ],
    [
      "PostgresConnectionsNearLimit",
      "users together come near the limit",
      {
        ...one("cnpg_backends_total", "50x60", ',usename="a",state="idle"'),
        [`cnpg_backends_total{${of("p1")},usename="b",state="active"}`]: "40x60",
        ...one("cnpg_pg_settings_setting", "100x60", ',name="max_connections"'),
      },
    ],
    [
      "PostgresWalVolumeNearlyFull",
      "the volume is full",
      {
        ...one("cnpg_collector_pg_wal", "95x60", ',value="size"'),
        [`cnpg_collector_pg_wal{${of("p1")},value="volume_size"}`]: "100x60",
      },
    ],
    ["PostgresDataVolumeFilling", "databases fill the volume", one("cnpg_pg_database_size_bytes", "1e11x60", ',datname="mes"')],
    ["PostgresPoolerMissing", "no pooler is scraped", {}],
    [
      "PostgresWritersWait",
      "a writer waits",
      { 'cnpg_pgbouncer_pools_maxwait{job="postgres-pooler-rw",namespace="mes-data",user="a"}': "5x60" },
    ],
    [
      "PostgresWalNotArchived",
      "segments wait on the primary",
      { ...ROLES, ...one("cnpg_collector_pg_wal_archive_status", "30x60", ',value="ready"') },
    ],
    [
      "PostgresArchivingFails",
      "the last attempt failed",
      { ...one("cnpg_pg_stat_archiver_last_failed_time", "100x60"), ...one("cnpg_pg_stat_archiver_last_archived_time", "50x60") },
    ],
    [
      "PostgresBackupFailed",
      "the last backup failed",
      {
        ...one("barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp", "9x60"),
        ...one("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", "5x60"),
      },
    ],
    [
      "PostgresMetricsFailing",
      "a query fails",
      { ...one("cnpg_last_error", "1x60"), ...one("cnpg_collector_last_collection_error", "0x60") },
    ],
    ["OutboxDelayed", "a message waits", one("cnpg_mes_outbox_oldest_unsent_seconds", "0+60x60")],
    ["OutboxDead", "a message is given up", one("cnpg_mes_outbox_dead", "1x60")],
    [
      "OutboxNotDrained",
      "nothing is sent",
      { ...one("cnpg_mes_outbox_pending", "3x60"), ...one("cnpg_mes_outbox_sent_last_5m", "0x60") },
    ],
    ["OutboxUnwatched", "nobody counts", {}],
  ])("%s fires when %s", (name, _, series) => {
    expect(firing(name, series)).toBe(1);
  });

  it.each<[string, string, Series]>([
    ["PostgresPrimaryMissing", "there is one", ROLES],
    [
      "PostgresPrimaryMissing",
      "one takes over within a minute",
      { [`cnpg_pg_replication_in_recovery{${of("p1")}}`]: "0x54 1 0x5" },
    ],
    ["PostgresTwoPrimaries", "there is one", ROLES],
    ["PostgresWritesFailing", "one of two fails at night", { ...ROLES, ...transactions("p1", "0+6x60", "0+6x60") }],
    ["PostgresWritesFailing", "two in a hundred fail", { ...ROLES, ...transactions("p1", "0+5880x60", "0+120x60") }],
    [
      "PostgresReplicaMissing",
      "a replica has no replicas itself",
      {
        ...ROLES,
        [`cnpg_pg_replication_streaming_replicas{${of("p1")}}`]: "2x60",
        [`cnpg_pg_replication_streaming_replicas{${of("p2")}}`]: "0x60",
      },
    ],
    [
      "PostgresWalNotArchived",
      "segments wait on a replica, which archives nothing",
      {
        ...ROLES,
        [`cnpg_collector_pg_wal_archive_status{${of("p2")},value="ready"}`]: "90x60",
      },
    ],
    [
      "PostgresPoolerMissing",
      "one of three is up",
      {
        'up{job="postgres-pooler-rw",pod="a"}': "0x60",
        'up{job="postgres-pooler-rw",pod="b"}': "1x60",
      },
    ],
    [
      "OutboxNotDrained",
      "messages wait and are sent",
      { ...one("cnpg_mes_outbox_pending", "3x60"), ...one("cnpg_mes_outbox_sent_last_5m", "9x60") },
    ],
    ["OutboxUnwatched", "somebody counts", one("cnpg_mes_outbox_pending", "0x60")],
  ])("%s is silent when %s", (name, _, series) => {
    expect(firing(name, series)).toBe(0);
  });
});
