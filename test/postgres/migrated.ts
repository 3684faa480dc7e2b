import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { readMigrations, readScripts, settingsFile, type Files } from "../../components/outbox/migrations";
import type { Server } from "./server";

/** The files of the migration's pod, in a folder that goes with the server. */
export function migrationFolder(server: Server, further: Files = {}): string {
  const folder = fs.mkdtempSync(path.join(server.folder, "migrations-"));
  const settings = { "settings.sql": settingsFile({ database: "mes", statementTimeout: "20s" }) };
  for (const [name, content] of Object.entries({ ...readMigrations(), ...readScripts(), ...settings, ...further }))
    fs.writeFileSync(path.join(folder, name), content);
  return folder;
}

/** Runs a script of the folder as the owner of the database, as its pod does; the exit code and all it said. */
export function runScript(server: Server, folder: string, script = "migrate.sh", env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn("/bin/sh", [path.join(folder, script)], { env: { ...server.env("mes_owner", "mes"), ...env } });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** What the operator makes before the migrations run: the owner and its database, the groups, a user of each. */
export async function prepareDatabase(server: Server): Promise<void> {
  const roles = [
    "CREATE ROLE mes_owner LOGIN",
    ...["mes_read", "mes_write", "mes_relay"].map((group) => `CREATE ROLE ${group} NOLOGIN`),
    "CREATE ROLE order_intake LOGIN IN ROLE mes_read, mes_write",
    "CREATE ROLE dashboard LOGIN IN ROLE mes_read",
    "CREATE ROLE outbox_relay LOGIN IN ROLE mes_relay",
    "CREATE ROLE cnpg_metrics_exporter LOGIN IN ROLE pg_monitor",
    "CREATE ROLE stranger LOGIN",
  ];
  for (const role of roles) await server.query(role);
  await server.query("CREATE DATABASE mes OWNER mes_owner");
}
