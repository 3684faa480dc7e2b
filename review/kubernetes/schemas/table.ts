import * as fs from "node:fs";
import * as path from "node:path";
import type { SchemaTable } from "./schema";

/** Written by `npm run schemas`. */
export const TABLE_FILE = path.join(__dirname, "schemas.json");

let table: SchemaTable | undefined;

/** Reads the table, once. */
export function schemaTable(): SchemaTable {
  table ??= JSON.parse(fs.readFileSync(TABLE_FILE, "utf8")) as SchemaTable;
  return table;
}
