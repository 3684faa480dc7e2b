import { outboxRow } from "../../components/mes/contract/messages";
import { outboxQueries } from "../../components/outbox/queries";
import { postgresQueries, type MonitoringQuery } from "../../components/postgres/queries";
import { tunedParameters } from "../../components/postgres/tuning";
import { migrationFolder, prepareDatabase, runScript } from "./migrated";
import { startServer, type Server } from "./server";

let server: Server;
const asOwner = (sql: string) => server.query(sql, "mes_owner", "mes");
const as = (user: string, sql: string) => server.query(sql, user, "mes");

beforeAll(async () => {
  // Postgres itself is the judge of the parameters that are derived for it.
  server = await startServer(tunedParameters({ memory: "512Mi", maxConnections: 100, walSize: "2Gi" }));
  await prepareDatabase(server);
  const { code, output } = await runScript(server, migrationFolder(server));
  if (code !== 0) throw new Error(output);
});
afterEach(() => server.disconnect());
afterAll(() => server.stop());

describe("migrations", () => {
  const applied = () => asOwner("SELECT version, name, checksum, applied_at FROM platform.migrations ORDER BY version");

  it("are applied once, even when two run at the same time", async () => {
    await server.query("CREATE DATABASE parallel OWNER mes_owner");
    const folder = migrationFolder(server, { "settings.sql": "" });
    const run = () => runScript(server, folder, "migrate.sh", { PGDATABASE: "parallel" });
    const runs = await Promise.all([run(), run()]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const said = runs.flatMap(({ output }) => output.trim().split("\n")).sort();
    expect(said).toEqual([
      "0001_messaging applied",
      "0001_messaging is applied already",
      "0002_access applied",
      "0002_access is applied already",
    ]);
  });

  it("change nothing when they are applied again", async () => {
    const catalogue = () =>
      asOwner(
        `SELECT c.oid, c.relname, c.relacl, c.xmin FROM pg_class c WHERE relnamespace = 'messaging'::regnamespace
         UNION ALL SELECT p.oid, p.proname, p.proacl, p.xmin FROM pg_proc p WHERE pronamespace = 'messaging'::regnamespace
         ORDER BY 1`,
      );
    const before = [await applied(), await catalogue()];
    expect((await runScript(server, migrationFolder(server))).code).toBe(0);
    expect([await applied(), await catalogue()]).toEqual(before);
  });

  it("are applied whole or not at all", async () => {
    const folder = migrationFolder(server, { "0003_broken.sql": "CREATE TABLE messaging.half (x int);\nSELECT 1 / 0;\n" });
    const { code, output } = await runScript(server, folder);
    expect(code).not.toBe(0);
    expect(output).toContain("division by zero");
    expect(await asOwner("SELECT to_regclass('messaging.half') IS NULL")).toEqual(["t"]);
    expect((await applied()).length).toBe(2);
  });

  it("are refused when one has changed since", async () => {
    const { code, output } = await runScript(server, migrationFolder(server, { "0001_messaging.sql": "SELECT 1;" }));
    expect(code).not.toBe(0);
    expect(output).toContain("0001_messaging has changed since it was applied: write a new one instead");
  });

  it("say what is missing when the operator has not made the groups yet", async () => {
    await server.query("CREATE DATABASE early OWNER mes_owner");
    await server.query("ALTER ROLE mes_relay RENAME TO not_yet");
    try {
      const { code, output } = await runScript(server, migrationFolder(server), "migrate.sh", { PGDATABASE: "early" });
      expect(code).not.toBe(0);
      expect(output).toContain("the group mes_relay does not exist yet");
    } finally {
      await server.query("ALTER ROLE not_yet RENAME TO mes_relay");
    }
  });

  it("leave programs a limit on their statements, which a migration does not have", async () => {
    expect(await as("order_intake", "SHOW statement_timeout")).toEqual(["20s"]);
    const folder = migrationFolder(server, {
      "0003_slow.sql": "SET LOCAL statement_timeout = 0; SELECT pg_sleep(0);",
      "settings.sql": "",
    });
    expect((await runScript(server, folder)).output).toContain("0003_slow applied");
    await asOwner("DELETE FROM platform.migrations WHERE version = '0003'");
  });
});

describe("rights", () => {
  const INSERT =
    "INSERT INTO messaging.outbox (aggregate_type, aggregate_id, event_type, exchange, routing_key, payload) VALUES ('order', 'rights', 'order.accepted', 'orders', 'accepted', '{}')";
  beforeAll(async () => {
    await asOwner("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)");
    await as("order_intake", INSERT);
    await asOwner("UPDATE messaging.outbox SET sent_at = now()");
  });

  it.each([
    ["order_intake", "SELECT count(*) FROM orders"],
    ["order_intake", "INSERT INTO orders VALUES (2)"],
    ["order_intake", INSERT],
    ["order_intake", "SELECT messaging.accept('order-intake', gen_random_uuid(), 'order.created')"],
    ["order_intake", "INSERT INTO messaging.inbox (consumer, message_id) VALUES ('order-intake', gen_random_uuid())"],
    ["dashboard", "SELECT count(*) FROM orders"],
    ["dashboard", "SELECT * FROM messaging.outbox_state"],
    ["outbox_relay", "SELECT count(*) FROM messaging.claim(1)"],
    ["outbox_relay", "SELECT messaging.mark_sent(ARRAY[gen_random_uuid()])"],
    ["outbox_relay", "SELECT messaging.mark_failed(gen_random_uuid(), 'no route')"],
    ["cnpg_metrics_exporter", "SELECT * FROM messaging.outbox_state"],
    ["cnpg_metrics_exporter", "SELECT * FROM messaging.inbox_state"],
  ])("%s may %s", async (user, sql) => {
    await expect(as(user, sql)).resolves.toBeDefined();
  });

  it.each([
    ["dashboard", "INSERT INTO orders VALUES (3)"],
    ["dashboard", "DELETE FROM orders"],
    ["dashboard", INSERT],
    ["dashboard", "SELECT payload FROM messaging.outbox"],
    ["dashboard", "SELECT messaging.accept('dashboard', gen_random_uuid())"],
    ["order_intake", "DELETE FROM messaging.outbox WHERE sent_at IS NOT NULL"],
    ["order_intake", "UPDATE messaging.outbox SET sent_at = NULL"],
    ["order_intake", "UPDATE messaging.outbox SET payload = '{}'"],
    ["order_intake", "SELECT * FROM messaging.claim(1)"],
    [
      "order_intake",
      "INSERT INTO messaging.outbox (position, aggregate_type, aggregate_id, event_type, exchange, routing_key, payload) VALUES (1, 'order', '1', 'a', 'b', 'c', '{}')",
    ],
    ["order_intake", "DELETE FROM messaging.inbox"],
    ["order_intake", "UPDATE messaging.inbox SET message_id = gen_random_uuid()"],
    ["order_intake", "SELECT * FROM messaging.purge('0s', '0s')"],
    ["order_intake", "CREATE TABLE mine (x int)"],
    ["order_intake", "DROP TABLE orders"],
    ["outbox_relay", INSERT],
    ["outbox_relay", "UPDATE messaging.outbox SET payload = '{}'"],
    ["outbox_relay", "DELETE FROM messaging.outbox"],
    ["outbox_relay", "SELECT count(*) FROM orders"],
    ["outbox_relay", "SELECT count(*) FROM messaging.inbox"],
    ["cnpg_metrics_exporter", "SELECT payload FROM messaging.outbox"],
    ["cnpg_metrics_exporter", "SELECT count(*) FROM orders"],
  ])("%s may not %s", async (user, sql) => {
    await expect(as(user, sql)).rejects.toThrow(/permission denied|must be owner/);
  });

  it("let a program write what the contract with the image names, and nothing else", async () => {
    const insertable = await asOwner(
      `SELECT column_name FROM information_schema.column_privileges
        WHERE grantee = 'mes_write' AND table_schema = 'messaging' AND table_name = 'outbox' AND privilege_type = 'INSERT'`,
    );
    expect(insertable.sort()).toEqual(Object.keys(outboxRow.shape).sort());
  });

  it("let nobody else connect", async () => {
    await expect(as("stranger", "SELECT 1")).rejects.toThrow(/permission denied for database|connection is gone/);
  });
});

describe("what monitoring sees", () => {
  // As the exporter runs them: https://cloudnative-pg.io/documentation/1.30/monitoring/#custom-query-privileges-and-safety
  const run = async ({ query, predicate }: MonitoringQuery) => {
    const session = await server.session("cnpg_metrics_exporter", "mes");
    try {
      await session.query("BEGIN READ ONLY");
      await session.query("SET LOCAL search_path = pg_catalog, public, pg_temp");
      expect(predicate === undefined ? ["t"] : await session.query(predicate)).toEqual(["t"]);
      return await session.query(`SELECT row_to_json(answer) FROM (${query}) AS answer`);
    } finally {
      session.kill();
    }
  };
  beforeAll(() => asOwner("TRUNCATE messaging.outbox, messaging.inbox"));

  it.each(Object.entries({ ...postgresQueries, ...outboxQueries }))("%s: every column is there", async (_, query) => {
    await as(
      "order_intake",
      "SELECT messaging.accept('order-intake', '7f1c0de0-0000-4000-8000-000000000001') FROM generate_series(1, 1)",
    );
    const rows = (await run(query)).map((row) => JSON.parse(row) as Record<string, unknown>);
    for (const row of rows) expect(Object.keys(row).sort()).toEqual(Object.keys(query.columns).sort());
    expect(rows.length).toBeGreaterThan(query === outboxQueries.mes_inbox ? -1 : 0);
  });

  it("counts replicas that confirm commits, and not what is configured", async () => {
    const [row] = await run(postgresQueries.mes_synchronous!);
    expect(JSON.parse(row!)).toEqual({ standbys: 0, requested: 0, waiting_commits: 0 });
  });

  it("counts repeated deliveries by consumer", async () => {
    const id = "7f1c0de0-0000-4000-8000-000000000002";
    for (let i = 0; i < 3; i++) await as("order_intake", `SELECT messaging.accept('order-api', '${id}')`);
    const rows = (await run(outboxQueries.mes_inbox!)).map((row) => JSON.parse(row) as unknown);
    expect(rows).toContainEqual({ consumer: "order-api", duplicates_last_hour: 2 });
  });

  it("asks nothing before there are tables", async () => {
    const session = await server.session("cnpg_metrics_exporter", "postgres");
    expect(await session.query(outboxQueries.mes_outbox!.predicate!)).toEqual(["f"]);
    session.kill();
  });
});
