import type { KubeObject } from "../objects";
import { isBuiltIn } from "../groups";
import { GPU } from "../pods";
import { quantity } from "../quantities";
import { inWords } from "../sizes";
import { entriesAt, entryOf, isRecord, listAt, recordAt, textAt, type Json } from "../value";
import type { Known } from "./pods";
import { hidden, shown, type Problem } from "./problem";

const MIB = 2 ** 20;
/** Below this a request has a unit too few, e.g. `512m`, which is half a byte. */
const LEAST_UNIT = MIB;
/** Below this a container is killed before it has started: the runtime of Go alone takes about 10 MiB, those of Java and .NET more. */
const LEAST_MEMORY = 16 * MIB;
/** Of one pod. Sources: the operators' own least values, and what each takes by itself without load. */
const LEAST_OF_KIND: Readonly<Record<string, number>> = {
  Cluster: 256 * MIB,
  RabbitmqCluster: 256 * MIB,
  Prometheus: 128 * MIB,
  Alertmanager: 32 * MIB,
};

/** What custom resources ask for. Those of pods have their containers looked at. */
const PLACES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Cluster: [["spec", "resources"]],
  RabbitmqCluster: [["spec", "resources"]],
  Prometheus: [["spec", "resources"]],
  Alertmanager: [["spec", "resources"]],
  ObjectStore: [["spec", "instanceSidecarConfiguration", "resources"]],
};

const VOLUMES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Cluster: [
    ["spec", "storage", "size"],
    ["spec", "walStorage", "size"],
  ],
  RabbitmqCluster: [["spec", "persistence", "storage"]],
  PersistentVolumeClaim: [["spec", "resources", "requests", "storage"]],
  Prometheus: [["spec", "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage"]],
  Alertmanager: [["spec", "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage"]],
};

export function resourceProblems({ kind, resource, namespace }: KubeObject, known: Known): Problem[] {
  const at = (path: readonly string[]): unknown =>
    path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), resource.inputs);
  return [
    ...(entryOf(PLACES, kind) ?? []).flatMap((path) => {
      const value = at(path);
      if (!isRecord(value)) return [];
      const least = entryOf(LEAST_OF_KIND, kind) ?? LEAST_MEMORY;
      return [...requestProblems(value, path, known, { whole: true, least }), ...limitProblems(value, path, namespace, known)];
    }),
    ...templateContainers(resource.inputs).flatMap(([value, path]) => [
      ...requestProblems(value, path, known),
      ...limitProblems(value, path, namespace, known),
    ]),
    ...(entryOf(VOLUMES, kind) ?? []).flatMap((path) => {
      const value = at(path);
      if (value === undefined || hidden(value) || quantity(value) !== undefined) return [];
      return [{ path, message: `${shown(value)} is no size; write it as 10Gi` }];
    }),
  ];
}

/** Containers that a custom resource hands on to the pods that its operator makes. */
const TEMPLATES: readonly (readonly string[])[] = [
  ["spec", "template", "spec"],
  ["spec", "override", "statefulSet", "spec", "template", "spec"],
];

function templateContainers(inputs: Json): [Json, (string | number)[]][] {
  // Those of Kubernetes' own controllers are looked at with their pods.
  if (isBuiltIn(textAt(inputs, "apiVersion") ?? "")) return [];
  return TEMPLATES.flatMap((place) =>
    listAt(inputs, ...place, "containers").map((container, i): [Json, (string | number)[]] => [
      recordAt(container, "resources"),
      [...place, "containers", i, "resources"],
    ]),
  );
}

