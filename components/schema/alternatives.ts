import { z } from "zod";

interface AlternativesDef extends z.core.$ZodUnionDef {
  readonly key: string;
}

interface Alternatives extends z.ZodUnion {
  readonly _zod: z.ZodUnion["_zod"] & { readonly def: AlternativesDef };
}

const Alternatives = z.core.$constructor<Alternatives, AlternativesDef>("Alternatives", (self, def) => {
  z.ZodUnion.init(self, def);
  self._zod.parse = (payload, context) => meant(def, payload.value)._zod.run(payload, context);
});

/** The first schema is for mappings that have the key. */
function meant({ key, options }: AlternativesDef, value: unknown): z.core.$ZodType {
  const [withKey = z.never(), without = z.never()] = options;
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? withKey : without;
}

/**
 * Two forms of a mapping that are told apart by one key: what has it is held against the first schema, all else against the second. A plain union
 * could only say that neither fits.
 * @example alternatives("existing", z.strictObject({ existing: … }), z.strictObject({ instances: … }))
 */
export function alternatives<A extends z.ZodType, B extends z.ZodType>(key: string, withKey: A, without: B): z.ZodUnion<[A, B]> {
  return new Alternatives({ type: "union", options: [withKey, without], key }) as unknown as z.ZodUnion<[A, B]>;
}

/** The schema that a value is held against: of `alternatives` the one that is meant. */
export function alternativeOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  return schema instanceof Alternatives && value !== undefined ? meant(schema._zod.def, value) : schema;
}
