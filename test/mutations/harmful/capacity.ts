import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";
import { configMapData } from "../places";

const { plan, file } = harmful("capacity and placement");

const FIT = /fit|node|cpu|memory|Gi|schedul|place|zone|quota|pod|room|capacity|offer|hold/i;

const nodes: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-intake", "order-api", "outbox-relay"]);
  return [
    file(
      {
        id: "two-large-nodes",
        harm: "three nodes of the broker and three of the database may not share one, and only two are large enough: the third of each never runs",
        cause: cause(["broker", "postgres"], /anti-?affinity|node|fit|place|spread|schedul/i),
      },
      (edited) =>
        edited.all({
          "mes:cluster/nodePools/general": { count: 2, cpu: 96, memory: "768Gi" },
          "mes:cluster/nodePools/gpu": { count: 6, cpu: 6, memory: "20Gi", gpus: 1 },
          "mes:broker/resources": { cpu: 8, memory: "32Gi" },
          "mes:postgres/resources": { cpu: 8, memory: "32Gi" },
        }),
    ),
    file(
      {
        id: "too-few-nodes",
        harm: "the roles do not fit: some of them never run",
        cause: cause(["node", "general", "zone", "cpu"], FIT),
      },
      (edited) => edited.set("mes:cluster/nodePools/general", { count: 3, cpu: 4, memory: "16Gi" }),
    ),
    file(
      {
        id: "full-without-a-zone",
        harm: "with one zone lost the rest is too small: pods of the order path wait for a node",
        cause: cause(["zone", "node"], FIT),
      },
      (edited) => edited.set("mes:cluster/nodePools/general", { count: 3, cpu: 16, memory: "64Gi" }),
    ),
    file(
      { id: `wider-than-a-node:${role}`, harm: `no node has so many cores: ${role} never runs`, cause: cause([role], FIT) },
      (edited) => edited.set(`mes:roles/${role}/resources/cpu`, 24),
    ),
    file(
      {
        id: "database-larger-than-a-node",
        harm: "no node has so much memory: the database never runs",
        cause: cause(["postgres"], FIT),
      },
      (edited) => edited.set("mes:postgres/resources", { cpu: 4, memory: "100Gi" }),
    ),
    file(
      {
        id: "agents-eat-the-nodes",
        harm: "a collector on every node takes what the roles need",
        cause: cause(["node", "otel-agent", "agents", "cpu"], FIT),
      },
      (edited) => edited.set("mes:agents/resources", { cpu: 14, memory: "8Gi" }),
    ),
    file(
      {
        id: "more-gpus-than-there-are",
        harm: "prices are computed by at most six pods, and the load that was planned for needs 24",
        cause: cause(["pricing", "gpu", "GPU"], /gpu|node|max|fit/i),
      },
      (edited) => edited.set("mes:roles/pricing/scale/max", 24),
    ),
    file(
      {
        id: "laptop-too-small:dev",
        stack: "dev",
        harm: "the laptop has too little memory: pods wait for ever",
        cause: cause(["laptop", "node", "memory"], FIT),
      },
      (edited) => edited.set("mes:cluster/nodePools/laptop", { count: 1, cpu: 2, memory: "4Gi" }),
    ),
    ...random.some(2, ["apps", "data", "observability"]).map((name) =>
      file(
        {
          id: `quota-too-small:${name}`,
          harm: `the quota of ${name} refuses pods that the plan wants: they are never made`,
          cause: cause([name, "quota", "mes"], /quota/i),
        },
        (edited) => edited.set(`mes:namespaces/quotas/${name}`, { cpu: 2, memory: "4Gi", pods: 40 }),
      ),
    ),
    file(
      {
        id: "quota-of-pods-at-full-scale",
        harm: "at full scale the quota refuses pods: roles stay small under load",
        cause: cause(["apps", "quota", "mes"], /quota/i),
      },
      (edited) => edited.set("mes:namespaces/quotas/apps", { cpu: 100, memory: "200Gi", pods: 14 }),
    ),
    plan(
      {
        id: "more-instances-than-zones",
        harm: "instances may not share a zone, and there are three zones: the fourth and fifth never run",
        cause: cause(["postgres"], /zone|affinity|place|schedul|fit/i),
      },
      (edited) => {
        const spec = edited.spec("Cluster", "postgres");
        spec.instances = 5;
        spec.affinity.topologyKey = "topology.kubernetes.io/zone";
      },
    ),
    plan(
      {
        id: `zone-that-is-not:${role}`,
        harm: `pods of ${role} may run in a zone only that no node is in`,
        cause: cause([role], /zone|node|selector|schedul|place/i),
      },
      (edited) => {
        edited.pod("Deployment", role).nodeSelector = { "topology.kubernetes.io/zone": "eu-central-1d" };
      },
    ),
    plan(
      {
        id: "broker-in-one-zone",
        harm: "all nodes of the broker run in one zone, which takes them all along",
        cause: cause(["broker"], /zone|spread|place|selector|affinity/i),
      },
      (edited) => {
        edited.spec("RabbitmqCluster", "broker").affinity.nodeAffinity = {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: ["eu-central-1a"] }] },
            ],
          },
        };
      },
    ),
    plan(
      {
        id: "only-on-windows",
        harm: "the pods may run on nodes of another system only: they never run",
        cause: cause([role], /os|node|selector|windows/i),
      },
      (edited) => {
        edited.pod("Deployment", role).nodeSelector = { "kubernetes.io/os": "windows" };
      },
    ),
  ];
};

