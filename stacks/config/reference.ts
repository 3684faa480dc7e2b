import { NAMESPACE } from "./concerns";
import { concernsSchema, type JsonSchema } from "./json-schema";
import { oneOf } from "./messages";

const INTRODUCTION = `# Configuration

Every key of a stack file, \`Pulumi.<stack>.yaml\`, with its type, its default and what it is for. This page is generated from
the schemas that the stack files are held against (\`npm run docs\`); \`mes plan\` says what is wrong with a stack file, each
mistake with its place.

- A key is set in the file, or with \`pulumi config set --stack <stack> --path '${NAMESPACE}:roles.dashboard.scale.max' 12\`.
- \`<name>\` stands for a name that you choose, \`[]\` for each entry of a list.
- A key without a default may be left out, unless it is **required**: that means within the mapping that it belongs to.
- A **secret** is encrypted in the file: set it with \`pulumi config set --secret --path '<key>'\`, which asks for the value.
- **CPU cores** are written as \`500m\`, \`2\` or \`1.5\`; **bytes** as \`512Mi\` or \`1.5Gi\`; a **duration** as \`30s\`, \`1h30m\` or \`14d\`; a
  **cron schedule** in five fields, as \`0 2 * * *\`.
- YAML is read as Pulumi reads it: \`yes\` and \`no\` are text, a bare \`1.10\` is a number (put tags in quotes), and references
  (\`&name\`, \`*name\`, \`<<: *name\`) work.
`;

/** The reference of every configuration key, as Markdown. */
export function configurationReference(): string {
  const { properties = {}, required = [] } = concernsSchema();
  const concerns = Object.entries(properties).map(([name, schema]) => section(name, schema, required.includes(name)));
  return `${[INTRODUCTION, ...concerns].join("\n")}`;
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly description: string;
}

function section(concern: string, schema: JsonSchema, required: boolean): string {
  const rows = rowsBelow(schema, "");
  const introduction = [sentence(schema.description ?? ""), required ? "Required." : "Optional."].filter((text) => text !== "");
  const table = rows.map(({ key, type, fallback, description }) => `| \`${key}\` | ${type} | ${fallback} | ${description} |`);
  return [
    `## ${NAMESPACE}:${concern}`,
    "",
    introduction.join(" "),
    "",
    ...(rows.length === 0 ? [] : ["| Key | Type | Default | Description |", "| --- | --- | --- | --- |", ...table, ""]),
  ].join("\n");
}

/** The keys below a schema; alternatives of a union contribute theirs one after the other. */
function rowsBelow(schema: JsonSchema, prefix: string): Row[] {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    isSecret(schema) ? [] : rowsAt(child, prefix === "" ? name : `${prefix}.${name}`, schema.required?.includes(name) ?? false),
  );
  const { additionalProperties: values } = schema;
  const named = typeof values === "object" ? rowsBelow(values, prefix === "" ? "<name>" : `${prefix}.<name>`) : [];
  const items = schema.items === undefined ? [] : rowsBelow(schema.items, `${prefix}[]`);
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((branch) => rowsBelow(branch, prefix));
  return unique([...rows, ...named, ...items, ...alternatives]);
}

function rowsAt(schema: JsonSchema, key: string, required: boolean): Row[] {
  const row = { key, type: typeOf(schema), fallback: fallbackOf(schema, required), description: cell(schema.description ?? "") };
  return [row, ...rowsBelow(schema, key)];
}

function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title.startsWith("CPU") ? schema.title : lower(schema.title);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (branches.length > 0) return [...new Set(branches.map(typeOf))].join(" or ");
  if (schema.enum !== undefined) return oneOf(schema.enum.map(code));
  if (schema.const !== undefined) return code(schema.const);
  switch (schema.type) {
    case "integer":
      return `whole number${range(schema)}`;
    case "number":
      return `number${range(schema)}`;
    case "boolean":
      return "`true` or `false`";
    case "string":
      return "text";
    case "array":
      return `list${schema.items === undefined ? "" : ` of ${plural(typeOf(schema.items))}`}`;
    case "object":
      return mappingOf(schema);
    default:
      return "any value";
  }
}

function mappingOf({ additionalProperties: values, propertyNames }: JsonSchema): string {
  if (typeof values !== "object") return "mapping";
  const names = propertyNames?.enum === undefined ? "" : `, by ${oneOf(propertyNames.enum.map(code))}`;
  return `mapping of names to ${plural(typeOf(values))}${names}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  const bounds = [
    minimum === undefined ? [] : [`at least ${minimum}`],
    exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`],
    maximum === undefined ? [] : [`at most ${maximum}`],
    exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`],
  ].flat();
  return bounds.length === 0 ? "" : `, ${bounds.join(" and ")}`;
}

function fallbackOf(schema: JsonSchema, required: boolean): string {
  if (required) return "**required**";
  if (schema.default === undefined) return "";
  const isEmptyMapping = JSON.stringify(schema.default) === "{}";
  return isEmptyMapping ? (schema.properties === undefined ? "none" : "") : code(schema.default);
}

const PLURALS: Readonly<Record<string, string>> = {
  text: "texts",
  mapping: "mappings",
  secret: "secrets",
  duration: "durations",
};

function plural(type: string): string {
  return PLURALS[type] ?? type;
}

function isSecret(schema: JsonSchema): boolean {
  return schema.title === "Secret";
}

function code(value: unknown): string {
  return cell(`\`${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}\``);
}

/** Text for a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text}.`;
}

function unique(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.key) && seen.add(row.key));
}
