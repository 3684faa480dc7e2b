import type { z } from "zod";
import { isSecretSchema, Secret } from "../../components/schema";
import { schemasAt } from "./schema-walk";

/**
 * The values that the engine has decrypted, with each text that stands where the schema has a secret as a `Secret`: in a stack file a
 * secret is never a text.
 */
export function withSecrets<T>(schema: z.ZodType, values: T): T {
  return replaced([schema], values) as T;
}

function replaced(schemas: readonly z.core.$ZodType[], value: unknown): unknown {
  const child = (key: string | number, of: unknown) =>
    [schemas.flatMap((schema) => schemasAt(schema, [key], value)), of] as const;
  if (typeof value === "string") return value !== "" && schemas.some(isSecretSchema) ? new Secret(value) : value;
  if (Array.isArray(value)) return value.map((item, i) => replaced(...child(i, item)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(...child(key, item))]));
}
