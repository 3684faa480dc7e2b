import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Schema, SchemaTable } from "../../review/kubernetes/schemas/schema";
import { enumerations, type Enumerations } from "./enumerations";
import { VALIDATED, type Asked, type AskedOfObject } from "./validated";

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
  const own = builtIn(kubernetes, enumerations(api), table);
  for (const [kind, place] of own.kinds) kinds[kind] = place;
  for (const [kind, place] of custom(crds, table, own.metadata)) kinds[kind] = place;
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
 * Required by the OpenAPI, and given a value before it is looked at, or right without one: 0, or an empty list.
 * Source: `SetDefaults_*` of k8s.io/kubernetes, pkg/apis/rbac/v1/defaults.go, and the API server's answers
 */
const DEFAULTED: Readonly<Record<string, readonly string[]>> = {
  "io.k8s.api.rbac.v1.RoleRef": ["apiGroup"],
  "io.k8s.api.core.v1.LimitRangeSpec": ["limits"],
  "io.k8s.api.scheduling.v1.PriorityClass": ["value"],
};

/** Kinds in stable versions: the API server serves no others unless it is told to. */
function builtIn(folder: string, enums: Enumerations, table: Table): { kinds: [string, number][]; metadata: number } {
  const specs = path.join(folder, "api", "openapi-spec", "v3");
  const found: [string, number][] = [];
  let metadata = 0;
  for (const file of fs.readdirSync(specs).sort()) {
    if (!/__v\d+_openapi\.json$/.test(file)) continue;
    const { schemas = {} } = (JSON.parse(fs.readFileSync(path.join(specs, file), "utf8")) as Json).components as Json;
    const known = new Map<string, number>();
    const named = (name: string): number => {
      const place = known.get(name);
      if (place !== undefined) return place;
      if (name === QUANTITY) return table.add({ is: "quantity" });
      // JSONSchemaProps is the one that holds itself.
      known.set(name, table.add({}));
      const context = { table, named, enums: enums[name], defaulted: DEFAULTED[name], asked: VALIDATED[name] };
      const added = convert(schemas[name], context);
      known.set(name, added);
      if (name === METADATA) metadata = added;
      return added;
    };
    for (const [name, schema] of Object.entries<Json>(schemas)) {
      for (const { group, version, kind } of schema["x-kubernetes-group-version-kind"] ?? []) {
        if (!/^v\d+$/.test(version) || kind.endsWith("List") || /Options$|^Status$|^WatchEvent$/.test(kind)) continue;
        found.push([`${group === "" ? version : `${group}/${version}`} ${kind}`, named(name)]);
      }
    }
  }
  return { kinds: found, metadata };
}

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** @param metadata place of the schema of every object's metadata, of which definitions say nothing */
function custom(folder: string, table: Table, metadata: number): [string, number][] {
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  return files.sort().flatMap((file) =>
    parseAllDocuments(fs.readFileSync(path.join(folder, file), "utf8"), { merge: true })
      .map((document) => document.toJS() as Json | null)
      .filter((crd): crd is Json => crd?.kind === "CustomResourceDefinition")
      .flatMap(({ spec }: Json) =>
        (spec.versions as Json[])
          .filter(({ served }) => served)
          .map(({ name, schema, subresources }): [string, number] => {
            const root = schema.openAPIV3Schema as Json;
            const own = { apiVersion: { type: "string" }, kind: { type: "string" }, metadata: { $ref: METADATA } };
            const replicas = (subresources?.scale?.specReplicasPath as string | undefined)?.split(".").slice(1);
            const properties = { ...(replicas === undefined ? root : notNegative(root, replicas)).properties, ...own };
            const place = convert({ ...root, properties }, { table, named: () => metadata });
            return [`${spec.group}/${name} ${spec.names.kind}`, place];
          }),
      ),
  );
}

/** The API server takes no negative number for what `kubectl scale` sets. */
function notNegative(schema: Json, [field = "", ...rest]: readonly string[]): Json {
  const own = schema.properties?.[field] as Json | undefined;
  if (own === undefined) return schema;
  const changed = rest.length > 0 ? notNegative(own, rest) : { ...own, minimum: Math.max(0, own.minimum ?? 0) };
  return { ...schema, properties: { ...schema.properties, [field]: changed } };
}

interface Context {
  readonly table: Table;
  readonly named: (name: string) => number;
  /** Texts that are taken, by field. */
  readonly enums?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly defaulted?: readonly string[] | undefined;
  readonly asked?: AskedOfObject | undefined;
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
      if (schema.properties === undefined || schema["x-kubernetes-preserve-unknown-fields"] === true)
        return { is: "map", of: context.table.add({}) };
      const names = Object.keys(schema.properties).filter((name) => !SERVERS_OWN.includes(name));
      const fields = names.map((name) => {
        const texts = context.enums?.[name];
        // An empty text is none, and gets the default.
        const optional = !(schema.required ?? []).includes(name);
        const place = convert(schema.properties[name], inner, optional && texts !== undefined ? ["", ...texts] : texts);
        return [name, narrowed(place, context.asked?.fields?.[name], context.table)] as const;
      });
      const required = [...(schema.required ?? []), ...(context.asked?.required ?? [])].filter(
        (name: string) => names.includes(name) && !isDefaulted(schema.properties[name]) && !context.defaulted?.includes(name),
      );
      return { is: "object", fields: Object.fromEntries(fields), required: required.length > 0 ? required : undefined };
    }
    case "array":
      return {
        is: "list",
        of: convert(schema.items, inner, own),
        min: schema.minItems,
        max: schema.maxItems,
        unique: uniqueBy(schema),
      };
    case "string": {
      const { minLength: min, maxLength: max, pattern } = schema;
      return { is: "string", enum: schema.enum ?? own, pattern, min, max };
    }
    case "integer":
    case "number": {
      const range = schema.format === "int32" ? INT32 : undefined;
      return { is: schema.type, min: schema.minimum ?? range?.min, max: schema.maximum ?? range?.max };
    }
    case "boolean":
      return { is: "boolean" };
    default:
      return {};
  }
}

/** A schema with what is asked beyond it. */
function narrowed(place: number, asked: Asked | undefined, table: Table): number {
  if (asked === undefined) return place;
  const { values, ...own } = asked;
  const schema = table.schemas[place] ?? {};
  return table.add(clean({ ...schema, ...own, ...(values && { of: table.add(clean(values)) }) }));
}

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Fields by which server-side apply tells items apart, and refuses two that are alike; none of them: the items themselves. */
function uniqueBy(schema: Json): readonly string[] | undefined {
  if (schema["x-kubernetes-list-type"] === "set") return [];
  return schema["x-kubernetes-list-type"] === "map" ? (schema["x-kubernetes-list-map-keys"] as string[]) : undefined;
}

/** Go's zero values are no defaults: the validation that follows sees them. */
function isDefaulted({ default: value }: Json): boolean {
  return value !== undefined && value !== "" && value !== 0 && !(typeof value === "object" && Object.keys(value).length === 0);
}

function clean(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
