import { isBuiltIn } from "../kubernetes/groups";
import { kubeObjects, type KubeObject } from "../kubernetes/objects";
import { at, isRecord, walk } from "../kubernetes/value";
import { reporter, type Rule } from "./rule";

const name = "no-lasting-diff";
const { error } = reporter(name);

type Path = readonly (string | number)[];

/**
 * Lists that the API answers as `null` when they are empty, since their Go type has no `omitempty`, and that may be empty. The plug-in leaves
 * out all other empty lists and maps of the kinds that it knows. Source: the types of k8s.io/api; normalizeInputs of pulumi-kubernetes v4.
 */
const WRITTEN_AS_NULL: Readonly<Record<string, readonly Path[]>> = {
  "rbac.authorization.k8s.io/v1 Role": [["rules"]],
  "rbac.authorization.k8s.io/v1 ClusterRole": [["rules"]],
  "discovery.k8s.io/v1 EndpointSlice": [["endpoints"], ["ports"]],
  "v1 LimitRange": [["spec", "limits"]],
};

/** Of all objects the API server drops these; of Secrets and custom resources the plug-in compares them as they are written. */
const OF_METADATA: readonly Path[] = [
  ["metadata", "labels"],
  ["metadata", "annotations"],
];
const OF_SECRETS: readonly Path[] = [["stringData"], ["data"], ...OF_METADATA];

/** In the other fields of custom resources the API server keeps what is empty, but may refuse `null`, or drop it. */
export const noLastingDiff: Rule = {
  name,
  title: "The API server keeps what is declared as it is written, so that after a deploy a preview finds nothing to do.",
  why: "A difference in every preview hides the one that matters, and a check for drift can never pass.",
  check: (plan) =>
    kubeObjects(plan).flatMap((object) => {
      const lost = (path: Path, what: string) =>
        error(object.resource, path, `${what}, which the API server does not keep: every preview shows it again; leave it out`);
      return [
        ...droppedWhenEmpty(object)
          .filter((path) => isEmpty(at(object.resource.inputs, ...path)))
          .map((path) => lost(path, "is empty")),
        ...nulls(object.resource.inputs).map((path) => lost(path, "is null")),
      ];
    }),
};

function droppedWhenEmpty({ apiVersion, kind, resource }: KubeObject): readonly Path[] {
  if (apiVersion === "v1" && kind === "Secret") return OF_SECRETS;
  if (!isBuiltIn(apiVersion)) return OF_METADATA;
  return [...(WRITTEN_AS_NULL[`${apiVersion} ${kind}`] ?? []), ...emptySources(resource.inputs)];
}

/** Projected volumes without sources, wherever pods are described. */
function emptySources(value: unknown): Path[] {
  const found: Path[] = [];
  walk(value, [], (part, path) => {
    if (path.at(-1) !== "projected" || !isRecord(part)) return true;
    found.push([...path, "sources"]);
    return false;
  });
  return found;
}

function nulls(value: unknown): Path[] {
  const found: Path[] = [];
  walk(value, [], (part, path) => {
    if (part === null) found.push([...path]);
  });
  return found;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
