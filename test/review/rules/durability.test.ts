import type { Plan } from "../../../review/plan/plan";
import { commitsDurable } from "../../../review/rules/commits-durable";
import { settingsFit } from "../../../review/rules/settings-fit";
import { deployment, found, object, planOf } from "../fixtures";
import { planned } from "../../helpers/plans";
import { containersOf, errorsAfter, type Change, type Edit, type Inputs } from "./changed-plan";

/* What keeps an order that was confirmed: each way to lose it, in the real plan, and the nearest way that is right. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const parameter =
  (name: string, value: unknown): Change =>
  (cluster) =>
    (cluster.spec.postgresql.parameters[name] = value);
const setting =
  (line: string): Change =>
  (broker) =>
    (broker.spec.rabbitmq.additionalConfig += `${line}\n`);
const synchronous =
  (change: (one: Inputs) => void): Change =>
  (cluster) =>
    change(cluster.spec.postgresql.synchronous);
const variable =
  (name: string, value: string): Change =>
  (role) =>
    containersOf(role)[0].env.push({ name, value });

describe("commits", () => {
  const LOST: readonly Edit[] = [
    ["fsync", "Cluster", "", parameter("fsync", "off"), /fsync is off: .*damaged/],
    ["fsync, in another spelling", "Cluster", "", parameter("fsync", "No"), /fsync/],
    ["full_page_writes", "Cluster", "", parameter("full_page_writes", "false"), /full_page_writes/],
    ["synchronous_commit off", "Cluster", "", parameter("synchronous_commit", "off"), /any crash/],
    ["synchronous_commit local", "Cluster", "", parameter("synchronous_commit", "local"), /with the primary/],
    ["wal_level", "Cluster", "", parameter("wal_level", "minimal"), /replicated/],
    ["damaged pages", "Cluster", "", parameter("zero_damaged_pages", "on"), /damaged/],
    ["no synchronous replicas", "Cluster", "", (c) => delete c.spec.postgresql.synchronous, /mes:postgres.synchronousReplicas/],
    ["none of them", "Cluster", "", synchronous((s) => (s.number = 0)), /no commit waits for any of 2 replicas/],
    ["preferred", "Cluster", "", synchronous((s) => (s.dataDurability = "preferred")), /required/],
    ["none in the cluster", "Cluster", "", synchronous((s) => (s.maxStandbyNamesFromCluster = 0)), /remove it/],
    ["another one takes over", "Cluster", "", synchronous((s) => delete s.failoverQuorum), /failoverQuorum/],
    ["no volume under the broker", "RabbitmqCluster", "", (b) => (b.spec.persistence.storage = "0Gi"), /mes:broker.storage/],
    [
      "an ephemeral one",
      "RabbitmqCluster",
      "",
      (b) => b.spec.override.statefulSet.spec.template.spec.volumes.push({ name: "persistence", emptyDir: {} }),
      /goes with the pod/,
    ],
    ["queues on one node", "RabbitmqCluster", "", setting("quorum_queue.initial_cluster_size = 1"), /on one node/],
    [
      "confirmed before it is on disk",
      "RabbitmqCluster",
      "",
      (b) => (b.spec.rabbitmq.advancedConfig = "[{ra, [{wal_write_strategy, sync_after_notify}]}]."),
      /before they are on disk/,
    ],
    [
      "one queue on one node",
      "Queue",
      "orders.inbound",
      (queue) => (queue.spec.arguments = { "x-quorum-initial-group-size": 1 }),
      /1 of 3 nodes/,
    ],
    ["a policy", "Policy", "orders.inbound", (policy) => (policy.spec.definition["target-group-size"] = 2), /2 of 3 nodes/],
    ["metrics in memory", "Prometheus", "", (p) => (p.spec.storage = { emptyDir: {} }), /mes:monitoring.prometheus.storage/],
    [
      "logs on the node",
      "StatefulSet",
      "loki",
      (set) => {
        const [claim] = set.spec.volumeClaimTemplates;
        set.spec.template.spec.volumes.push({ name: claim.metadata.name, emptyDir: {} });
        delete set.spec.volumeClaimTemplates;
      },
      /keeps in \/var\/loki goes with the pod/,
    ],
    ["a session", "Deployment", "order-api", variable("PGOPTIONS", "-c synchronous_commit=off"), /synchronous_commit is off/],
    [
      "a role",
      "Cluster",
      "",
      (c) => (c.spec.bootstrap.initdb.postInitSQL = ["ALTER ROLE mes_owner SET synchronous_commit TO 'local'"]),
      /postInitSQL\[0\]: synchronous_commit is local/,
    ],
    [
      "a migration",
      "ConfigMap",
      "",
      (map) => (map.data = { "3.sql": "CREATE UNLOGGED TABLE outbox (id bigint);" }),
      /empty after a crash/,
    ],
    [
      "the log of Loki",
      "ConfigMap",
      "",
      (map) => {
        for (const [key, text] of Object.entries<string>(map.data ?? {})) {
          map.data[key] = text.replace(/^( {2}wal:\n(?: {4}.*\n)*? {4}enabled:) true/m, "$1 false");
        }
      },
      /ingester\.wal\.enabled/,
    ],
  ];

  it.each(LOST)("are lost: %s", (...edit) => {
    expect(errorsAfter(plan, commitsDurable, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  const KEPT: readonly (readonly [string, string, string, Change])[] = [
    ["said twice", "Cluster", "", parameter("fsync", "on")],
    ["applied on the replica", "Cluster", "", parameter("synchronous_commit", "remote_apply")],
    ["by priority", "Cluster", "", synchronous((s) => (s.method = "first"))],
    ["waited for by all", "Cluster", "", synchronous((s) => Object.assign(s, { number: 2, failoverQuorum: false }))],
    ["queues on five nodes", "RabbitmqCluster", "", setting("quorum_queue.initial_cluster_size = 5")],
    ["a session of its own", "Deployment", "order-api", variable("PGOPTIONS", "-c synchronous_commit=on -c jit=off")],
  ];

  it.each(KEPT)("are kept: %s", (...edit) => {
    expect(errorsAfter(plan, commitsDurable, edit)).toEqual([]);
  });

  it("of one primary and one replica: people weigh what is worse, a wait or a loss", () => {
    const two = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: { instances: 2 } });
    expect(found(commitsDurable, [two])).toEqual([
      expect.stringMatching(/^warning Cluster db spec.postgresql.synchronous: .*instances to 3/),
    ]);
  });

  it("that nobody protects are a warning on several zones, and nothing on one", () => {
    const three = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: { instances: 3 } });
    expect(found(commitsDurable, [three], { protectData: false })).toEqual([expect.stringMatching(/^warning/)]);
    expect(found(commitsDurable, [three], { protectData: false, zones: ["a"] })).toEqual([]);
    expect(commitsDurable.check({ ...planOf([three]), facts: undefined })).toEqual([]);
  });

  it("of programs that write scratch files only are no concern", () => {
    const scratch = { volumes: [{ name: "tmp", emptyDir: {} }] };
    expect(found(commitsDurable, [deployment("api", { pod: scratch })])).toEqual([]);
  });
});

describe("settings", () => {
  const WRONG: readonly Edit[] = [
    [
      "a misspelt parameter",
      "Cluster",
      "",
      parameter("wrok_mem", "16MB"),
      /wrok_mem is no parameter of PostgreSQL 18; did you mean work_mem/,
    ],
    ["a unit in capitals", "Cluster", "", parameter("work_mem", "16Mb"), /work_mem is 16Mb; expected a size/],
    ["a unit of time", "Cluster", "", parameter("checkpoint_timeout", "15minutes"), /expected a time/],
    ["a word that is none of it", "Cluster", "", parameter("wal_compression", "fast"), /expected pglz, lz4/],
    ["out of range", "Cluster", "", parameter("checkpoint_completion_target", "9"), /outside of 0 to 1/],
    ["what the operator sets", "Cluster", "", parameter("ssl", "off"), /set by the operator/],
    ["what can be read only", "Cluster", "", parameter("block_size", "16384"), /can be read/],
    ["no text", "Cluster", "", parameter("max_connections", 400), /quotes/],
    ["read only", "Cluster", "", parameter("default_transaction_read_only", "on"), /every write is refused/],
    ["no vacuum", "Cluster", "", parameter("autovacuum", "off"), /tables grow/],
    ["no triggers", "Cluster", "", parameter("session_replication_role", "replica"), /triggers/],
    ["huge pages that nobody has", "Cluster", "", parameter("huge_pages", "on"), /does not start/],
    ["buffers above the memory", "Cluster", "", parameter("shared_buffers", "20GB"), /an instance has 16 GiB/],
    ["sorts above the memory", "Cluster", "", parameter("work_mem", "64MB"), /400 connections × 64 MiB/],
    ["vacuums above the memory", "Cluster", "", parameter("maintenance_work_mem", "8GB"), /3 vacuum workers × 8 GiB/],
    ["connections above the memory", "Cluster", "", parameter("max_connections", "4000"), /4000 connections/],
    ["a log above its volume", "Cluster", "", parameter("max_wal_size", "60GB"), /volume of the write-ahead log \(50 GiB\)/],
    ["slots above the volume", "Cluster", "", parameter("max_slot_wal_keep_size", "48GB"), /kept for replicas \(48 GiB\)/],
    ["slots without a limit", "Cluster", "", parameter("max_slot_wal_keep_size", "-1"), /unlimited/],
    ["the least above the most", "Cluster", "", parameter("min_wal_size", "20GB"), /min_wal_size \(20 GiB\)/],
    ["no senders for the replicas", "Cluster", "", parameter("max_wal_senders", "1"), /max_wal_senders is 1/],
    ["a lost replica is never noticed", "Cluster", "", parameter("wal_sender_timeout", "0"), /wal_sender_timeout/],
    ["no memory", "Cluster", "", (c) => delete c.spec.resources, /mes:postgres.resources/],
    ["hibernating", "Cluster", "", (c) => (c.metadata.annotations["cnpg.io/hibernation"] = "on"), /shut down/],
    ["fenced", "Cluster", "", (c) => (c.metadata.annotations["cnpg.io/fencedInstances"] = '["*"]'), /every instance/],
    ["a copy", "Cluster", "", (c) => (c.spec.replica = { enabled: true, source: "origin" }), /takes no order/],
    [
      "a watermark that comes too late",
      "RabbitmqCluster",
      "",
      setting("vm_memory_high_watermark.relative = 0.95"),
      /killed before/,
    ],
    [
      "one that comes at once",
      "RabbitmqCluster",
      "",
      setting("vm_memory_high_watermark.relative = 0.01"),
      /although there is memory/,
    ],
    ["an absolute one", "RabbitmqCluster", "", setting("vm_memory_high_watermark.absolute = 12GB"), /of 8 GiB/],
    ["a limit above the disk", "RabbitmqCluster", "", setting("disk_free_limit.absolute = 200GB"), /stopped for ever/],
    ["hardly any limit", "RabbitmqCluster", "", setting("disk_free_limit.absolute = 50MB"), /before publishers are stopped/],
    ["metrics above their volume", "Prometheus", "", (p) => (p.spec.retentionSize = "199GB"), /199 GiB of a volume of 200 GiB/],
    ["a log above the memory", "RabbitmqCluster", "", setting("raft.wal_max_size_bytes = 4294967296"), /lower it/],
  ];

  it.each(WRONG)("do not work: %s", (...edit) => {
    expect(errorsAfter(plan, settingsFit, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  const RIGHT: readonly (readonly [string, string, string, Change])[] = [
    ["of an extension", "Cluster", "", parameter("auto_explain.log_min_duration", "1s")],
    ["in the parameter's own unit", "Cluster", "", parameter("work_mem", "8192")],
    ["with a blank before the unit", "Cluster", "", parameter("work_mem", "8 MB")],
    ["a fraction", "Cluster", "", parameter("shared_buffers", "3.5GB")],
    ["a word in capitals", "Cluster", "", parameter("wal_compression", "ZSTD")],
    ["half a word", "Cluster", "", parameter("jit", "tru")],
    ["a name in other letters", "Cluster", "", parameter("timezone", "UTC")],
    ["a name of before", "Cluster", "", parameter("ssl_ecdh_curve", "prime256v1")],
    ["a lower watermark", "RabbitmqCluster", "", setting("vm_memory_high_watermark.relative = 0.4")],
    ["a limit in GiB", "RabbitmqCluster", "", setting("disk_free_limit.absolute = 10GiB")],
  ];

  it.each(RIGHT)("work: %s", (...edit) => {
    expect(errorsAfter(plan, settingsFit, edit)).toEqual([]);
  });

  it("of a small database leave room for sorts as people have them", () => {
    const small = object("postgresql.cnpg.io/v1", "Cluster", "db", {
      spec: {
        instances: 1,
        resources: { requests: { memory: "512Mi" }, limits: { memory: "512Mi" } },
        storage: { size: "10Gi" },
        postgresql: { parameters: { max_connections: "200" } },
      },
    });
    expect(found(settingsFit, [small])).toEqual([expect.stringMatching(/^warning/)]);
  });
});
