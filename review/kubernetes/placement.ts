import type { PodGroup } from "./pods";
import { selects } from "./selector";
import { isBroker, isDatabase } from "./systems";
import { at, listAt, numberAt, recordAt, textAt, type Json } from "./value";

type Labels = Readonly<Record<string, string>>;

/** A rule that keeps pods apart: a spread, or an anti-affinity. */
export interface Separation {
  readonly kind: "spread" | "anti-affinity";
  readonly path: readonly (string | number)[];
  readonly topologyKey: string;
  /** No pod is placed against it. */
  readonly hard: boolean;
  /** Most pods that one place may have more than another. */
  readonly maxSkew: number;
  /** Places whose nodes are all unreachable do not count. */
  readonly honorsTaints: boolean;
  /** It counts the pods that it is about. */
  readonly own: boolean;
  readonly matches: (labels: Labels) => boolean;
}

/** A label of a node, and the values that it may have. */
interface NodeRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What a pod says of where it may run. */
export interface Placement {
  /** Where it says so, in the resource's inputs. */
  readonly path: readonly string[];
  readonly separations: readonly Separation[];
  readonly nodeSelector: Json;
  readonly selectorPath: readonly string[];
  /** Labels that a node has to have, by its required node affinity; more than one list: any of them. */
  readonly nodeTerms: readonly (readonly NodeRequirement[])[];
  readonly termsPath: readonly string[];
  readonly priorityClass: string | undefined;
  readonly priorityPath: readonly string[];
}

/** Where each custom resource keeps the fields of a pod that its operator passes on. */
interface Places {
  readonly spread: readonly string[];
  readonly affinity: readonly string[];
  readonly pod: readonly string[];
}

function placesOf({ object, specPath }: PodGroup): Places {
  if (isBroker(object)) {
    const pod = ["spec", "override", "statefulSet", "spec", "template", "spec"];
    return { spread: pod, affinity: ["spec"], pod };
  }
  if (object.kind === "Pooler") {
    const pod = ["spec", "template", "spec"];
    return { spread: pod, affinity: pod, pod };
  }
  if (isDatabase(object) || ["Prometheus", "Alertmanager"].includes(object.kind))
    return { spread: ["spec"], affinity: ["spec"], pod: ["spec"] };
  return { spread: specPath, affinity: specPath, pod: specPath };
}

const cache = new WeakMap<PodGroup, Placement>();

/** Reads a group's placement, once. */
export function placementOf(group: PodGroup): Placement {
  const known = cache.get(group);
  if (known !== undefined) return known;
  const read = readPlacement(group);
  cache.set(group, read);
  return read;
}

function readPlacement(group: PodGroup): Placement {
  const { inputs } = group.object.resource;
  const places = placesOf(group);
  const pod = recordAt(inputs, ...places.pod);
  const database = isDatabase(group.object);
  return {
    path: [...places.spread, "topologySpreadConstraints"],
    separations: [
      ...spreads(group, places.spread),
      ...(database ? instances(group) : antiAffinities(group, [...places.affinity, "affinity"])),
    ],
    nodeSelector: database ? recordAt(pod, "affinity", "nodeSelector") : recordAt(pod, "nodeSelector"),
    selectorPath: [...places.pod, ...(database ? ["affinity"] : []), "nodeSelector"],
    ...nodeAffinity(inputs, [...places.affinity, "affinity", "nodeAffinity"]),
    priorityClass: textAt(pod, "priorityClassName"),
    priorityPath: [...places.pod, "priorityClassName"],
  };
}

/** Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity */
function nodeAffinity(inputs: Json, path: readonly string[]): Pick<Placement, "nodeTerms" | "termsPath"> {
  const termsPath = [...path, "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
  const nodeTerms = listAt(inputs, ...termsPath).map((term) =>
    listAt(term, "matchExpressions").map((one) => ({
      key: textAt(one, "key") ?? "",
      operator: textAt(one, "operator") ?? "",
      values: listAt(one, "values").filter((value): value is string => typeof value === "string"),
    })),
  );
  return { nodeTerms, termsPath };
}

/** Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
function spreads(group: PodGroup, place: readonly string[]): Separation[] {
  const { inputs } = group.object.resource;
  const path = [...place, "topologySpreadConstraints"];
  return listAt(inputs, ...path).map((constraint, i) => {
    const matches = (labels: Labels) => selects(at(constraint, "labelSelector"), labels);
    return {
      kind: "spread",
      path: [...path, i],
      topologyKey: textAt(constraint, "topologyKey") ?? "",
      hard: textAt(constraint, "whenUnsatisfiable") !== "ScheduleAnyway",
      maxSkew: numberAt(constraint, "maxSkew") ?? 1,
      honorsTaints: textAt(constraint, "nodeTaintsPolicy") === "Honor",
      own: group.labelSets.some(matches),
      matches,
    };
  });
}

function antiAffinities(group: PodGroup, place: readonly string[]): Separation[] {
  const { inputs } = group.object.resource;
  const path = [...place, "podAntiAffinity"];
  const read = (field: string, hard: boolean, inner: readonly string[]): Separation[] =>
    listAt(inputs, ...path, field).map((one, i) => {
      const term = inner.length === 0 ? one : at(one, ...inner);
      const matches = (labels: Labels) => selects(at(term, "labelSelector"), labels);
      return {
        kind: "anti-affinity",
        path: [...path, field, i],
        topologyKey: textAt(term, "topologyKey") ?? "",
        hard,
        maxSkew: 1,
        honorsTaints: true,
        own: group.labelSets.some(matches),
        matches,
      };
    });
  return [
    ...read("requiredDuringSchedulingIgnoredDuringExecution", true, []),
    ...read("preferredDuringSchedulingIgnoredDuringExecution", false, ["podAffinityTerm"]),
  ];
}

/** What the operator makes of `enablePodAntiAffinity`. Source: https://cloudnative-pg.io/documentation/1.30/scheduling/#pod-affinity-and-anti-affinity */
function instances(group: PodGroup): Separation[] {
  const affinity = recordAt(group.object.spec, "affinity");
  if (affinity.enablePodAntiAffinity === false) return [];
  return [
    {
      kind: "anti-affinity",
      path: ["spec", "affinity"],
      topologyKey: textAt(affinity, "topologyKey") ?? "kubernetes.io/hostname",
      hard: textAt(affinity, "podAntiAffinityType") === "required",
      maxSkew: 1,
      honorsTaints: true,
      own: true,
      matches: (labels) => labels["cnpg.io/cluster"] === group.object.name,
    },
  ];
}
