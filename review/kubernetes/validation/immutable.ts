import type { Plan, Resource } from "../../plan/plan";
import { quantity } from "../quantities";
import { inWords } from "../sizes";
import { at } from "../value";
import { hidden, type Problem } from "./problem";

/** Fields that the API never lets change: the object is deleted and made anew. */
const FOR_GOOD: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "apps/v1:StatefulSet": [
    ["spec", "selector"],
    ["spec", "serviceName"],
    ["spec", "podManagementPolicy"],
    ["spec", "volumeClaimTemplates"],
  ],
  "apps/v1:Deployment": [["spec", "selector"]],
  "apps/v1:DaemonSet": [["spec", "selector"]],
};

/** Sizes that can grow and never shrink. */
const GROWING: readonly (readonly string[])[] = [
  ["spec", "storage", "size"],
  ["spec", "walStorage", "size"],
  ["spec", "persistence", "storage"],
  ["spec", "resources", "requests", "storage"],
];

/** What is refused, or takes everything away at once, because of what is there already. */
export function changedForGood({ resources, before }: Plan): (Problem & { readonly resource: Resource })[] {
  if (before === undefined) return [];
  const was = new Map(before.resources.map((resource) => [resource.urn, resource.inputs]));
  return resources.flatMap((resource) => {
    const old = was.get(resource.urn);
    if (old === undefined || !resource.type.startsWith("kubernetes:")) return [];
    const [, kind = ""] = /^kubernetes:(.*)$/.exec(resource.type) ?? [];
    const replaced = (FOR_GOOD[kind] ?? []).flatMap((path) => {
      const [then, now] = [at(old, ...path), at(resource.inputs, ...path)];
      if (then === undefined || now === undefined || JSON.stringify(then) === JSON.stringify(now)) return [];
      return [
        { resource, path, message: "cannot be changed: the object is deleted first, with all its pods; keep what is there" },
      ];
    });
    const shrunk = GROWING.flatMap((path) => {
      const [then, now] = [at(old, ...path), at(resource.inputs, ...path)];
      const [from, to] = [quantity(then), quantity(now)];
      if (from === undefined || to === undefined || to >= from || hidden(then) || hidden(now)) return [];
      return [{ resource, path, message: `a volume of ${inWords(from)} cannot shrink to ${inWords(to)}; keep its size` }];
    });
    return [...replaced, ...shrunk];
  });
}
