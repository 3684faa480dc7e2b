import { without } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";
import { configMapData } from "../places";

const { plan, file } = harmful("durability");

/** Postgres 18, CloudNativePG 1.30: https://cloudnative-pg.io/documentation/current/replication/#synchronous-replication */
const database: Generator<Harmful> = ({ random }) => {
  const parameters: readonly [name: string, value: string, harm: string][] = [
    ["fsync", "off", "a node that loses power leaves a database that cannot be read any more"],
    ["full_page_writes", "off", "a page that was half written when the power went is broken for ever"],
    ["synchronous_commit", "off", "an order that was accepted is gone with the primary's last half second"],
    ["synchronous_commit", "local", "an order counts as written before any replica has it, and is gone with the primary's zone"],
    ["zero_damaged_pages", "on", "broken pages are thrown away in silence, with the orders in them"],
    ["ignore_checksum_failure", "on", "broken pages are served as if they were right, and copied into every backup"],
    ["wal_level", "minimal", "there is no replica and no archive: WAL has not what they need"],
  ];
  const says = /synchron|durab|fsync|full_page|commit|checksum|damaged|wal_level|lose|lost|replica|parameter/i;
  const one = (name: string) => cause([name, "synchronous"], says);
  return [
    ...random
      .some(4, parameters)
      .map(([name, value, harm]) =>
        file({ id: `parameter-of-the-file:${name}-${value}`, harm, cause: one(name) }, (edited) =>
          edited.set("mes:postgres/parameters", { [name]: value }),
        ),
      ),
    ...random
      .some(4, parameters)
      .map(([name, value, harm]) =>
        plan(
          { id: `parameter:${name}-${value}`, harm, cause: one(name) },
          (edited) => (edited.spec("Cluster", "postgres").postgresql.parameters[name] = value),
        ),
      ),
    file(
      {
        id: "no-synchronous-replica",
        harm: "a change counts as written when the primary alone has it: a lost node loses orders",
        cause: cause(["synchronousReplicas", "postgres"], says),
      },
      (edited) => edited.set("mes:postgres/synchronousReplicas", 0),
    ),
    plan(
      {
        id: "synchronous-dropped",
        harm: "replication is asynchronous: a lost node loses orders that were accepted",
        cause: cause(["postgres"], says),
      },
      (edited) => without(edited.spec("Cluster", "postgres").postgresql, "synchronous"),
    ),
    plan(
      {
        id: "durability-preferred",
        harm: "with no replica in reach the primary goes on alone, and what it accepts then is gone with it",
        cause: cause(["postgres"], /dataDurability|preferred|required|durab|synchron/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").postgresql.synchronous.dataDurability = "preferred"),
    ),
    plan(
      {
        id: "failover-without-quorum",
        harm: "a failover may promote the replica that lacks the last orders, while the one that has them is away",
        cause: cause(["postgres"], /failoverQuorum|quorum/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").postgresql.synchronous.failoverQuorum = false),
    ),
    plan(
      {
        id: "more-synchronous-than-replicas",
        harm: "every commit waits for three replicas, and there are two: no order is ever written",
        cause: cause(["postgres"], /synchron|number|instances|replica/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").postgresql.synchronous.number = 3),
    ),
    file(
      {
        id: "all-replicas-synchronous",
        harm: "every commit waits for both replicas: with one of them away no order is written",
        cause: cause(["synchronousReplicas", "postgres"], /synchron|replica|instances|spare/i),
      },
      (edited) => edited.set("mes:postgres/synchronousReplicas", 2),
    ),
    plan(
      {
        id: "checksums-off",
        harm: "the database is made without checksums: a disk that returns wrong bytes is never noticed",
        cause: cause(["postgres"], /checksum/i),
      },
      (edited) => (edited.spec("Cluster", "postgres").bootstrap.initdb.dataChecksums = false),
    ),
    file(
      {
        id: "database-alone",
        harm: "the only copy of the orders is on one volume, in one zone",
        cause: cause(["instances", "postgres"], /instance|replica|synchron|alone|one/i),
      },
      (edited) => edited.all({ "mes:postgres/instances": 1, "mes:postgres/synchronousReplicas": 0 }),
    ),
  ];
};

const broker: Generator<Harmful> = () => [
  file(
    {
      id: "broker-alone",
      harm: "queues live on one node: its disk is the only copy of the orders in them",
      cause: cause(["broker"], /replica|node|quorum|odd|major|one/i),
    },
    (edited) => edited.set("mes:broker/replicas", 1),
  ),
  plan(
    {
      id: "broker-without-volumes",
      harm: "the operator keeps queues in emptyDir: a pod that is moved loses its copy, and a restart of all loses every order",
      cause: cause(["broker"], /storage|volume|persist|disk/i),
    },
    (edited) => (edited.spec("RabbitmqCluster", "broker").persistence.storage = "0"),
  ),
  plan(
    {
      id: "broker-without-volumes:dev",
      stack: "dev",
      harm: "the operator keeps queues in emptyDir: a restart loses every order",
      cause: cause(["broker"], /storage|volume|persist|disk/i),
    },
    (edited) => (edited.spec("RabbitmqCluster", "broker").persistence.storage = "0Gi"),
  ),
  plan(
    {
      id: "exchange-not-durable",
      harm: "a restart of the whole broker forgets the exchange and all its bindings: publishers are refused",
      cause: cause(["orders"], /durable/i),
    },
    (edited) => (edited.spec("Exchange", "orders").durable = false),
  ),
];

const others: Generator<Harmful> = () => [
  plan(
    {
      id: "metrics-in-the-pod",
      harm: "metrics live in emptyDir: a pod that is moved forgets a month of them, and the alerts on a day's orders are blind",
      cause: cause(["prometheus"], /storage|volume|emptyDir|persist/i),
    },
    (edited) => without(edited.spec("Prometheus", "prometheus"), "storage"),
  ),
  plan(
    {
      id: "logs-without-journal",
      harm: "Loki keeps what is not in the bucket yet in memory alone: a restart loses it",
      cause: cause(["loki"], /wal|journal/i),
    },
    (edited) =>
      edited.text(
        configMapData(edited, "loki-"),
        "etc_loki_config_config.yaml",
        "wal:\n    enabled: true",
        "wal:\n    enabled: false",
      ),
  ),
  plan(
    {
      id: "logs-once",
      harm: "each log record is kept by one of three Lokis: a lost zone loses a third",
      cause: cause(["loki"], /replication/i),
    },
    (edited) =>
      edited.text(
        configMapData(edited, "loki-"),
        "etc_loki_config_config.yaml",
        "replication_factor: 3",
        "replication_factor: 1",
      ),
  ),
  plan(
    {
      id: "volume-in-memory:loki",
      harm: "the volume is made of nothing that outlives the pod",
      cause: cause(["loki"], /emptyDir|volume|claim|storage/i),
    },
    (edited) => {
      const spec = edited.spec("StatefulSet", "loki");
      const [claim] = spec.volumeClaimTemplates;
      delete spec.volumeClaimTemplates;
      spec.template.spec.volumes.push({ name: claim.metadata.name, emptyDir: {} });
    },
  ),
  plan(
    {
      id: "products-in-the-pod:dev",
      stack: "dev",
      harm: "the store of products is in emptyDir: a restart loses all drawings",
      cause: cause(["object-store"], /emptyDir|volume|claim|storage/i),
    },
    (edited) => {
      const spec = edited.spec("StatefulSet", "object-store");
      const [claim] = spec.volumeClaimTemplates;
      delete spec.volumeClaimTemplates;
      spec.template.spec.volumes = [...(spec.template.spec.volumes ?? []), { name: claim.metadata.name, emptyDir: {} }];
    },
  ),
];

export const durability: readonly Generator<Harmful>[] = [database, broker, others];
