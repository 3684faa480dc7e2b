import { identityOf } from "../kubernetes/identity";
import { formerUrns } from "../plan/aliases";
import { reporter, type Rule } from "./rule";

const name = "urns-kept";
const { error } = reporter(name);

export const urnsKept: Rule = {
  name,
  title:
    "An object that is there already keeps its URN, or has an alias with the former one. Looks only where `mes plan` is given a state.",
  why: "For the engine, another URN is another resource: it would create what is there, which is refused, or take it over and delete it at the end.",
  check: (plan) => {
    const before = plan.before?.resources ?? [];
    const formerly = formerUrns(plan, new Set(before.map(({ urn }) => urn)));
    const owners = new Map<string, string>();
    for (const { urn, type, inputs } of before) {
      const identity = identityOf(type, inputs);
      if (identity !== undefined) owners.set(identity, urn);
    }
    return plan.resources.flatMap((resource) => {
      const identity = identityOf(resource.type, resource.inputs);
      const owner = identity === undefined ? undefined : owners.get(identity);
      if (owner === undefined || formerly.get(resource.urn) === owner) return [];
      return [
        error(
          resource,
          "options.aliases",
          `${identity ?? ""} is there as ${owner}; another URN without an alias would recreate it and delete it: add { aliases: ["${owner}"] }, or give the new one another name`,
        ),
      ];
    });
  },
};
