/** Properties as the engine sends them: JSON in which special objects stand for secrets and a special text for what is unknown. */
export type Properties = Readonly<Record<string, unknown>>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** What a preview cannot know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function secret(value: unknown): unknown {
  return { [SIGNATURE]: SECRET, value };
}

/** The value that a secret or an output holds; undefined for anything else. */
function held(value: unknown): { readonly value: unknown; readonly secret: boolean } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET) return { value: object.value, secret: true };
  if (object[SIGNATURE] === OUTPUT) return { value: object.value, secret: object.secret === true };
  return undefined;
}

/** The plain values, without what is undefined. `null` is a value: the plug-in compares it. */
export function revealed(value: unknown): unknown {
  const inside = held(value);
  if (inside !== undefined) return revealed(inside.value);
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, revealed(item)]),
  );
}

/** Whether some value in it is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  const inside = held(value);
  if (inside !== undefined) return inside.value === undefined || hasUnknown(inside.value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Hides again in a plain value what is a secret at the same place in the properties that it comes from. */
export function hiddenLike(value: unknown, source: unknown): unknown {
  const inside = held(source);
  if (inside !== undefined) return inside.secret ? secret(value) : hiddenLike(value, inside.value);
  if (Array.isArray(value) && Array.isArray(source)) return value.map((item, index) => hiddenLike(item, source[index]));
  if (typeof value !== "object" || value === null || typeof source !== "object" || source === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hiddenLike(item, (source as Record<string, unknown>)[key])]),
  );
}
