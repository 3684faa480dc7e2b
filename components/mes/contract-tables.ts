import type { z } from "zod";
import {
  brokerVariables,
  CONCERNS,
  environmentVariables,
  NAMED_VARIABLES,
  PATH_MEANINGS,
  PATHS,
  PORTS,
  type Concern,
} from "./contract";
import { messageHeaders, messageProperties, outboxRow } from "./contract-messages";
import { BUCKETS, CRM_CONFIRMED, METRICS, type Metric } from "./contract-metrics";

/** The tables of docs/app-contract.md, made from the contract itself. */
export function contractTables(): string {
  return [
    section("Environment", environmentTable()),
    section("Ports and paths", pathTable()),
    section("Metrics", metricTable()),
    section("Headers of a message", fieldTable(messageHeaders)),
    section("Properties of a message", fieldTable(messageProperties)),
    section("A row of the outbox", fieldTable(outboxRow)),
  ].join("\n\n");
}

function section(title: string, content: string): string {
  return `### ${title}\n\n${content}`;
}

/** A table of Markdown, its columns as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", String.raw`\|`)));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}

function code(text: string): string {
  return text
    .split(", ")
    .map((part) => `\`${part}\``)
    .join(", ");
}

function fieldsOf(schema: z.ZodObject): { name: string; meaning: string; optional: boolean }[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
    name,
    meaning: field.description ?? "",
    optional: field.safeParse(undefined).success,
  }));
}

function environmentTable(): string {
  const rows = (schema: z.ZodObject, who: string) => fieldsOf(schema).map(({ name, meaning }) => [code(name), who, meaning]);
  return table(
    ["Variable", "Found by", "Meaning"],
    [
      ...(Object.keys(CONCERNS) as Concern[]).flatMap((concern) => [
        ...rows(environmentVariables[concern], CONCERNS[concern]),
        ...(concern === "publishes" ? rows(brokerVariables, "roles with `consumes` or `publishes`") : []),
        ...NAMED_VARIABLES.filter((variable) => variable.concern === concern).map(({ name, meaning }) => [
          code(name),
          CONCERNS[concern],
          meaning,
        ]),
      ]),
    ],
  );
}

function pathTable(): string {
  const paths = (Object.keys(PATHS) as (keyof typeof PATHS)[]).map((path) => [
    `\`MES_MANAGEMENT_PORT\` (${PORTS.management})`,
    code(PATHS[path]),
    PATH_MEANINGS[path],
  ]);
  const requests = "requests that the gateway and other roles send; nothing else listens to the outside";
  return table(["Port", "Path", "Meaning"], [...paths, [`\`MES_HTTP_PORT\` (${PORTS.http})`, "all", requests]]);
}

function metricTable(): string {
  const rows = Object.entries<Metric>(METRICS).map(([name, { type, labels, meaning, concern }]) => [
    code(name),
    type,
    labels.map(code).join(", "),
    CONCERNS[concern],
    meaning,
  ]);
  const crm = [
    code(CRM_CONFIRMED),
    "counter",
    "",
    "the CRM",
    "orders that it has confirmed to a customer and has to send to the MES",
  ];
  const buckets = `Buckets of the histograms, in seconds: ${BUCKETS.join(", ")}.`;
  return `${table(["Metric", "Type", "Labels", "Exported by", "Meaning"], [...rows, crm])}\n\n${buckets}`;
}

function fieldTable(schema: z.ZodObject): string {
  return table(
    ["Field", "Must be there", "Meaning"],
    fieldsOf(schema).map(({ name, meaning, optional }) => [code(name), optional ? "no" : "yes", meaning]),
  );
}