/** Postgres: https://www.postgresql.org/docs/18/runtime-config-resource.html */
const database: Generator<Harmful> = ({ random }) => {
  const set = (id: string, parameters: Record<string, string>, harm: string, says: RegExp) =>
    file(
      { id: `parameters:${id}`, harm, cause: cause([...Object.keys(parameters), id, "spec.postgresql.parameters"], says) },
      (edited) => edited.set("mes:postgres/parameters", parameters),
    );
  const memory = /memory|Gi|MB|buffers|work_mem|larger|more|resources/i;
  const volume = /wal|volume|size|Gi|fill|storage|larger/i;
  const all = [
    set(
      "shared_buffers",
      { shared_buffers: "20GB" },
      "the buffers alone are larger than the pod's memory: the database never starts",
      memory,
    ),
    set(
      "work_mem",
      { work_mem: "1GB" },
      "400 connections may take a gigabyte each, of 16: the primary is killed for memory under load",
      memory,
    ),
    set("maintenance_work_mem", { maintenance_work_mem: "15GB" }, "one vacuum takes all memory: the primary is killed", memory),
    set("autovacuum_work_mem", { autovacuum_work_mem: "8GB" }, "three vacuums take 24 of 16 GiB: the primary is killed", memory),
    set(
      "max_wal_size",
      { max_wal_size: "100GB" },
      "WAL may grow beyond its volume between two checkpoints: the database stops when it is full",
      volume,
    ),
    set("wal_keep_size", { wal_keep_size: "80GB" }, "more WAL is kept than the volume holds: the database stops", volume),
    set(
      "max_slot_wal_keep_size",
      { max_slot_wal_keep_size: "-1" },
      "a replica that is away keeps WAL without an end: the volume fills, and the primary stops",
      /slot|wal|volume|-1|fill|bound|limit/i,
    ),
    set(
      "wrok_mem",
      { wrok_mem: "10MB" },
      "Postgres does not know this parameter and does not start",
      /unknown|parameter|wrok_mem|mean/i,
    ),
    set(
      "max_conections",
      { max_conections: "500" },
      "Postgres does not know this parameter and does not start",
      /unknown|parameter|max_conections|mean/i,
    ),
    set(
      "max_connections",
      { max_connections: "20" },
      "the poolers may open 270 connections and get 20: orders wait and time out",
      /connection/i,
    ),
    set("huge_pages", { huge_pages: "on" }, "the pod is given no huge pages: the database does not start", /huge/i),
    set(
      "random_page_cost",
      { random_page_cost: "cheap" },
      "this is no number: the database does not start",
      /number|value|random_page_cost|invalid/i,
    ),
    set(
      "temp_file_limit",
      { temp_file_limit: "1kB" },
      "every sort that does not fit into memory is cancelled: orders fail",
      /temp_file_limit/i,
    ),
  ];
  return [
    ...random.some(10, all),
    plan(
      {
        id: "shared-buffers-of-the-component",
        harm: "the buffers are as large as the pod's memory: it is killed as soon as they are used",
        cause: cause(["postgres"], memory),
      },
      (edited) => {
        edited.spec("Cluster", "postgres").postgresql.parameters.shared_buffers = "16GB";
      },
    ),
    file(
      {
        id: "more-connections-than-memory",
        harm: "5000 connections take more than 16 GiB: the primary is killed for memory under load",
        cause: cause(["maxConnections", "max_connections", "postgres"], /connection|memory/i),
      },
      (edited) => edited.set("mes:postgres/maxConnections", 5000),
    ),
    file(
      {
        id: "fewer-connections-than-poolers-open",
        harm: "the poolers may open 270 connections and the database takes 100: orders time out at full scale",
        cause: cause(["maxConnections", "max_connections", "postgres", "pooler"], /connection/i),
      },
      (edited) => edited.set("mes:postgres/maxConnections", 100),
    ),
    file(
      {
        id: "poolers-refuse-programs",
        harm: "the poolers accept 150 programs' connections, and there are 278 at full scale",
        cause: cause(["maxClients", "postgres-pooler-rw", "max_client_conn", "order-"], /connection|client/i),
      },
      (edited) => edited.set("mes:postgres/poolers/rw/maxClients", 50),
    ),
    file(
      {
        id: "poolers-refuse-programs-with-one-lost",
        harm: "with one of three poolers lost the others accept 220 connections, and there are 278",
        cause: cause(["maxClients", "postgres-pooler-rw", "max_client_conn", "order-"], /connection|client|lost|one/i),
      },
      (edited) => edited.set("mes:postgres/poolers/rw/maxClients", 110),
    ),
    plan(
      {
        id: "pool-by-session",
        harm: "each program's connection keeps one of the database: 278 need 180, and the rest waits until it times out",
        cause: cause(["postgres-pooler-rw"], /session|transaction|poolMode|pool_mode|connection/i),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.poolMode = "session";
      },
    ),
    plan(
      {
        id: "pool-by-statement",
        harm: "a transaction of several statements is refused: no order and its message are written together",
        cause: cause(["postgres-pooler-rw"], /statement|transaction|poolMode|pool_mode/i),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.poolMode = "statement";
      },
    ),
    plan(
      {
        id: "no-prepared-statements",
        harm: "drivers that prepare statements get errors from another session's: orders fail",
        cause: cause(["postgres-pooler-rw"], /prepared/i),
      },
      (edited) => {
        edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.parameters.max_prepared_statements = "0";
      },
    ),
    file(
      {
        id: "roles-beyond-the-poolers",
        harm: "order-intake alone may open 3000 connections at full scale",
        cause: cause(["order-intake", "pooler", "connections"], /connection|client|pool/i),
      },
      (edited) => edited.all({ "mes:roles/order-intake/database/poolSize": 150 }),
    ),
    file(
      {
        id: "wal-volume-too-small",
        harm: "the volume holds minutes of WAL: when the archive is away for longer, the database stops",
        cause: cause(["walStorage", "wal", "postgres"], volume),
      },
      (edited) => edited.set("mes:postgres/walStorage/size", "1Gi"),
    ),
  ];
};

