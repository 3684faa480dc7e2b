import { isBuiltIn } from "../groups";
import type { KubeObject } from "../objects";
import type { SchemaTable } from "../schemas/schema";
import { schemaTable } from "../schemas/table";
import { schemaProblems } from "../schemas/validate";
import { hidden, type Problem } from "./problem";

/**
 * What the API server refuses of an object by the schema of its kind: fields that there are not, texts that a field does not take, what is
 * missing. Kinds of operators that the table does not have are not judged.
 */
export function schemaProblemsOf({ apiVersion, kind, resource }: KubeObject): Problem[] {
  const table = schemaTable();
  const own = `${apiVersion} ${kind}`;
  const place = Object.hasOwn(table.kinds, own) ? table.kinds[own] : undefined;
  if (place !== undefined) return schemaProblems(resource.inputs, place, table);
  if (!isBuiltIn(apiVersion) || hidden(apiVersion)) return [];
  const served = servedVersions(kind, table);
  const version = table.versions["k8s.io/kubernetes"] ?? "";
  const what = served.length > 0 ? `use ${served.join(" or ")}` : "there is no such kind";
  return [{ path: ["apiVersion"], message: `Kubernetes ${version} does not serve ${apiVersion} ${kind}; ${what}` }];
}

/** Versions of Kubernetes' own groups in which a kind is served. */
function servedVersions(kind: string, { kinds }: SchemaTable): string[] {
  return Object.keys(kinds)
    .map((served) => served.split(" "))
    .filter(([version = "", name]) => name === kind && isBuiltIn(version))
    .map(([version = ""]) => version)
    .reverse();
}
