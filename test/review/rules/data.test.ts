import { POD_FACTS } from "../../../components/workload/facts";
import { dataProtected } from "../../../review/rules/data-protected";
import { databaseConnections } from "../../../review/rules/database-connections";
import { quorum } from "../../../review/rules/quorum";
import { deployment, found, object, resource } from "../fixtures";

const SAFE = { protect: true, retainOnDelete: true };

const cluster = (spec: Record<string, unknown> = {}, options = {}) =>
  object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: { instances: 3, ...spec } }, options);

const pooler = (type: "rw" | "ro", parameters: Record<string, string> = {}, instances = 2) =>
  object("postgresql.cnpg.io/v1", "Pooler", `pooler-${type}`, {
    spec: { cluster: { name: "db" }, type, instances, pgbouncer: { poolMode: "transaction", parameters } },
  });

const client = (name: string, host: string, connections: number | undefined, replicas = 2) =>
  deployment(name, {
    spec: { replicas, strategy: { rollingUpdate: { maxSurge: 1 } } },
    container: { env: [{ name: "PGHOST", value: host }] },
    annotations: connections === undefined ? {} : { [POD_FACTS.databaseConnections]: String(connections) },
  });

describe("connections to the database", () => {
  it("fit when every role has scaled out", () => {
    const plan = [cluster(), pooler("rw", { max_client_conn: "100" }), client("api", "pooler-rw.mes.svc", 10)];
    expect(found(databaseConnections, plan)).toEqual([]);
  });

  it("do not fit the pooler: pods at full scale and the surge of a rollout count", () => {
    // (10 pods + 1 of a rollout) × 20 connections against 2 × 100.
    const plan = [cluster(), pooler("rw", { max_client_conn: "100" }), client("api", "pooler-rw.mes.svc", 20, 10)];
    expect(found(databaseConnections, plan)).toEqual([
      "error Pooler pooler-rw spec.pgbouncer.parameters.max_client_conn: programs open up to 220 connections at full scale (api 220), but 2 pods of the pooler accept 200; raise max_client_conn or instances, or lower the programs' pools",
    ]);
  });

  it("do not fit the database: every pod of a pooler opens its whole pool", () => {
    // 4 pods × 25 connections against 100 - 3 (superusers) - 5 (operator).
    const plan = [cluster(), pooler("rw", { default_pool_size: "25" }, 4)];
    expect(found(databaseConnections, plan)).toEqual([
      expect.stringContaining("the primary gets up to 100 connections (pooler-rw 100), but max_connections leaves 92"),
    ]);
    const more = cluster({ postgresql: { parameters: { max_connections: "150" } } });
    expect(found(databaseConnections, [more, pooler("rw", { default_pool_size: "25" }, 4)])).toEqual([]);
  });

  it("are counted apart for the primary and for the replicas", () => {
    const plan = [cluster(), pooler("rw", { default_pool_size: "40" }), pooler("ro", { default_pool_size: "40" })];
    expect(found(databaseConnections, plan)).toEqual([]);
  });

  it("are warned about where a program does not say how many it opens", () => {
    expect(found(databaseConnections, [cluster(), pooler("rw"), client("api", "pooler-rw.mes.svc", undefined)])).toEqual([
      expect.stringMatching(/^warning Deployment api .*does not say how many connections/),
    ]);
  });

  it("fit what is left of the poolers when a pod of them is lost", () => {
    // (4 pods + 1 of a rollout) × 20 connections against 2 × 80, and against 1 × 80.
    const plan = (max: string, instances = 2) => [
      cluster(),
      pooler("rw", { max_client_conn: max }, instances),
      client("api", "pooler-rw.mes.svc", 20, 4),
    ];
    expect(found(databaseConnections, plan("80"))).toEqual([
      expect.stringContaining("with one of 2 pods of the pooler lost the rest accept 80"),
    ]);
    expect(found(databaseConnections, plan("100"))).toEqual([]);
    expect(found(databaseConnections, plan("100", 1))).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["keep a connection each", { poolMode: "session" }, "100 are wanted at full scale, and there are 40"],
    ["keep one where nothing is said", {}, "use transaction"],
    ["end a transaction with each statement", { poolMode: "statement" }, "refuses transactions"],
    ["are paused", { poolMode: "transaction", paused: true }, "no query gets to the database"],
    [
      "lose what was prepared",
      { poolMode: "transaction", parameters: { max_client_conn: "500", max_prepared_statements: "0" } },
      "prepare are gone",
    ],
  ])("do not %s", (_, pgbouncer, message) => {
    const parameters = { max_client_conn: "500" };
    const one = (fields: object) =>
      object("postgresql.cnpg.io/v1", "Pooler", "pooler-rw", {
        spec: { cluster: { name: "db" }, type: "rw", instances: 2, pgbouncer: { parameters, ...fields } },
      });
    const api = client("api", "pooler-rw.mes.svc", 20, 4);
    expect(found(databaseConnections, [cluster(), one(pgbouncer), api])).toContainEqual(expect.stringContaining(message));
    expect(found(databaseConnections, [cluster(), one({ poolMode: "transaction" }), api])).toEqual([]);
  });

  it("find a pooler for replicas that are not there", () => {
    expect(found(databaseConnections, [cluster({ instances: 1 }), pooler("ro")])).toEqual([
      expect.stringContaining("serves the replicas of Cluster mes/db, which has none"),
    ]);
  });
});