const others: Generator<Harmful> = () => [
  file(
    {
      id: "disk-alarm-for-ever",
      harm: "the broker wants 200 GiB free on a volume of 100: publishers have to wait for ever",
      cause: cause(["diskFreeLimit", "disk_free_limit", "broker"], /disk|free|volume|storage/i),
    },
    (edited) => edited.set("mes:broker/diskFreeLimit", "200Gi"),
  ),
  plan(
    {
      id: "disk-limit-of-the-component",
      harm: "the broker wants more free disk than its volume has: publishers have to wait for ever",
      cause: cause(["broker"], /disk|free|volume|storage/i),
    },
    (edited) =>
      edited.text(
        edited.spec("RabbitmqCluster", "broker").rabbitmq,
        "additionalConfig",
        /disk_free_limit\.absolute = \d+/,
        "disk_free_limit.absolute = 214748364800",
      ),
  ),
  plan(
    {
      id: "memory-alarm-for-ever",
      harm: "publishers have to wait as soon as the broker uses a hundredth of its memory, which is always",
      cause: cause(["broker"], /memory|watermark/i),
    },
    (edited) =>
      edited.text(
        edited.spec("RabbitmqCluster", "broker").rabbitmq,
        "additionalConfig",
        "vm_memory_high_watermark.relative = 0.6",
        "vm_memory_high_watermark.relative = 0.01",
      ),
  ),
  plan(
    {
      id: "memory-watermark-too-high",
      harm: "publishers may go on until the node is killed for memory",
      cause: cause(["broker"], /memory|watermark/i),
    },
    (edited) =>
      edited.text(
        edited.spec("RabbitmqCluster", "broker").rabbitmq,
        "additionalConfig",
        "vm_memory_high_watermark.relative = 0.6",
        "vm_memory_high_watermark.relative = 1.0",
      ),
  ),
  plan(
    {
      id: "journal-beyond-memory",
      harm: "the journal of the queues is held in memory up to its size: 16 GiB of 8",
      cause: cause(["broker"], /wal|raft|memory/i),
    },
    (edited) =>
      edited.text(
        edited.spec("RabbitmqCluster", "broker").rabbitmq,
        "additionalConfig",
        /raft\.wal_max_size_bytes = \d+/,
        "raft.wal_max_size_bytes = 17179869184",
      ),
  ),
  file(
    {
      id: "broker-with-little-memory",
      harm: "the broker itself uses more than the watermark leaves: publishers wait for ever",
      cause: cause(["broker"], /memory|raft|wal|watermark/i),
    },
    (edited) => edited.set("mes:broker/resources", { cpu: 4, memory: "256Mi" }),
  ),
  file(
    {
      id: "metrics-beyond-their-volume",
      harm: "metrics may take more than the volume has: Prometheus stops writing, and no alert fires",
      cause: cause(["retentionSize", "prometheus"], /retention|volume|storage|size|disk/i),
    },
    (edited) => edited.set("mes:monitoring/prometheus/retentionSize", "300Gi"),
  ),
  plan(
    {
      id: "metrics-without-bound",
      harm: "nothing bounds what 30 days of metrics take of the volume: it fills, and no alert fires",
      cause: cause(["prometheus"], /retentionSize|volume|storage|size|disk|bound/i),
    },
    (edited) => without(edited.spec("Prometheus", "prometheus"), "retentionSize"),
  ),
  plan(
    {
      id: "cache-larger-than-its-memory",
      harm: "the cache may hold more than its pod: it is killed and empty each time",
      cause: cause(["cache"], /maxmemory|memory/i),
    },
    (edited) =>
      edited.text(
        configMapData(edited, "cache-"),
        "etc_valkey_config_valkey.conf",
        "maxmemory 1610612736",
        "maxmemory 4294967296",
      ),
  ),
];

export const capacity: readonly Generator<Harmful>[] = [nodes, database, others];
