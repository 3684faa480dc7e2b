import { z } from "zod";
import { isSecretSchema } from "../../components/schema";
import { NAMESPACE } from "./concerns";
import { stackSchema } from "./schema";

/** A JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The JSON Schema of the platform's own configuration: one property for each concern. */
export function concernsSchema(): JsonSchema {
  return z.toJSONSchema(stackSchema, { io: "input", unrepresentable: "any", override }) as JsonSchema;
}

/**
 * The JSON Schema of a `Pulumi.<stack>.yaml`, for completion and hints in editors. It is a little wider than what is
 * accepted: rules between keys are checked by `mes plan` only.
 */
export function stackFileSchema(): object {
  const { properties = {}, required = [] } = concernsSchema();
  const named = (concern: string) => `${NAMESPACE}:${concern}`;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack configuration of the MES platform",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        description: "Settings of the stack, by namespace:name",
        type: "object",
        required: required.map(named),
        properties: Object.fromEntries(Object.entries(properties).map(([concern, schema]) => [named(concern), schema])),
        patternProperties: { [`^(?!${NAMESPACE}:)[^:]+:[^:]+$`]: true },
        additionalProperties: false,
      },
      encryptionsalt: { type: "string", description: "Salt of the passphrase that encrypts secrets; written by Pulumi" },
      encryptedkey: { type: "string", description: "Key that encrypts secrets, itself encrypted by a KMS; written by Pulumi" },
      secretsprovider: { type: "string", description: "What encrypts secrets, e.g. awskms://alias/mes; written by Pulumi" },
      environment: { description: "Pulumi ESC environments that settings are taken from" },
    },
    additionalProperties: false,
  };
}

/** What a person writes differs from what a program reads: secrets are encrypted; bounds of whole numbers are no rule of ours. */
function override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  const branches: readonly unknown[] = zodSchema instanceof z.ZodUnion ? zodSchema.options : [];
  if (!branches.some(isSecretSchema) || !Array.isArray(jsonSchema.anyOf)) return;
  const [encrypted] = jsonSchema.anyOf as [Record<string, unknown>];
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, { ...encrypted, title: "Secret" });
}
