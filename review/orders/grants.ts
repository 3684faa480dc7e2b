import type { Inventory } from "../kubernetes/inventory";
import { recordAt } from "../kubernetes/value";

/** A right that a script of the plan gives to a role of the database. */
export interface Grant {
  readonly privileges: readonly string[];
  /** As it is written, in small letters: `messaging.outbox`, `function messaging.accept(text, uuid, text)`, `all tables in schema public`. */
  readonly on: string;
  readonly to: readonly string[];
}

const GRANT = /\bGRANT\s+([^;]+?)\s+ON\s+([^;]+?)\s+TO\s+([^;]+?)(?:\s+WITH\s+GRANT\s+OPTION)?\s*;/gi;

/** Rights that scripts of the plan give, by the statements `GRANT … ON … TO …` in its ConfigMaps. */
export function grantsOf({ ofKind }: Inventory): Grant[] {
  return ofKind("ConfigMap").flatMap(({ resource }) =>
    Object.entries(recordAt(resource.inputs, "data")).flatMap(([file, text]) =>
      file.endsWith(".sql") && typeof text === "string" && text.includes("GRANT") ? parse(text) : [],
    ),
  );
}

function parse(sql: string): Grant[] {
  const statements = sql.replaceAll(/--[^\n]*/g, "");
  return [...statements.matchAll(GRANT)].map(([, privileges = "", on = "", to = ""]) => ({
    privileges: split(privileges.replaceAll(/\([^)]*\)/g, "").toLowerCase()),
    on: on.replaceAll(/\s+/g, " ").toLowerCase(),
    to: split(to.toLowerCase()),
  }));
}

function split(list: string): string[] {
  return list
    .split(",")
    .map((part) => part.trim().replaceAll('"', ""))
    .filter((part) => part !== "");
}
