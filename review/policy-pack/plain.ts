import { UNKNOWN } from "../plan/plan";

/**
 * The properties that a policy is given, as a plan has them: reading a value that is not known yet throws there.
 * @param props mappings, lists and scalars behind proxies
 */
export function plainOf(props: object): Readonly<Record<string, unknown>> {
  return plain(props) as Readonly<Record<string, unknown>>;
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((_, i) => read(value, i));
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value, key)]));
}

function read(container: object, key: string | number): unknown {
  try {
    return plain((container as Record<string | number, unknown>)[key]);
  } catch {
    return UNKNOWN;
  }
}
