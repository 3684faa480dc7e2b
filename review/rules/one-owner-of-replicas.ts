import { inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import { reporter, type Rule } from "./rule";

const name = "one-owner-of-replicas";
const { error } = reporter(name);

export const oneOwnerOfReplicas: Rule = {
  name,
  title: "The number of pods of a controller has one owner: the program or one autoscaler.",
  why: "A deploy that writes `spec.replicas` beside an autoscaler throws a scaled-out role back to its start, in the middle of the load that scaled it; two autoscalers on one target undo each other.",
  check: (plan) => {
    const { autoscalers, find } = inventory(plan);
    const owners = new Map<string, string>();
    return autoscalers.flatMap(({ object, target }) => {
      const findings = [];
      const key = `${target.kind}/${target.namespace}/${target.name}`;
      const other = owners.get(key);
      if (other === undefined) owners.set(key, title(object));
      else {
        findings.push(
          error(object.resource, "spec.scaleTargetRef", `${other} scales ${target.kind} ${target.name} too; keep one of them`),
        );
      }
      const controller = find(target.kind, target.namespace, target.name);
      if (controller?.spec.replicas !== undefined && !controller.resource.ignoreChanges.includes("spec.replicas")) {
        findings.push(
          error(controller.resource, "spec.replicas", `${title(object)} owns the number of pods; leave spec.replicas out`),
        );
      }
      return findings;
    });
  },
};
