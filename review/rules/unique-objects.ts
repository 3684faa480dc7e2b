import { inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { reporter, type Rule } from "./rule";

const name = "unique-objects";
const { error } = reporter(name);

export const uniqueObjects: Rule = {
  name,
  title: "No two resources of the plan declare the same Kubernetes object.",
  why: "Each deploy of one overwrites the other, and deleting one deletes both.",
  check: (plan) => {
    const first = new Map<string, KubeObject>();
    return inventory(plan).objects.flatMap((object) => {
      const key = `${object.group}/${object.kind}/${object.namespace}/${object.name}`;
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, object);
        return [];
      }
      const place = other.resource.source === undefined ? "" : ` (${other.resource.source.file}:${other.resource.source.line})`;
      return [
        error(object.resource, "metadata.name", `${title(object)} is declared twice${place}; drop one, or give it another name`),
      ];
    });
  },
};
