import { inventory } from "../kubernetes/inventory";
import { bytesAt, coresAt, listAt, textAt } from "../kubernetes/value";
import { reporter, type Rule } from "./rule";

const name = "container-resources";
const { error } = reporter(name);

export const containerResources: Rule = {
  name,
  title: "Every container requests CPU and memory, and has a memory limit.",
  why: "Without requests the scheduler packs a node until it starves; without a memory limit one leak takes the node's other pods with it.",
  check: (plan) =>
    inventory(plan).pods.flatMap(({ object, spec, specPath }) =>
      ["initContainers", "containers"].flatMap((field) =>
        listAt(spec, field).flatMap((container, i) => {
          const missing = [
            coresAt(container, "resources", "requests", "cpu") === undefined ? "requests.cpu" : undefined,
            bytesAt(container, "resources", "requests", "memory") === undefined ? "requests.memory" : undefined,
            bytesAt(container, "resources", "limits", "memory") === undefined ? "limits.memory" : undefined,
          ].filter((one) => one !== undefined);
          if (missing.length === 0) return [];
          const message = `container ${textAt(container, "name") ?? "?"} has no ${missing.join(", ")}; set them`;
          return [error(object.resource, [...specPath, field, i, "resources"], message)];
        }),
      ),
    ),
};