describe("systems that decide by majority", () => {
  const rabbit = (replicas: number) => object("rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", { spec: { replicas } });

  it("have an odd number of members, at least one a zone", () => {
    expect(found(quorum, [cluster(), rabbit(3), rabbit(5)])).toEqual([]);
    expect(found(quorum, [rabbit(1)])).toEqual([
      "error RabbitmqCluster broker spec.replicas: 1 in a cluster of 3 zones: use an odd number, at least 3, as 3",
    ]);
  });

  it("are a database with a replica to spare, whether its number is odd or not", () => {
    const waiting = { postgresql: { synchronous: { method: "any", number: 1, dataDurability: "required" } } };
    for (const spec of [{ instances: 2 }, { instances: 4 }, { instances: 3, ...waiting }, { instances: 4, ...waiting }]) {
      expect(found(quorum, [cluster(spec)])).toEqual([]);
    }
    expect(found(quorum, [cluster({ instances: 2, ...waiting })])).toEqual([
      "error Cluster db spec.instances: a change waits for 1 of 1 replicas: when one instance is lost, nothing can be written; use at least 3",
    ]);
    expect(found(quorum, [cluster({ instances: 1 })])).toEqual([
      "error Cluster db spec.instances: 1 in a cluster of 3 zones: nothing takes over when it is lost; use at least 2",
    ]);
  });

  it("may be single where a stack protects no data, and it is said", () => {
    expect(found(quorum, [rabbit(1), cluster({ instances: 1 })], { protectData: false })).toEqual([
      expect.stringMatching(/^warning RabbitmqCluster/),
      expect.stringMatching(/^warning Cluster/),
    ]);
  });

  it("may be single in a single zone, but two are no better than one", () => {
    const laptop = { zones: ["local"], nodePools: [{ name: "laptop", count: 1, cpu: 4, memory: 2 ** 33, gpus: 0 }] };
    expect(found(quorum, [rabbit(1), cluster({ instances: 1 })], laptop)).toEqual([]);
    expect(found(quorum, [rabbit(1), cluster({ instances: 1 })], { zones: ["local"] })).toEqual([
      expect.stringMatching(/^warning RabbitmqCluster broker spec.replicas: 1 on 3 nodes: .*use 3/),
      expect.stringMatching(/^warning Cluster db spec.instances: 1 on 3 nodes: .*use 2/),
    ]);
    expect(found(quorum, [rabbit(2)], { zones: ["local"] })).toEqual([
      "warning RabbitmqCluster broker spec.replicas: 2 survive no more failures than 1; use an odd number",
    ]);
  });
});

describe("data", () => {
  const bucket = (options = {}) => resource({ type: "aws:s3/bucket:Bucket", name: "products", ...options });

  it("is protected and retained where the stack says so", () => {
    expect(found(dataProtected, [cluster({}, SAFE), bucket(SAFE)])).toEqual([]);
    expect(found(dataProtected, [cluster(), bucket({ protect: true })])).toEqual([
      "error Cluster db options.protect: Cluster mes/db holds data and may be deleted; set protect",
      "error Cluster db options.retainOnDelete: Cluster mes/db holds data and goes with the stack; set retainOnDelete",
      "error Bucket products options.retainOnDelete: products holds data and goes with the stack; set retainOnDelete",
    ]);
  });

  it("may go with a stack that does not protect it", () => {
    expect(found(dataProtected, [cluster(), bucket()], { protectData: false })).toEqual([expect.stringMatching(/^warning/)]);
  });

  it("in the volumes of a StatefulSet outlives it", () => {
    const stateful = (policy: object) =>
      object("apps/v1", "StatefulSet", "loki", {
        spec: { persistentVolumeClaimRetentionPolicy: policy, volumeClaimTemplates: [{ metadata: { name: "data" } }] },
      });
    expect(found(dataProtected, [stateful({ whenDeleted: "Retain" })])).toEqual([]);
    expect(found(dataProtected, [stateful({ whenDeleted: "Delete" })])).toEqual([
      expect.stringContaining("deletes the volumes of StatefulSet mes/loki; use Retain"),
    ]);
  });
});
