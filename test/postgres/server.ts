import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { postgresPrograms } from "./programs";
import { Session } from "./session";

/** Postgres refuses to run as root: then it runs as nobody. */
const NOBODY = 65_534;
const IS_ROOT = process.getuid?.() === 0;

export interface Server {
  readonly port: number;
  /** Temporary; goes with the server. */
  readonly folder: string;
  /** Variables of libpq for a user and a database. */
  readonly env: (user: string, database?: string) => NodeJS.ProcessEnv;
  /** A connection that stays open. */
  readonly session: (user: string, database?: string) => Promise<Session>;
  /** Runs SQL and returns its rows, columns joined by `|`. */
  readonly query: (sql: string, user?: string, database?: string) => Promise<string[]>;
  /** What it has logged. */
  readonly log: () => string;
  /** Ends all connections, whatever they are in the middle of: for a test that failed half-way. */
  readonly disconnect: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts a Postgres of its own: a temporary folder, a free port of the loopback interface, no password. */
export async function startServer(parameters: Readonly<Record<string, string>> = {}): Promise<Server> {
  const programs = await postgresPrograms();
  // Whatever becomes of this process, what it starts ends with it.
  const setpriv = [
    ...(IS_ROOT ? ["--reuid", `${NOBODY}`, "--regid", `${NOBODY}`, "--clear-groups"] : []),
    ...["--pdeathsig", "TERM"],
  ];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-postgres-"));
  fs.chmodSync(folder, 0o755);
  const data = path.join(folder, "data");
  fs.mkdirSync(data, { mode: 0o700 });
  if (IS_ROOT) fs.chownSync(data, NOBODY, NOBODY);
  const initdb = [
    "--pgdata",
    data,
    "--username",
    "postgres",
    "--auth",
    "trust",
    "--encoding",
    "UTF8",
    "--no-locale",
    "--no-sync",
  ];
  const [make = "", ...words] = programs.command("initdb", { setpriv });
  execFileSync(make, [...words, ...initdb], { stdio: "pipe", cwd: "/" });

  const port = await freePort();
  const settings = {
    ...parameters,
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
  };
  const arguments_ = ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const [serve = "", ...before] = programs.command("postgres", { setpriv });
  const child = spawn(serve, [...before, ...arguments_], {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));

  const env = (user: string, database = "postgres"): NodeJS.ProcessEnv => ({
    PATH: `${programs.folder}:${process.env.PATH ?? ""}`,
    PGHOST: "127.0.0.1",
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
  });
  const open = new Set<Session>();
  const disconnect = () => {
    for (const session of open) session.kill();
    open.clear();
  };
  const stop = async () => {
    disconnect();
    await ended(child, "SIGINT");
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(path.join(programs.folder, "pg_isready"), env("postgres"), child);
  } catch (error) {
    await stop();
    throw new Error(`Postgres did not start: ${(error as Error).message}\n${log}`);
  }
  const session = async (user: string, database?: string) => {
    const opened = new Session(env(user, database));
    open.add(opened);
    await opened.query("SELECT 1");
    return opened;
  };
  return {
    port,
    folder,
    env,
    session,
    query: async (sql, user = "postgres", database) => {
      const one = await session(user, database);
      try {
        return await one.query(sql);
      } finally {
        one.kill();
      }
    },
    log: () => log,
    disconnect,
    stop,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(isReady: string, env: NodeJS.ProcessEnv, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    try {
      execFileSync(isReady, ["--quiet"], { env });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("no answer within 30 s");
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}
