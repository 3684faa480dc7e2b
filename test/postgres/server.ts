import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
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
  /** Ends all connections, whatever they are in the middle of: for a test that failed half-way. */
  readonly disconnect: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts a Postgres of its own: a temporary folder, a free port of the loopback interface, no password. */
export async function startServer(parameters: Readonly<Record<string, string>> = {}): Promise<Server> {
  const bin = postgresBinaries();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-postgres-"));
  fs.chmodSync(folder, 0o755);
  const data = path.join(folder, "data");
  fs.mkdirSync(data, { mode: 0o700 });
  if (IS_ROOT) fs.chownSync(data, NOBODY, NOBODY);
  const owner = IS_ROOT ? { uid: NOBODY, gid: NOBODY } : {};
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
  execFileSync(path.join(bin, "initdb"), initdb, { ...owner, stdio: "pipe", cwd: "/" });

  const port = await freePort();
  const settings = {
    ...parameters,
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
  };
  const arguments_ = ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  // Whatever becomes of this process, the server ends with it.
  const privileges = IS_ROOT ? ["--reuid", `${NOBODY}`, "--regid", `${NOBODY}`, "--clear-groups"] : [];
  const child = spawn("setpriv", [...privileges, "--pdeathsig", "TERM", "--", path.join(bin, "postgres"), ...arguments_], {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));

  const env = (user: string, database = "postgres"): NodeJS.ProcessEnv => ({
    PATH: `${bin}:${process.env.PATH ?? ""}`,
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
    await untilReady(path.join(bin, "pg_isready"), env("postgres"), child);
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
    disconnect,
    stop,
  };
}

/** The folder of Postgres' programs; installs Debian's package where there is none. */
function postgresBinaries(): string {
  const found = newestBinaries();
  if (found !== undefined) return found;
  if (!IS_ROOT) throw new Error("there is no Postgres: apt-get install postgresql");
  const noCluster = "/etc/postgresql-common/createcluster.conf";
  fs.mkdirSync(path.dirname(noCluster), { recursive: true });
  // Only the programs are wanted, not a database that runs on this machine.
  if (!fs.existsSync(noCluster)) fs.writeFileSync(noCluster, "create_main_cluster = false\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update"], { env, stdio: "pipe" });
  execFileSync("apt-get", ["install", "--yes", "--no-install-recommends", "postgresql"], { env, stdio: "pipe" });
  const installed = newestBinaries();
  if (installed === undefined) throw new Error("apt-get installed no Postgres");
  return installed;
}

function newestBinaries(): string | undefined {
  const root = "/usr/lib/postgresql";
  if (!fs.existsSync(root)) return undefined;
  return fs
    .readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(root, version, "bin"))
    .find((bin) => fs.existsSync(path.join(bin, "postgres")));
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
