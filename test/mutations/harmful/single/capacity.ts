import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan, file } = harmful("capacity and placement");

export const capacity: readonly Harmful[] = [
  file(
    {
      id: "database-in-one-zone",
      harm: "all instances run in one zone, and go with it",
      cause: cause(["postgres"], /zone|spread|node ?selector|place|fit|lost/i),
    },
    (edited) => edited.set("mes:postgres/nodeSelector", { "topology.kubernetes.io/zone": "eu-central-1a" }),
  ),
  file(
    {
      id: "parameter-wal-senders",
      harm: "two replicas and the backup need a connection for WAL each, and one is allowed",
      cause: cause(["max_wal_senders"], /sender|replica|parameter|max_wal_senders/i),
    },
    (edited) => edited.set("mes:postgres/parameters", { max_wal_senders: "1" }),
  ),
  file(
    {
      id: "parameter-temp-buffers",
      harm: "400 connections may take half a gigabyte each, of 16",
      cause: cause(["temp_buffers", "spec.postgresql.parameters"], /memory|temp_buffers|connection/i),
    },
    (edited) => edited.set("mes:postgres/parameters", { temp_buffers: "512MB" }),
  ),
  file(
    {
      id: "parameter-lock-timeout",
      harm: "whoever has to wait a millisecond for a row fails: orders fail under load",
      cause: cause(["lock_timeout"], /lock_timeout|lock|timeout/i),
    },
    (edited) => edited.set("mes:postgres/parameters", { lock_timeout: "1ms" }),
  ),
  plan(
    {
      id: "pooler-without-bound",
      harm: "each pooler may open as many connections as there are users times pods: the database refuses the rest",
      cause: cause(["postgres-pooler-rw", "max_db_connections"], /max_db_connections|connection|bound|unlimited/i),
    },
    (edited) => (edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.parameters.max_db_connections = "0"),
  ),
  plan(
    {
      id: "pooler-without-memory",
      harm: "PgBouncer is killed for memory at a few connections",
      cause: cause(["postgres-pooler-rw"], /memory|Mi|small/i),
    },
    (edited) => {
      edited.pod("Pooler", "postgres-pooler-rw").containers[0].resources = {
        requests: { cpu: "500m", memory: "4Mi" },
        limits: { cpu: "500m", memory: "4Mi" },
      };
    },
  ),
  plan(
    {
      id: "pinned-to-a-node",
      harm: "the pods may run on one node only, and go with it",
      cause: cause(["order-api"], /node|hostname|selector|place|spread/i),
    },
    (edited) => (edited.pod("Deployment", "order-api").nodeSelector = { "kubernetes.io/hostname": "ip-10-0-1-17" }),
  ),
  file(
    {
      id: "pods-of-a-node-too-few",
      harm: "the quota lets 30 pods of the data be claimed, and too little memory for the database",
      cause: cause(["data", "quota", "mes-data"], /quota/i),
    },
    (edited) => edited.set("mes:namespaces/quotas/data", { cpu: 40, memory: "40Gi", pods: 30 }),
  ),
];
