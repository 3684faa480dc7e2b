import type { z } from "zod";
import { markdownTable } from "../../markdown";
import {
  brokerVariables,
  DUTIES,
  environmentVariables,
  NAMED_VARIABLES,
  PATH_MEANINGS,
  PATHS,
  PORTS,
  type Duty,
} from "./contract";
import { CRM_SENDS, messageHeaders, messageProperties, outboxRow, PARTS } from "./messages";
import { BUCKETS, CRM_CONFIRMED, CRM_STATUSES, METRICS, type Metric } from "./metrics";

/** The tables of docs/app-contract.md, made from the contract itself. */
export function contractTables(): string {
  return [
    section("Environment", environmentTable()),
    section("Ports and paths", pathTable()),
    section("Metrics", metricTable()),
    section("Routing keys", routingKeyTable()),
    section("Headers of a message", fieldTable(messageHeaders)),
    section("Properties of a message", fieldTable(messageProperties)),
    section("A row of the outbox", fieldTable(outboxRow)),
  ].join("\n\n");
}

function section(title: string, content: string): string {
  return `### ${title}\n\n${content}`;
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
  return markdownTable(
    ["Variable", "Found by", "Meaning"],
    [
      ...(Object.keys(DUTIES) as Duty[]).flatMap((duty) => [
        ...rows(environmentVariables[duty], DUTIES[duty]),
        ...(duty === "publishes" ? rows(brokerVariables, "roles with `consumes` or `publishes`") : []),
        ...NAMED_VARIABLES.filter((variable) => variable.duty === duty).map(({ name, meaning }) => [
          code(name),
          DUTIES[duty],
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
  return markdownTable(["Port", "Path", "Meaning"], [...paths, [`\`MES_HTTP_PORT\` (${PORTS.http})`, "all", requests]]);
}

function metricTable(): string {
  const rows = Object.entries<Metric>(METRICS).map(([name, { type, labels, meaning, duty }]) => [
    code(name),
    type,
    labels.map(code).join(", "),
    DUTIES[duty],
    meaning,
  ]);
  const crm = [
    [CRM_CONFIRMED, "orders that it has confirmed to a customer and has to send to the MES"],
    [CRM_STATUSES, "statuses of orders that it has written for the customer to see; a repeat counts once"],
  ].map(([name = "", meaning = ""]) => [code(name), "counter", "", "the CRM", meaning]);
  const buckets = `Buckets of the histograms, in seconds: ${BUCKETS.join(", ")}.`;
  return `${markdownTable(["Metric", "Type", "Labels", "Exported by", "Meaning"], [...rows, ...crm])}\n\n${buckets}`;
}

function routingKeyTable(): string {
  const rows = Object.entries(PARTS)
    .filter(([, { sends }]) => sends.length > 0)
    .map(([part, { sends }]) => [sends.map(code).join(", "), `${code(part)}, through the outbox`]);
  const table = markdownTable(["Routing key", "Sent by"], [[CRM_SENDS.map(code).join(", "), "the CRM"], ...rows]);
  return `${table}\n\nThe last word is the event. Where a program sends other keys, the stack file says so (\`sends\` of a role and of an external client).`;
}

function fieldTable(schema: z.ZodObject): string {
  return markdownTable(
    ["Field", "Must be there", "Meaning"],
    fieldsOf(schema).map(({ name, meaning, optional }) => [code(name), optional ? "no" : "yes", meaning]),
  );
}
