import type { KubeObject } from "../../kubernetes/objects";
import { entriesAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error } = reporter("commits-durable");

const TABLE = /\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?messaging\.(\w+)\s*\(/gi;

/**
 * What the tables of outbox and inbox have to promise, whatever migration says it: a message is one row, it is handed to one relay at a time, and
 * is deleted only once it is sent. Source: docs/app-contract.md, "Outbox" and "Consume"
 */
export function messagingPromises({ kind, resource }: KubeObject): Finding[] {
  if (kind !== "ConfigMap") return [];
  const files = entriesAt(resource.inputs, "data").flatMap(([key, text]) =>
    key.endsWith(".sql") && typeof text === "string" && text.includes("messaging.") ? [{ key, sql: withoutComments(text) }] : [],
  );
  const all = files.map(({ sql }) => sql).join("\n");
  return files.flatMap(({ key, sql }) => {
    const found = (message: string) => error(resource, ["data", key], message);
    return [...tables(sql, all), ...conflicts(sql, all), ...claims(sql), ...positions(sql, all)].map(found);
  });
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, "");
}

/** The text between a bracket that is open and the one that closes it. */
function bracketed(sql: string, start: number): string {
  let depth = 1;
  for (let i = start; i < sql.length; i++) {
    if (sql[i] === "(") depth += 1;
    if (sql[i] === ")") depth -= 1;
    if (depth === 0) return sql.slice(start, i);
  }
  return sql.slice(start);
}

function tables(sql: string, all: string): string[] {
  return [...sql.matchAll(TABLE)].flatMap((match) => {
    const [whole, table = ""] = match;
    const columns = bracketed(sql, match.index + whole.length);
    if (/\bPRIMARY\s+KEY\b/i.test(columns)) return [];
    if (new RegExp(String.raw`\bALTER\s+TABLE\s+(?:ONLY\s+)?messaging\.${table}\s[^;]*\bPRIMARY\s+KEY\b`, "i").test(all))
      return [];
    const harm =
      table === "inbox" ? "a message that comes twice is handled twice, as two orders" : "one message may be in it twice";
    return [`messaging.${table} has no PRIMARY KEY: ${harm}; give it one`];
  });
}

/** `ON CONFLICT (columns)` needs something unique over them, else each such statement fails. Source: https://www.postgresql.org/docs/18/sql-insert.html#SQL-ON-CONFLICT */
function conflicts(sql: string, all: string): string[] {
  const names = (list: string) =>
    list
      .split(",")
      .map((one) => one.trim().toLowerCase())
      .sort()
      .join(",");
  const unique = new Set(
    [...all.matchAll(/\b(?:PRIMARY\s+KEY|UNIQUE)\s*\(([^)]*)\)|\bUNIQUE\s+INDEX\b[^;(]*\(([^)]*)\)/gi)].map(
      ([, key = "", index = ""]) => names(key === "" ? index : key),
    ),
  );
  for (const [, column = ""] of all.matchAll(/^\s*(\w+)\s[^,\n]*\b(?:PRIMARY\s+KEY|UNIQUE)\b(?!\s*\()/gim))
    unique.add(column.toLowerCase());
  return [...sql.matchAll(/\bON\s+CONFLICT\s*\(([^)]*)\)/gi)]
    .filter(([, columns = ""]) => !unique.has(names(columns)))
    .map(
      ([, columns = ""]) =>
        `nothing is unique over (${columns}), which a statement needs for ON CONFLICT: it fails each time; make it the primary key`,
    );
}

/** Several relays share the work: each takes what no other holds. */
function claims(sql: string): string[] {
  const [, body] = /\bFUNCTION\s+messaging\.claim\b[^$]*\$\$([^$]*)\$\$/i.exec(sql) ?? [];
  if (body === undefined || /\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b[^;]*\bSKIP\s+LOCKED\b/i.test(body)) return [];
  const harm = /\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b/i.test(body)
    ? "one relay waits for the other, and nothing is gained by a second"
    : "two relays send the same messages";
  return [`messaging.claim takes messages without FOR UPDATE … SKIP LOCKED: ${harm}; add it`];
}

/** A position is drawn by a trigger: without it, no message can be written. */
function positions(sql: string, all: string): string[] {
  if (!/\bFUNCTION\s+messaging\.number_outbox_row\b/i.test(sql)) return [];
  if (/\bCREATE\s+(?:OR\s+REPLACE\s+)?TRIGGER\b[^;]*\bBEFORE\s+INSERT\b[^;]*\bON\s+messaging\.outbox\b/i.test(all)) return [];
  return [
    "no trigger numbers the rows of messaging.outbox: each message is refused, or sent in any order; create it BEFORE INSERT",
  ];
}
