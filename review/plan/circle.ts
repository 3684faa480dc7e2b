import type { Resource } from "./plan";

/** URNs of resources that wait for each other, the first again as the last; undefined if none do. */
export function findCircle(resources: readonly Resource[]): string[] | undefined {
  const awaited = new Map(resources.map(({ urn, parent, provider, dependsOn }) => [urn, [parent, provider, ...dependsOn]]));
  const done = new Set<string>();
  for (const { urn: first } of resources) {
    // Not by recursion: a chain may be longer than the stack is deep.
    const trail = [first];
    const open = new Map([[first, (awaited.get(first) ?? []).values()]]);
    for (let last = trail.at(-1); last !== undefined; last = trail.at(-1)) {
      const next = done.has(last) ? undefined : open.get(last)?.next();
      if (next === undefined || next.done) {
        done.add(last);
        open.delete(last);
        trail.pop();
      } else if (next.value !== undefined && !done.has(next.value)) {
        if (open.has(next.value)) return [...trail.slice(trail.indexOf(next.value)), next.value];
        trail.push(next.value);
        open.set(next.value, (awaited.get(next.value) ?? []).values());
      }
    }
  }
  return undefined;
}
