/**
 * A copy of a value of which all is known already, as the SDK sends it; undefined if anything in it has to be waited for (an
 * Output, a promise, a resource) or is more than data.
 */
export function plainCopy(value: unknown): { readonly copy: unknown } | undefined {
  if (value === undefined || value === null || ["boolean", "number", "string"].includes(typeof value)) return { copy: value };
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    for (const item of value) {
      const plain = plainCopy(item);
      if (plain === undefined) return undefined;
      copy.push(plain.copy ?? null);
    }
    return { copy };
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const plain = plainCopy((value as Record<string, unknown>)[key]);
    if (plain === undefined) return undefined;
    if (plain.copy !== undefined) copy[key] = plain.copy;
  }
  return { copy };
}
