import { z } from "zod";
import { NAMESPACE } from "./concerns";
import { stackSchema } from "./schema";

/** The JSON Schema of a `Pulumi.<stack>.yaml`. Cross-field rules are checked by `mes plan` only. */
export function stackFileSchema(): object {
  const concerns = z.toJSONSchema(stackSchema, { io: "input", unrepresentable: "any" }) as {
    properties: Record<string, object>;
    required?: string[];
  };
  const named = (key: string) => `${NAMESPACE}:${key}`;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack configuration of the MES platform",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        type: "object",
        required: (concerns.required ?? []).map(named),
        properties: Object.fromEntries(Object.entries(concerns.properties).map(([key, schema]) => [named(key), schema])),
        patternProperties: { [`^(?!${NAMESPACE}:)[^:]+:.+$`]: true },
        additionalProperties: false,
      },
      encryptionsalt: { type: "string" },
      encryptedkey: { type: "string" },
      secretsprovider: { type: "string" },
      environment: true,
    },
    additionalProperties: false,
  };
}
