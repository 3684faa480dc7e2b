import * as fs from "node:fs";
import * as path from "node:path";
import type { DatabaseOwner } from "../postgres/users";
import { parseDuration } from "../schema/duration";

const NAME = /^(\d{4})_[a-z][a-z0-9_]*\.sql$/;

/** A file and its content. */
export type Files = Readonly<Record<string, string>>;

/**
 * The migrations of a folder, by file name.
 * @throws RangeError when the names do not give one order, or a file handles its transaction itself
 */
export function readMigrations(directory: string = path.join(__dirname, "migrations")): Files {
  const files = read(directory);
  Object.entries(files).forEach(([name, sql], i) => {
    const expected = String(i + 1).padStart(4, "0");
    if (NAME.exec(name)?.[1] !== expected)
      throw new RangeError(`migration ${name}: expected a name that begins with ${expected}_ and ends with .sql, in lower case`);
    if (/^\s*(?:BEGIN|START TRANSACTION|COMMIT|ROLLBACK)(?: WORK| TRANSACTION)?\s*;/im.test(sql))
      throw new RangeError(`migration ${name}: each runs in one transaction already, without a BEGIN or COMMIT of its own`);
  });
  return files;
}

/** The scripts that apply migrations and delete old messages. */
export function readScripts(directory: string = path.join(__dirname, "run")): Files {
  return read(directory);
}

/** Settings of the database for programs, applied after the migrations by every run. */
export function settingsFile({ database, statementTimeout }: Pick<DatabaseOwner, "database" | "statementTimeout">): string {
  return `ALTER DATABASE "${database}" SET statement_timeout = '${parseDuration(statementTimeout)}s';\n`;
}

function read(directory: string): Files {
  const names = fs.readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(directory, name), "utf8")]));
}
