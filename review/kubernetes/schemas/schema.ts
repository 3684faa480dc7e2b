/**
 * What a field may hold: the part of a schema of Kubernetes' OpenAPI or of a custom resource definition by which the API server refuses a
 * value. Descriptions, defaults and rules in CEL are left out.
 */
export interface Schema {
  /** `any` has no type: unknown fields are kept. @default any */
  readonly is?:
    | "object"
    | "map"
    | "list"
    | "string"
    | "integer"
    | "number"
    | "boolean"
    | "int-or-string"
    /** A number or a text such as `500m`. */
    | "quantity"
    /** A number from 1 to 65535, or the name of one. */
    | "port"
    /** A whole number or a percentage, none of them negative. */
    | "int-or-percent";
  /** Fields of an object: places in the table. Any other field is refused. */
  readonly fields?: Readonly<Record<string, number>>;
  /** Fields that have to be there, and have no default. */
  readonly required?: readonly string[];
  /** What a map or a list holds: a place in the table. */
  readonly of?: number;
  /** The only texts that are taken. */
  readonly enum?: readonly string[];
  readonly pattern?: string;
  /** No two items of a list have the same values in these fields, or are the same where none is named. */
  readonly unique?: readonly string[];
  /** Pattern of a map's keys. */
  readonly keys?: string;
  /** Fewest and most: of a number itself, of characters, of items, of keys. */
  readonly min?: number;
  readonly max?: number;
}

/** Each schema once; kinds share most of theirs. */
export interface SchemaTable {
  /** Versions that it was derived from, by name of the Go module. */
  readonly versions: Readonly<Record<string, string>>;
  /** Place of the schema, e.g. of `apps/v1 Deployment`. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly schemas: readonly Schema[];
}
