import { changedForGood } from "../kubernetes/validation/immutable";
import { customProblems } from "../kubernetes/validation/custom";
import { imageProblems } from "../kubernetes/validation/images";
import { metadataProblems } from "../kubernetes/validation/metadata";
import { podFieldProblems } from "../kubernetes/validation/pod-fields";
import { podProblems, type Known } from "../kubernetes/validation/pods";
import { relatedFieldProblems } from "../kubernetes/validation/related-fields";
import { releaseProblems } from "../kubernetes/validation/releases";
import { resourceProblems } from "../kubernetes/validation/resources";
import { schemaProblemsOf } from "../kubernetes/validation/schemas";
import { workloadProblems } from "../kubernetes/validation/workloads";
import { inventory } from "../kubernetes/inventory";
import { reporter, type Rule } from "./rule";

const name = "objects-accepted";
const { error } = reporter(name);

export const objectsAccepted: Rule = {
  name,
  title: "Every object is one that the API server takes, that its controller can run, and that a chart of a fixed version makes.",
  why: "A deploy ends in the middle when an object is refused; and one that is taken and never runs is missed only when orders wait for it.",
  check: (plan) => {
    const { objects, pods, ofKind, find } = inventory(plan);
    const known: Known = {
      programs: new Set(plan.facts?.orders?.programs.flatMap(({ outside, name: own }) => (outside ? [] : [own]))),
      gpuResources: new Set(plan.facts?.gpuResources ?? []),
      limits: ofKind("LimitRange").map((range) => ({ namespace: range.namespace, spec: range.spec })),
    };
    const found = [
      ...objects.flatMap((object) =>
        [
          ...metadataProblems(object),
          ...workloadProblems(object),
          ...relatedFieldProblems(object),
          ...resourceProblems(object, known),
          ...imageProblems(object),
          ...customProblems(object, find),
        ].map(({ path, message }) => error(object.resource, path, message)),
      ),
      ...pods.flatMap((group) =>
        [...podProblems(group, known), ...podFieldProblems(group)].map(({ path, message }) =>
          error(group.object.resource, path, message),
        ),
      ),
      ...plan.resources.flatMap((resource) =>
        releaseProblems(resource).map(({ path, message }) => error(resource, path, message)),
      ),
      ...changedForGood(plan).map(({ resource, path, message }) => error(resource, path, message)),
    ];
    // The schema says in its own words what is said better above.
    const said = new Set(found.map(({ urn, path }) => `${urn} ${path}`));
    return [
      ...found,
      ...objects.flatMap((object) =>
        schemaProblemsOf(object)
          .map(({ path, message }) => error(object.resource, path, message))
          .filter(({ urn, path }) => !said.has(`${urn} ${path}`)),
      ),
    ];
  },
};
