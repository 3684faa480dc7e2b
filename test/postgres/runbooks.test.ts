import { postgresConfig } from "../../components/postgres/config";
import { tunedParameters } from "../../components/postgres/tuning";
import { documentedCommands } from "../data-plane/documented";
import { migrationFolder, prepareDatabase, runScript } from "./migrated";
import { MAJOR } from "./programs";
import { startServer, type Server } from "./server";

/** What the runbooks ask of a database: `psql -d mes -c "SELECT …"`. */
const STATEMENTS = documentedCommands().flatMap(({ page, command }) => {
  const [, database, double, single] = /psql (?:-d )?(\w+) -c (?:"([^"]*)"|'([^']*)')/.exec(command) ?? [];
  const sql = double ?? single;
  return database === undefined || sql === undefined ? [] : [{ page, database, sql }];
});

describe("the runbooks, on the version that is pinned", () => {
  let server: Server;
  beforeAll(async () => {
    const { maxConnections, walStorage } = postgresConfig.parse({
      resources: { cpu: 1, memory: "1Gi" },
      storage: { size: "10Gi" },
      walStorage: { size: "5Gi" },
    });
    // The server refuses to start with a parameter that it does not know.
    server = await startServer(tunedParameters({ memory: "1Gi", maxConnections, walSize: walStorage.size }));
    await prepareDatabase(server);
    const { code, output } = await runScript(server, migrationFolder(server));
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  });
  afterAll(() => server.stop());

  it("run on no other", async () => {
    expect(await server.query("SHOW server_version_num")).toEqual([expect.stringMatching(new RegExp(`^${MAJOR}`))]);
    expect(STATEMENTS.length).toBeGreaterThan(25);
  });

  it.each(STATEMENTS)("$page: $sql", async ({ database, sql }) => {
    await expect(server.query(sql, "postgres", database)).resolves.toBeInstanceOf(Array);
  });
});
