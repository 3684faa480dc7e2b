import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CATALOGUE } from "../../components/images/catalogue";
import { keptFolder } from "../cluster/kept";
import { makeTools } from "../cluster/tools";

const run = promisify(execFile);

/** The major version that the platform pins: the tests run no other. */
export const MAJOR = CATALOGUE.postgres.tag.split(".")[0] ?? "";

/** Programs of Postgres. */
export interface Programs {
  /** Folder with commands of the clients' names, for PATH. */
  readonly folder: string;
  /** The words that run a program, before its arguments. */
  command(program: string, options?: { readonly setpriv?: readonly string[] }): string[];
}

const ARCHIVE = path.resolve(__dirname, "../../tools/images/built/postgres.tar");
const UNPACK = path.join(__dirname, "image.sh");
const INSIDE = path.join(__dirname, "inside.sh");

/**
 * Those that are installed, if they are of the pinned version; else those of the image that the data plane runs (tools/images), which
 * takes root.
 */
export async function postgresPrograms(): Promise<Programs> {
  const bin = `/usr/lib/postgresql/${MAJOR}/bin`;
  if (fs.existsSync(path.join(bin, "postgres"))) {
    const command: Programs["command"] = (program, { setpriv = [] } = {}) => [...privileges(setpriv), path.join(bin, program)];
    return { folder: bin, command };
  }
  if (process.getuid?.() !== 0) throw new Error(`there is no Postgres ${MAJOR}: install it, or run the tests as root`);
  await makeTools("images/postgres");
  const archive = fs.realpathSync(ARCHIVE);
  const scripts = [UNPACK, INSIDE].map((file) => fs.readFileSync(file, "utf8"));
  const make = async (folder: string): Promise<void> => {
    await run("bash", [UNPACK, archive, folder]);
    const clients = path.join(folder, "bin");
    fs.mkdirSync(clients);
    const root = '"$(dirname "$0")/../root"';
    for (const program of ["psql", "pg_isready"]) {
      const text = `#!/bin/sh\nexec sh ${INSIDE} ${root} ${os.tmpdir()} ${bin}/${program} "$@"\n`;
      fs.writeFileSync(path.join(clients, program), text, { mode: 0o755 });
    }
  };
  // Where it is used from is written into it.
  const contents = [archive, INSIDE, os.tmpdir(), MAJOR, ...scripts];
  const folder = await keptFolder({ cache: path.dirname(archive), name: "postgres-files", contents, days: 2, make });
  const inside = ["sh", INSIDE, path.join(folder, "root"), os.tmpdir()];
  return {
    folder: path.join(folder, "bin"),
    command: (program, { setpriv = [] } = {}) => [...inside, ...privileges(setpriv), path.join(bin, program)],
  };
}

function privileges(options: readonly string[]): string[] {
  return options.length === 0 ? [] : ["setpriv", ...options, "--"];
}
