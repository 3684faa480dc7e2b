import type { Resource } from "../plan/plan";

/** Options of a resource that the engine acts on; absent where they are not known, as most are in a state. */
const OPTIONS = [
  ...(["parent", "provider", "protect", "retainOnDelete", "deleteBeforeReplace", "customTimeouts"] as const),
  ...(["ignoreChanges", "replaceOnChanges", "aliases", "dependsOn", "propertyDependencies"] as const),
];
type Option = (typeof OPTIONS)[number];

/** A resource of a plan, or of a state. */
export type Compared = Pick<Resource, "urn" | "type" | "custom" | "inputs"> & Partial<Pick<Resource, Option | "source">>;

/** As a resource of a plan, with the defaults of the options that are not known. */
export function asResource(one: Compared): Resource {
  return {
    ...{ name: one.urn.split("::").at(-1) ?? "", protect: false, retainOnDelete: false, deleteBeforeReplace: false },
    ...{ dependsOn: [], propertyDependencies: {}, ignoreChanges: [], replaceOnChanges: [], aliases: [], customTimeouts: {} },
    ...one,
  };
}

/** The options that both sides tell; URNs of those that moved are the present ones. */
export function sharedOptions(before: Compared, after: Compared, renamed: ReadonlyMap<string, string>): [object, object] {
  // No parent and no provider are told by their absence, where the resource tells its options at all.
  const tells = (one: Compared, option: Option) =>
    one[option] !== undefined || ((option === "parent" || option === "provider") && one.dependsOn !== undefined);
  const shared = OPTIONS.filter((option) => tells(before, option) && tells(after, option));
  const of = (one: Compared) =>
    Object.fromEntries(shared.filter((option) => one[option] !== undefined).map((option) => [option, one[option]]));
  return [presentUrns(of(before), renamed) as object, of(after)];
}

function presentUrns(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (renamed.size === 0) return value;
  if (typeof value === "string") return renamed.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => presentUrns(item, renamed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, presentUrns(part, renamed)]));
}
