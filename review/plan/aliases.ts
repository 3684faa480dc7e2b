import type { Plan, Resource } from "./plan";

const STACK_TYPE = "pulumi:pulumi:Stack";

/**
 * The URN that each resource of a plan has in a state: its own, else the first of its aliases that is there, as the engine looks for it; an alias
 * of a parent counts for its children. Resources that are in the state under no URN are left out.
 * Source: generateAliases in pkg/resource/deploy of Pulumi 3.
 * @param state URNs of the resources that are there
 */
export function formerUrns(plan: Plan, state: ReadonlySet<string>): ReadonlyMap<string, string> {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const found = new Map<string, string | undefined>();
  const formerOf = (urn: string): string | undefined => {
    if (found.has(urn)) return found.get(urn);
    const resource = byUrn.get(urn);
    const former = state.has(urn) ? urn : resource && aliasUrns(resource, aliasOf).find((alias) => state.has(alias));
    found.set(urn, former);
    return former;
  };
  /** The alias under which a resource was found; none where it kept its URN. */
  const aliasOf = (urn: string): string | undefined => {
    const former = formerOf(urn);
    return former === urn ? undefined : former;
  };
  const pairs = plan.resources.map(({ urn }) => [urn, formerOf(urn)] as const);
  return new Map(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

function aliasUrns(resource: Resource, aliasOf: (urn: string) => string | undefined): string[] {
  const own = resource.aliases.map((alias) => urnOf(resource, alias, aliasOf));
  const { parent } = resource;
  const parentAlias = parent && aliasOf(parent);
  if (!parentAlias) return own;
  const inherited = (urn: string): string => {
    const { type, name } = parts(urn);
    const parentName = parts(parent).name;
    // A child is often named after its parent.
    const former = name.startsWith(parentName) ? `${parts(parentAlias).name}${name.slice(parentName.length)}` : name;
    return joined(parentAlias, parentAlias, type, former);
  };
  return [...own, ...[resource.urn, ...own].map(inherited)];
}

/** The URN that an alias of a plan stands for: one itself, or `name=… type=… parent=…` with what differs. */
function urnOf(resource: Resource, alias: string, aliasOf: (urn: string) => string | undefined): string {
  if (alias.startsWith("urn:")) return alias;
  const fields = alias.matchAll(/(?:^| )(name|type|parent)=(.*?)(?= (?:name|type|parent)=|$)/g);
  const { name, type, parent } = Object.fromEntries([...fields].map(([, key = "", value = ""]) => [key, value]));
  const above = parent === undefined ? resource.parent : parent === "none" ? undefined : (aliasOf(parent) ?? parent);
  return joined(resource.urn, above, type ?? resource.type, name ?? resource.name);
}

/** A URN of the same stack and project as another, under a parent. */
function joined(like: string, parent: string | undefined, type: string, name: string): string {
  const types = parent === undefined ? "" : parts(parent).types;
  const [head] = like.split("::", 1);
  const project = like.split("::")[1] ?? "";
  return `${head ?? ""}::${project}::${types === "" || types === STACK_TYPE ? "" : `${types}$`}${type}::${name}`;
}

function parts(urn: string): { types: string; type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { types, type: types.split("$").at(-1) ?? "", name: name.join("::") };
}