/** @param resources `requests` and `limits` of a container @param whole it has to have both, as no controller adds them */
export function requestProblems(
  resources: Json,
  path: readonly (string | number)[],
  known: Known,
  { whole = false, least = LEAST_MEMORY } = {},
): Problem[] {
  const sides = ["requests", "limits"] as const;
  const problems: Problem[] = sides.flatMap((side) =>
    entriesAt(resources, side).flatMap(([name, value]) => {
      const problem = hidden(value) ? undefined : amountProblem(name, value, known, least);
      return problem === undefined ? [] : [{ path: [...path, side, name], message: problem }];
    }),
  );
  const names = new Set(sides.flatMap((side) => entriesAt(resources, side).map(([name]) => name)));
  for (const name of names) {
    const [requested, limit] = sides.map((side) => quantity(amountAt(resources, side, name)));
    const isExtended = name.includes("/");
    if (requested !== undefined && limit !== undefined && (requested > limit || (isExtended && requested !== limit))) {
      const message = `requests ${amountOf(name, requested)} of ${name} with a limit of ${amountOf(name, limit)}, which the API refuses; raise the limit${isExtended ? " or the request: they have to be equal" : ""}`;
      problems.push({ path: [...path, "limits", name], message });
    }
    if (isExtended && requested !== undefined && limit === undefined) {
      problems.push({
        path: [...path, "limits"],
        message: `requests ${name} without a limit, which the API refuses; add the same limit`,
      });
    }
  }
  if (whole) {
    const missing = [
      ...["cpu", "memory"].filter((name) => !names.has(name)).map((name) => `requests.${name}`),
      ...(amountAt(resources, "limits", "memory") === undefined ? ["limits.memory"] : []),
    ];
    if (missing.length > 0) problems.push({ path, message: `has no ${missing.join(", ")}; set them` });
  }
  return problems;
}

function amountAt(resources: Json, side: string, name: string): unknown {
  const amounts = resources[side];
  return isRecord(amounts) ? amounts[name] : undefined;
}

function amountOf(name: string, amount: number): string {
  return name === "memory" || name === "ephemeral-storage" ? inWords(amount) : String(amount);
}

/** Resources that every node has. */
const NATIVE = /^(?:cpu|memory|ephemeral-storage|hugepages-\d+[KMG]i)$/;

function amountProblem(name: string, value: unknown, known: Known, least: number): string | undefined {
  const amount = quantity(value);
  if (amount === undefined) return `${shown(value)} is no quantity; write it as ${name === "cpu" ? "500m or 2" : "512Mi"}`;
  if (amount < 0) return `${shown(value)} is less than nothing`;
  if (name === "memory" && amount >= LEAST_UNIT && amount < least) {
    return `${inWords(amount)} of memory is less than the program takes by itself: it is killed at its start; use at least ${inWords(least)}`;
  }
  if (name === "memory" && amount < LEAST_UNIT) {
    const unit = String(value).endsWith("m") ? ": m is a thousandth, and Mi is meant" : "";
    return `${shown(value)} is ${amount} bytes, in which nothing runs${unit}`;
  }
  if (NATIVE.test(name)) return undefined;
  if (!name.includes("/")) return `there is no resource ${name}; use cpu, memory or ephemeral-storage`;
  if (!Number.isInteger(amount)) return `${shown(value)} of ${name}: parts of it cannot be asked for`;
  if (GPU.test(name) || known.gpuResources.has(name)) return undefined;
  return `no node offers ${name}, so that the pod waits for ever; correct the name, or tell it in mes:roles as gpu.resource`;
}

/** What a LimitRange lets a container have. Source: https://kubernetes.io/docs/concepts/policy/limit-range/ */
export function limitProblems(resources: Json, path: readonly (string | number)[], namespace: string, known: Known): Problem[] {
  const ranges = known.limits
    .filter((range) => range.namespace === namespace)
    .flatMap(({ spec }) => (Array.isArray(spec.limits) ? (spec.limits as unknown[]) : []))
    .filter((limit) => ["Container", "Pod"].includes(textAt(limit, "type") ?? ""));
  return ranges.flatMap((range) =>
    ["cpu", "memory"].flatMap((name): Problem[] => {
      const most = quantity(isRecord(range) ? amountAt(range, "max", name) : undefined);
      const least = quantity(isRecord(range) ? amountAt(range, "min", name) : undefined);
      const limit = quantity(amountAt(resources, "limits", name)) ?? quantity(amountAt(resources, "requests", name));
      const requested = quantity(amountAt(resources, "requests", name)) ?? limit;
      if (most !== undefined && limit !== undefined && limit > most) {
        const message = `${amountOf(name, limit)} of ${name} is more than the ${amountOf(name, most)} that the LimitRange of ${namespace} allows; lower it`;
        return [{ path, message }];
      }
      if (least !== undefined && requested !== undefined && requested < least) {
        const message = `${amountOf(name, requested)} of ${name} is less than the ${amountOf(name, least)} that the LimitRange of ${namespace} asks for; raise it`;
        return [{ path, message }];
      }
      return [];
    }),
  );
}
