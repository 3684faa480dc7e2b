import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Schema, SchemaTable } from "../../review/kubernetes/schemas/schema";
import { enumerations, type Enumerations } from "./enumerations";

/** Where the schemas come from. */
export interface Sources {
  /** Folder of k8s.io/kubernetes, which holds the OpenAPI of what its API server serves. */
  readonly kubernetes: string;
  /** Folder of k8s.io/api, whose types name the texts that a field may have, which the OpenAPI does not. */
  readonly api: string;
  /** Folder of custom resource definitions, in a folder for each operator. */
  readonly crds: string;
  readonly versions: Readonly<Record<string, string>>;
}

type Json = Record<string, any>;

/** The table of every kind that Kubernetes serves by itself and that the operators add. */
export function deriveSchemas({ kubernetes, api, crds, versions }: Sources): SchemaTable {
  const table = new Table();
  const kinds: Record<string, number> = {};
  for (const [kind, place] of builtIn(kubernetes, enumerations(api), table)) kinds[kind] = place;
  for (const [kind, place] of custom(crds, table)) kinds[kind] = place;
  const sorted = Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1));
  return { versions, kinds: Object.fromEntries(sorted), schemas: table.schemas };
}

/** Keeps each schema once, those that a schema refers to before it. */
class Table {
  readonly schemas: Schema[] = [];
  private readonly places = new Map<string, number>();

  add(schema: Schema): number {
    const key = JSON.stringify(schema);
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.schemas.push(schema);
    this.places.set(key, this.schemas.length - 1);
    return this.schemas.length - 1;
  }
}

/** Filled in by the API server, and never declared. */
const SERVERS_OWN = ["status"];

/**
 * Required by the OpenAPI, and given a value before it is looked at.
 * Source: `SetDefaults_*` of k8s.io/kubernetes, pkg/apis/rbac/v1/defaults.go
 */
const DEFAULTED: Readonly<Record<string, readonly string[]>> = {
  "io.k8s.api.rbac.v1.RoleRef": ["apiGroup"],
};

/** Kinds in stable versions: the API server serves no others unless it is told to. */
function builtIn(folder: string, enums: Enumerations, table: Table): [string, number][] {
  const specs = path.join(folder, "api", "openapi-spec", "v3");
  const found: [string, number][] = [];
  for (const file of fs.readdirSync(specs).sort()) {
    if (!/__v\d+_openapi\.json$/.test(file)) continue;
    const { schemas = {} } = (JSON.parse(fs.readFileSync(path.join(specs, file), "utf8")) as Json).components as Json;
    const known = new Map<string, number>();
    const named = (name: string): number => {
      const place = known.get(name);
      if (place !== undefined) return place;
      // JSONSchemaProps is the one that holds itself.
      known.set(name, table.add({}));
      const added = convert(schemas[name], { table, named, enums: enums[name], defaulted: DEFAULTED[name] });
      known.set(name, added);
      return added;
    };
    for (const [name, schema] of Object.entries<Json>(schemas)) {
      for (const { group, version, kind } of schema["x-kubernetes-group-version-kind"] ?? []) {
        if (!/^v\d+$/.test(version) || kind.endsWith("List") || /Options$|^Status$|^WatchEvent$/.test(kind)) continue;
        found.push([`${group === "" ? version : `${group}/${version}`} ${kind}`, named(name)]);
      }
    }
  }
  return found;
}

function custom(folder: string, table: Table): [string, number][] {
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  const metadata = table.add({});
  return files.sort().flatMap((file) =>
    parseAllDocuments(fs.readFileSync(path.join(folder, file), "utf8"), { merge: true })
      .map((document) => document.toJS() as Json | null)
      .filter((crd): crd is Json => crd?.kind === "CustomResourceDefinition")
      .flatMap(({ spec }: Json) =>
        (spec.versions as Json[])
          .filter(({ served }) => served)
          .map(({ name, schema }): [string, number] => {
            const root = schema.openAPIV3Schema as Json;
            const properties = { ...root.properties, apiVersion: { type: "string" }, kind: { type: "string" } };
            const place = convert({ ...root, properties }, { table, named: () => metadata });
            return [`${spec.group}/${name} ${spec.names.kind}`, place];
          }),
      ),
  );
}

interface Context {
  readonly table: Table;
  readonly named: (name: string) => number;
  /** Texts that are taken, by field. */
  readonly enums?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly defaulted?: readonly string[] | undefined;
}

function convert(schema: Json, context: Context, own?: readonly string[]): number {
  const [reference] = schema.allOf ?? [schema];
  if (typeof reference?.$ref === "string") return context.named(reference.$ref.split("/").at(-1));
  return context.table.add(clean(converted(schema, context, own)));
}

function converted(schema: Json, context: Context, own?: readonly string[]): Schema {
  if (schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string") {
    return { is: "int-or-string", pattern: schema.pattern };
  }
  // A quantity: a text, or a number.
  if (schema.oneOf !== undefined && schema.type === undefined) return { is: "int-or-string" };
  const inner = { table: context.table, named: context.named };
  switch (schema.type) {
    case "object": {
      if (schema.additionalProperties !== undefined && schema.additionalProperties !== true) {
        const { minProperties: min, maxProperties: max } = schema;
        return { is: "map", of: convert(schema.additionalProperties, inner), min, max };
      }
      if (schema.properties === undefined || schema["x-kubernetes-preserve-unknown-fields"] === true) return {};
      const names = Object.keys(schema.properties).filter((name) => !SERVERS_OWN.includes(name));
      const fields = names.map((name) => [name, convert(schema.properties[name], { ...inner }, context.enums?.[name])] as const);
      const required = (schema.required ?? []).filter(
        (name: string) => names.includes(name) && !isDefaulted(schema.properties[name]) && !context.defaulted?.includes(name),
      );
      return { is: "object", fields: Object.fromEntries(fields), required: required.length > 0 ? required : undefined };
    }
    case "array":
      return { is: "list", of: convert(schema.items, inner, own), min: schema.minItems, max: schema.maxItems };
    case "string": {
      const { minLength: min, maxLength: max, pattern } = schema;
      return { is: "string", enum: schema.enum ?? own, pattern, min, max };
    }
    case "integer":
    case "number":
      return { is: schema.type, min: schema.minimum, max: schema.maximum };
    case "boolean":
      return { is: "boolean" };
    default:
      return {};
  }
}

/** Go's zero values are no defaults: the validation that follows sees them. */
function isDefaulted({ default: value }: Json): boolean {
  return value !== undefined && value !== "" && value !== 0 && !(typeof value === "object" && Object.keys(value).length === 0);
}

function clean(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
