import type { Item, Leaf, Path } from "../../../review/diff/leaf";

/** What leaves make of a value: written without the code that finds them, so that one holds the other. */
export function applied(before: unknown, leaves: readonly Leaf[]): unknown {
  const own = leaves.find(({ path, change }) => path.length === 0 && change !== "order");
  if (own !== undefined) return own.after;
  if (Array.isArray(before)) return appliedToList(before, leaves);
  if (leaves.length === 0) return before;
  const result = new Map<string, unknown>(Object.entries(before as object));
  for (const [key, inner] of byStep(leaves)) {
    const [leaf] = inner;
    if (leaf?.path.length === 0 && leaf.change === "remove") result.delete(key as string);
    else result.set(key as string, applied(result.get(key as string), inner));
  }
  return Object.fromEntries(result);
}

function appliedToList(before: readonly unknown[], leaves: readonly Leaf[]): unknown[] {
  const order = leaves.find(({ path, change }) => path.length === 0 && change === "order");
  const steps = byStep(leaves.filter((leaf) => leaf !== order)) as [Item, Leaf[]][];
  const added = steps.filter(([{ before: place }]) => place === undefined).sort(([a], [b]) => a.after! - b.after!);
  const stay = before.flatMap((item, i) => {
    const [, inner = []] = steps.find(([{ before: place }]) => place === i) ?? [];
    const removed = inner.some(({ path, change }) => path.length === 0 && change === "remove");
    return removed ? [] : [applied(item, inner)];
  });
  const items = [...stay, ...added.map(([, inner]) => applied(undefined, inner))];
  return order === undefined ? items : order.sequence!.map((i) => items[i]);
}

/** Leaves by the first step of their path, each without it. */
function byStep(leaves: readonly Leaf[]): [Path[number], Leaf[]][] {
  const groups = new Map<string, [Path[number], Leaf[]]>();
  for (const leaf of leaves) {
    const [step, ...path] = leaf.path;
    if (step === undefined) continue;
    const key = typeof step === "string" ? step : JSON.stringify([step.before, step.after]);
    const group = groups.get(key) ?? [step, []];
    group[1].push({ ...leaf, path });
    groups.set(key, group);
  }
  return [...groups.values()];
}
