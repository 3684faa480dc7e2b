import { z } from "zod";
import { alternativeOf } from "../../components/schema";
import type { KeyPath } from "./stack-file";

/** Schemas without what only wraps them (optional, default, pipe, …); the branches of a union, or the one that a value is meant for. */
function unwrap(wrapped: z.core.$ZodType, value?: unknown): z.core.$ZodType[] {
  const schema = alternativeOf(wrapped, value);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodNonOptional
  ) {
    return unwrap(schema.def.innerType, value);
  }
  if (schema instanceof z.ZodLazy) return unwrap(schema.def.getter(), value);
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in, value);
  if (schema instanceof z.ZodIntersection) return [...unwrap(schema.def.left, value), ...unwrap(schema.def.right, value)];
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap((option) => unwrap(option, value));
  return [schema];
}

/** The schemas that a value at a path is held against; none where the path leads out of the schema. */
export function schemasAt(schema: z.core.$ZodType, path: KeyPath, value?: unknown): z.core.$ZodType[] {
  let candidates = fitting(schema, value);
  let current = value;
  for (const part of path) {
    current = childValue(current, part);
    candidates = candidates.flatMap((candidate) => childSchema(candidate, part)).flatMap((child) => fitting(child, current));
  }
  return candidates;
}

/** The keys that the schema allows at a path; none where any key is allowed. */
export function keysAt(schema: z.core.$ZodType, path: KeyPath, value?: unknown): string[] {
  const keys = schemasAt(schema, path, value).flatMap((candidate) => {
    if (candidate instanceof z.ZodObject) return Object.keys(candidate.shape);
    if (candidate instanceof z.ZodRecord) return unwrap(candidate.def.keyType).flatMap(enumerated);
    return [];
  });
  return [...new Set(keys)];
}

/** Branches of a union that the discriminator of the value leaves; all, where it leaves none. */
function fitting(schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] {
  const branches = unwrap(schema, value);
  if (branches.length < 2 || typeof value !== "object" || value === null) return branches;
  const fit = branches.filter((branch) => {
    if (!(branch instanceof z.ZodObject)) return true;
    return Object.entries(shapeOf(branch)).every(([key, child]) => {
      const given = childValue(value, key);
      return !(child instanceof z.ZodLiteral) || given === undefined || child.values.has(given as z.core.util.Literal);
    });
  });
  return fit.length === 0 ? branches : fit;
}

function shapeOf(schema: z.ZodObject): Readonly<Record<string, z.core.$ZodType>> {
  return schema.shape;
}

function enumerated(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  return [];
}

function childSchema(schema: z.core.$ZodType, part: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const shape = shapeOf(schema);
    const child = Object.hasOwn(shape, part) ? shape[part] : undefined;
    return child === undefined ? [] : [child];
  }
  if (schema instanceof z.ZodRecord) return [schema.def.valueType];
  if (schema instanceof z.ZodArray) return [schema.def.element];
  if (schema instanceof z.ZodTuple) return schema.def.items.slice(Number(part), Number(part) + 1);
  return [];
}

function childValue(value: unknown, part: string | number): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<string | number, unknown>)[part];
}
