import { reporter, type Rule } from "./rule";

const name = "explicit-providers";
const { error } = reporter(name);

/** Packages whose default provider takes its target from the environment of whoever runs it. */
const AMBIENT = ["kubernetes", "aws"];

export const explicitProviders: Rule = {
  name,
  title: "Every resource of a cluster or a cloud names its provider.",
  why: "A default provider goes to whatever cluster or account the terminal happens to point at.",
  check: (plan) =>
    plan.resources
      .filter(
        (resource) => resource.custom && resource.provider === undefined && AMBIENT.includes(resource.type.split(":")[0] ?? ""),
      )
      .map((resource) => error(resource, "options.provider", "has no explicit provider; hand it the component's providers")),
};
