import * as fs from "node:fs";
import * as path from "node:path";
import { spawn } from "node:child_process";
import { provisionScripts, usersFile } from "../../components/postgres/existing/provision";
import { outboxQueries } from "../../components/outbox/queries";
import { serverQueries } from "../../components/postgres/existing/queries";
import { managedRoles, OWNER } from "../../components/postgres/roles";
import type { DatabaseUser } from "../../components/postgres/users";
import { migrationFolder, prepareDatabase, runScript } from "./migrated";
import { startServer, type Server } from "./server";

/**
 * A server that is somebody else's: its administrator is no superuser, as the master user of RDS, Aurora, Cloud SQL and Azure. What the Job makes
 * there is held against what CloudNativePG makes of the same users.
 */
const USERS: DatabaseUser[] = [
  { name: "order-intake", access: "readwrite", poolSize: 5, instances: 1 },
  { name: "dashboard", access: "readonly", poolSize: 5, instances: 1 },
  { name: "outbox-relay", access: "relay", poolSize: 2, instances: 1 },
];
const EXPORTER = { name: "mes_exporter", groups: ["pg_monitor"] };

const provisioned = (users: readonly DatabaseUser[]) => [
  { name: OWNER, groups: [] },
  EXPORTER,
  ...managedRoles(users)
    .filter(({ login }) => login)
    .map(({ name, inRoles = [] }) => ({ name, groups: inRoles })),
];

let server: Server;

beforeAll(async () => {
  server = await startServer({ password_encryption: "scram-sha-256", log_statement: "all" });
  await server.query("CREATE ROLE master LOGIN CREATEROLE CREATEDB");
  // Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
  await server.query("CREATE ROLE provider_superuser; GRANT pg_monitor TO provider_superuser WITH ADMIN OPTION");
  await server.query("GRANT provider_superuser TO master");
});
afterEach(() => server.disconnect());
afterAll(() => server.stop());

/** Runs the Job's script as its pod does. */
function provision(database: string, users: readonly { name: string; groups: readonly string[] }[], as = "master") {
  const folder = fs.mkdtempSync(path.join(server.folder, "provision-"));
  const passwords = fs.mkdtempSync(path.join(server.folder, "passwords-"));
  for (const [name, content] of Object.entries({ ...provisionScripts(), users: usersFile(users) }))
    fs.writeFileSync(path.join(folder, name), content);
  for (const { name } of users) fs.writeFileSync(path.join(passwords, name), `${name}-SECRET`);
  const env = { ...server.env(as, "postgres"), OWNER, DATABASE: database, PASSWORDS: passwords };
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn("/bin/sh", [path.join(folder, "provision.sh")], { env });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", (code) => resolve({ code, output }));
  });
}

const done = async (database: string, users = provisioned(USERS)) => {
  const { code, output } = await provision(database, users);
  if (code !== 0) throw new Error(output);
  return output;
};

const MEMBERSHIPS = `SELECT member::regrole, roleid::regrole FROM pg_auth_members
   WHERE member::regrole::text <> 'master' AND member::regrole::text NOT LIKE 'pg_%' AND member::regrole::text <> 'provider_superuser' ORDER BY 1, 2`;
const ROLES = `SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolinherit, rolreplication, rolbypassrls FROM pg_roles
   WHERE rolname ~ '^(mes_|order_intake|dashboard|outbox_relay)' AND rolname <> 'mes_exporter' ORDER BY 1`;
/** Everything that anybody may do in a database, without who has granted it. */
const RIGHTS = `
  SELECT 'relation', c.oid::regclass::text, a.grantee::regrole::text, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
   WHERE c.relnamespace::regnamespace::text IN ('messaging', 'public', 'platform')
  UNION ALL SELECT 'column', t.attrelid::regclass::text || '.' || t.attname, a.grantee::regrole::text, a.privilege_type
    FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid::regclass::text LIKE 'messaging.%'
  UNION ALL SELECT 'function', p.oid::regprocedure::text, a.grantee::regrole::text, a.privilege_type FROM pg_proc p, aclexplode(p.proacl) a
   WHERE p.pronamespace = 'messaging'::regnamespace
  UNION ALL SELECT 'schema', n.nspname, a.grantee::regrole::text, a.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) a
   WHERE n.nspname IN ('messaging', 'public', 'platform')
  UNION ALL SELECT 'database', 'mes', a.grantee::regrole::text, a.privilege_type FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = current_database()
  UNION ALL SELECT 'default', d.defaclobjtype::text, a.grantee::regrole::text, a.privilege_type FROM pg_default_acl d, aclexplode(d.defaclacl) a
   WHERE d.defaclrole::regrole::text = 'mes_owner'
  ORDER BY 1, 2, 3, 4`;

