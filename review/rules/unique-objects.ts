import { inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { isDatabase } from "../kubernetes/systems";
import { listAt, textAt } from "../kubernetes/value";
import { clusterOf, nameOf, scopeOf } from "../orders/broker";
import { reporter, type Finding, type Rule } from "./rule";

const name = "unique-objects";
const { error } = reporter(name);

export const uniqueObjects: Rule = {
  name,
  title: "No two resources of the plan declare the same Kubernetes object, or the same thing in a broker or a database.",
  why: "Each deploy of one overwrites the other, and deleting one deletes both.",
  check: (plan) => {
    const { objects } = inventory(plan);
    const first = new Map<string, KubeObject>();
    const twice = objects.flatMap((object) => {
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
    return [...twice, ...sameInSystems(objects), ...objects.filter(isDatabase).flatMap(sameRoles)];
  },
};

/** What an object is called in the system that its operator declares it in; undefined if that has no name of its own. */
function nameInSystem(object: KubeObject): string | undefined {
  const { group, kind, spec } = object;
  if (group === "postgresql.cnpg.io" && kind === "Database") {
    return `${object.namespace}/${textAt(spec, "cluster", "name") ?? ""} ${nameOf(object)}`;
  }
  if (group !== "rabbitmq.com") return undefined;
  if (kind === "Vhost") return `${clusterOf(object)} ${nameOf(object)}`;
  if (["Queue", "Exchange", "Policy", "OperatorPolicy", "Shovel", "Federation"].includes(kind)) {
    return `${scopeOf(object)} ${nameOf(object)}`;
  }
  const user = textAt(spec, "userReference", "name") ?? textAt(spec, "user");
  return kind === "Permission" && user !== undefined ? `${scopeOf(object)} ${user}` : undefined;
}

/** Two objects of different names that declare one thing in the broker or the database: the last one wins. */
function sameInSystems(objects: readonly KubeObject[]): Finding[] {
  const first = new Map<string, KubeObject>();
  return objects.flatMap((object) => {
    const own = nameInSystem(object);
    if (own === undefined) return [];
    const key = `${object.kind} ${own}`;
    const other = first.get(key);
    first.set(key, other ?? object);
    if (other === undefined || (other.name === object.name && other.namespace === object.namespace)) return [];
    const message = `${title(object)} and ${title(other)} are both ${own.split(" ").at(-1) ?? ""} there: each overwrites the other, and what one of them was for is not set; give each its own name`;
    return [error(object.resource, "spec.name", message)];
  });
}

function sameRoles({ resource, spec }: KubeObject): Finding[] {
  const roles = listAt(spec, "managed", "roles").map((role) => textAt(role, "name") ?? "");
  return roles.flatMap((role, i) =>
    role === "" || roles.indexOf(role) === i
      ? []
      : [
          error(
            resource,
            ["spec", "managed", "roles", i, "name"],
            `${role} is declared twice: the operator refuses the database; drop one`,
          ),
        ],
  );
}
