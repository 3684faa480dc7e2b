import { isRecord, type Json } from "../kubernetes/value";
import { couldBeSame, hiddenIn } from "./hidden";
import { pairItems, type Pairs } from "./items";
import { isReal, isSame, keysOf, type Leaf, type Path } from "./leaf";
import { isSameAmount } from "./notation";
import { isUnordered } from "./order";
import { structureOf } from "./texts";

/**
 * What differs between two values, as leaves that together make the second out of the first.
 * @param type of the resource that they are inputs of: it decides where order means nothing
 */
export function diffValues(before: unknown, after: unknown, type = "", path: Path = []): Leaf[] {
  if (isSame(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return lists(before, after, type, path);
  if (isRecord(before) && isRecord(after)) return mappings(before, after, type, path);
  if (couldBeSame(before, after)) return [{ path, change: "set", before, after, uncertain: true }];
  if (isSameAmount(path, before, after)) return [{ path, change: "set", before, after, noise: "notation" }];
  if (typeof before === "string" && typeof after === "string") return [text(before, after, type, path)];
  return [{ path, change: "set", before, after }];
}

function mappings(before: Json, after: Json, type: string, path: Path): Leaf[] {
  const [were, are] = [new Set(keysOf(before)), new Set(keysOf(after))];
  return [...new Set([...were, ...are])].flatMap((key): Leaf[] => {
    const place = [...path, key];
    if (!are.has(key)) return [{ path: place, change: "remove", before: before[key] }];
    if (!were.has(key)) return [{ path: place, change: "add", after: after[key] }];
    return diffValues(before[key], after[key], type, place);
  });
}

function lists(before: readonly unknown[], after: readonly unknown[], type: string, path: Path): Leaf[] {
  const pairs = pairItems(before, after);
  const { stay, removed, added } = pairs;
  const leaves = [
    ...removed.map((item): Leaf => ({ path: [...path, item], change: "remove", before: before[item.before!] })),
    ...stay.flatMap((item) => diffValues(before[item.before!], after[item.after!], type, [...path, item])),
    ...added.map((item): Leaf => ({ path: [...path, item], change: "add", after: after[item.after!] })),
  ];
  const sequence = sequenceOf(pairs);
  if (sequence.every((place, i) => place === i)) return leaves;
  const order: Leaf = { path, change: "order", sequence };
  if (isUnordered(type, path, [...before, ...after])) return [...leaves, { ...order, noise: "order" }];
  const kept = sequence.filter((place) => place < stay.length);
  const isInserted = kept.every((place, i) => place === i);
  return [...leaves, isInserted ? { ...order, noise: "place" } : order];
}

/** Which of the items that stay and then of those that are added is at each place. */
function sequenceOf({ stay, added }: Pairs): number[] {
  const sequence: number[] = [];
  [...stay, ...added].forEach((item, i) => (sequence[item.after!] = i));
  return sequence;
}

/** A text by its own structure, where it has one on both sides. */
function text(before: string, after: string, type: string, path: Path): Leaf {
  const leaf: Leaf = { path, change: "set", before, after };
  const structure = structureOf(path, before, after);
  if (structure === undefined) return leaf;
  const { format, values, faithful } = structure;
  const parts = diffValues(values[0], values[1], type);
  if (parts.length === 0) return faithful ? { ...leaf, format, parts, noise: "text" } : leaf;
  const only = parts.every((part) => !isReal(part)) ? ({ noise: parts[0]?.noise ?? "text" } as const) : {};
  const uncertain =
    parts.filter(isReal).every((part) => part.uncertain) && parts.some(isReal) ? ({ uncertain: true } as const) : {};
  return { ...leaf, format, parts, ...(faithful ? { ...only, ...uncertain } : {}) };
}

/** How many leaves are the same placeholder on both sides, which says nothing of what it stands for. */
export function hiddenOnBothSides(before: unknown, after: unknown): number {
  if (isSame(before, after)) return hiddenIn(before);
  if (Array.isArray(before) && Array.isArray(after)) {
    const { stay } = pairItems(before, after);
    return stay.reduce((sum, item) => sum + hiddenOnBothSides(before[item.before!], after[item.after!]), 0);
  }
  if (isRecord(before) && isRecord(after)) {
    const shared = Object.keys(before).filter((key) => Object.hasOwn(after, key));
    return shared.reduce((sum, key) => sum + hiddenOnBothSides(before[key], after[key]), 0);
  }
  return 0;
}
