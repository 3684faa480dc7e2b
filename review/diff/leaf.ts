import { formatPath, isRecord, type Json } from "../kubernetes/value";

/** One item of a list. What it is found by is its place; what people read is its label. */
export interface Item {
  /** Its identity, e.g. `name=http`; its place where it has none. */
  readonly label: string;
  /** Its place in the list before; absent for one that is added. */
  readonly before?: number;
  /** Its place in the list afterwards; absent for one that is removed. */
  readonly after?: number;
}

type Step = string | Item;
export type Path = readonly Step[];

/**
 * Why a difference changes nothing: items in another order where the API says that it is none, a quantity or duration written in another way, a
 * text with the same content, a field that the resource ignores; and where among the others an item is that is told of as added.
 */
export type Noise = "order" | "place" | "notation" | "text" | "ignored";

/** The smallest part of a value that differs. What is added or removed as a whole is one leaf. */
export interface Leaf {
  readonly path: Path;
  readonly change: "add" | "remove" | "set" | "order";
  /** Absent for what is added, and for an order. */
  readonly before?: unknown;
  /** Absent for what is removed, and for an order. */
  readonly after?: unknown;
  /** For an order: the places of the items that stay, in their former order, and then of those that are added, in the order that they have now. */
  readonly sequence?: readonly number[];
  readonly noise?: Noise;
  /** One of both sides is secret or not known yet: whether they differ, nobody can say. */
  readonly uncertain?: true;
  /** For a text that has a structure: what differs in it. None where only its notation does. */
  readonly parts?: readonly Leaf[];
  /** What the text is read as. */
  readonly format?: string;
}

/** `["spec", {label: "name=http"}, "port"]` → `spec[name=http].port`. */
export function formatLeafPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step !== "string") return `${text}[${step.label}]`;
    const key = formatPath([step]);
    return text === "" || key.startsWith("[") ? `${text}${key}` : `${text}.${key}`;
  }, "");
}

/** The path with any item as `[*]`, in which tables name fields: `spec.template.spec.containers[*].image`. */
export function fieldOf(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "string" ? (text === "" ? step : `${text}.${step}`) : `${text}[*]`),
    "",
  );
}

/** Whether two values are the same, whatever the order of keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = keysOf(a);
  return keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** What is `undefined` is not there: no JSON has it. */
export function keysOf(value: Json): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

/** A difference that a reviewer has to know of. */
export function isReal({ noise }: Leaf): boolean {
  return noise === undefined;
}