describe("users and database on a server that is there already", () => {
  it("are made by an administrator who is no superuser, and again without a change", async () => {
    expect(await done("mes")).toContain("the database mes is there");
    const state = async () => [
      await server.query(MEMBERSHIPS),
      await server.query(ROLES),
      await server.query("SELECT datname, datdba::regrole, datacl FROM pg_database ORDER BY 1"),
    ];
    const before = await state();
    await done("mes");
    expect(await state()).toEqual(before);
    const migrated = await runScript(server, migrationFolder(server));
    expect(migrated).toMatchObject({ code: 0 });
    await done("mes");
    expect((await runScript(server, migrationFolder(server))).output).toContain("0002_access is applied already");
  });

  it("may do what those may that CloudNativePG makes, and no more", async () => {
    const other = await startServer();
    try {
      await prepareDatabase(other);
      // The other server's own users, which the operator does not make.
      await other.query("DROP ROLE cnpg_metrics_exporter; DROP ROLE stranger");
      expect((await runScript(other, migrationFolder(other))).code).toBe(0);
      const of = async (one: Server) => ({
        memberships: (await one.query(MEMBERSHIPS)).filter((line) => !line.startsWith("mes_exporter")),
        roles: await one.query(ROLES),
        rights: await one.query(RIGHTS, "postgres", "mes"),
      });
      const ours = await of(server);
      expect(ours.rights.length).toBeGreaterThan(40);
      expect(ours).toEqual(await of(other));
    } finally {
      await other.stop();
    }
  });

  it("have passwords that no log of statements shows", async () => {
    const kept = await server.query(
      "SELECT rolname, left(rolpassword, 14) FROM pg_authid WHERE rolpassword IS NOT NULL ORDER BY 1",
    );
    expect(kept).toEqual(
      provisioned(USERS)
        .map(({ name }) => `${name}|SCRAM-SHA-256$`)
        .sort(),
    );
    expect(server.log()).toContain(`ALTER USER "order_intake" PASSWORD 'SCRAM-SHA-256$`);
    expect(server.log()).not.toContain("-SECRET");
  });

  it("lose what the stack file no longer gives them", async () => {
    await server.query("GRANT mes_read, mes_write TO dashboard", "master");
    await server.query("ALTER ROLE dashboard CREATEDB", "master");
    await done("mes");
    expect((await server.query(MEMBERSHIPS)).filter((line) => line.startsWith("dashboard"))).toEqual(["dashboard|mes_read"]);
    expect(await server.query("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'dashboard'")).toEqual(["f"]);
  });

  it("are made in a database that the provider has made", async () => {
    await server.query("CREATE DATABASE factory", "master");
    await done("factory");
    expect(await server.query("SELECT datdba::regrole FROM pg_database WHERE datname = 'factory'")).toEqual([OWNER]);
    expect(
      (await runScript(server, migrationFolder(server, { "settings.sql": "" }), "migrate.sh", { PGDATABASE: "factory" })).code,
    ).toBe(0);
  });

  it.each([
    ["a user with powers of its own", "ALTER ROLE dashboard REPLICATION", "the user dashboard has REPLICATION"],
    [
      "a right that the administrator cannot take away",
      "GRANT pg_read_all_data TO dashboard",
      'permission denied to revoke role "pg_read_all_data"',
    ],
    [
      "a right that somebody else has given",
      "GRANT mes_write TO dashboard",
      "the user dashboard is a member of mes_write, which somebody else has granted",
    ],
    [
      "a database of somebody else's",
      "CREATE ROLE other; CREATE DATABASE taken OWNER other",
      "must be owner of database taken",
      "taken",
    ],
  ])("say what stands in the way: %s", async (_what, sql, message, database = "mes") => {
    for (const one of sql.split("; ")) await server.query(one);
    try {
      const { code, output } = await provision(database, provisioned(USERS));
      expect(code).not.toBe(0);
      expect(output).toContain(message);
    } finally {
      await server.query("ALTER ROLE dashboard NOREPLICATION");
      await server.query("REVOKE pg_read_all_data, mes_write FROM dashboard");
    }
  });

  it("say what an administrator lacks who cannot hand on pg_monitor", async () => {
    await server.query("CREATE ROLE helper LOGIN CREATEROLE CREATEDB");
    const { code, output } = await provision("elsewhere", [{ name: "measures", groups: ["pg_monitor"] }], "helper");
    expect(code).not.toBe(0);
    expect(output).toMatch(/permission denied to grant role "pg_monitor"/);
  });
});

describe("what its exporter asks", () => {
  it.each(Object.entries({ ...serverQueries, ...outboxQueries }))(
    "%s: every column is there, for a member of pg_monitor",
    async (_, query) => {
      const rows = await server.query(`SELECT row_to_json(answer) FROM (${query.query}) AS answer`, EXPORTER.name, "mes");
      for (const row of rows) expect(Object.keys(JSON.parse(row) as object).sort()).toEqual(Object.keys(query.columns).sort());
      expect(rows.length).toBeGreaterThan(query === outboxQueries.mes_inbox ? -1 : 0);
    },
  );
});
