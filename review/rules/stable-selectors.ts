import { inventory } from "../kubernetes/inventory";
import { selects } from "../kubernetes/selector";
import { at, recordAt } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "stable-selectors";
const { error } = reporter(name);

/** Labels whose value changes from one release to the next. */
const CHANGING = /(?:^|\/)(?:version|revision|chart|pod-template-hash|release|tag|digest)$/;

export const stableSelectors: Rule = {
  name,
  title: "A controller selects its own pods, by labels that never change.",
  why: "A selector is immutable: a version in it turns the next release into a replacement, with all pods gone at once.",
  check: (plan) =>
    inventory(plan).pods.flatMap(({ object, labelSets }): Finding[] => {
      if (!["Deployment", "StatefulSet", "DaemonSet"].includes(object.kind)) return [];
      const selector = at(object.spec, "selector");
      if (!labelSets.some((labels) => selects(selector, labels))) {
        return [error(object.resource, "spec.selector", "does not select its own pods; give the template the same labels")];
      }
      return Object.keys(recordAt(selector, "matchLabels"))
        .filter((label) => CHANGING.test(label))
        .map((label) =>
          error(object.resource, ["spec", "selector", "matchLabels", label], "changes with a release; leave it out"),
        );
    }),
};
