import type { Plan } from "../plan/plan";
import { autoscaler, type Autoscaler } from "./autoscalers";
import { helmRelease, type HelmRelease } from "./helm";
import { kubeObjects, type KubeObject } from "./objects";
import { OPERATOR_MODELS } from "./operators";
import type { MadeObject } from "./operators/model";
import { declaredPods, type PodGroup } from "./pods";
import { selectsPlainly } from "./selector";
import { recordAt } from "./value";

/** What a plan holds, as a reader of a cluster would sort it. */
export interface Inventory {
  readonly objects: readonly KubeObject[];
  readonly ofKind: (kind: string) => readonly KubeObject[];
  readonly find: (kind: string, namespace: string, name: string) => KubeObject | undefined;
  readonly pods: readonly PodGroup[];
  readonly autoscalers: readonly Autoscaler[];
  /** The fewest and the most pods of a group, as its autoscaler has it, or as declared. */
  readonly scale: (group: PodGroup) => Scale;
  readonly helmReleases: readonly HelmRelease[];
  /** Objects that operators make of the plan's custom resources. */
  readonly made: readonly MadeObject[];
  /** Namespaces in which charts run pods that the plan does not know. */
  readonly opaqueNamespaces: ReadonlySet<string>;
}

export interface Scale {
  readonly min: number;
  readonly max: number;
}

const cache = new WeakMap<Plan, Inventory>();

/** Sorts a plan, once. */
export function inventory(plan: Plan): Inventory {
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const taken = takeInventory(plan);
  cache.set(plan, taken);
  return taken;
}

function takeInventory(plan: Plan): Inventory {
  const objects = kubeObjects(plan);
  const byKind = new Map<string, KubeObject[]>();
  const byName = new Map<string, KubeObject>();
  for (const object of objects) {
    const sameKind = byKind.get(object.kind);
    if (sameKind === undefined) byKind.set(object.kind, [object]);
    else sameKind.push(object);
    byName.set(nameKey(object.kind, object.namespace, object.name), object);
  }
  const find = (kind: string, namespace: string, name: string) => byName.get(nameKey(kind, namespace, name));
  const models = objects.flatMap((object) =>
    OPERATOR_MODELS.filter((model) => model.group === object.group && model.kind === object.kind).map((model) => ({
      object,
      model,
    })),
  );
  const pods = [
    ...objects.flatMap((object) => declaredPods(object, plan.facts?.gpuResources)),
    ...models.flatMap(({ object, model }) => model.pods?.(object, { find }) ?? []),
  ];
  const autoscalers = objects.map(autoscaler).filter((found) => found !== undefined);
  const byTarget = new Map(autoscalers.map((one) => [nameKey(one.target.kind, one.target.namespace, one.target.name), one]));
  const helmReleases = plan.resources.map(helmRelease).filter((found) => found !== undefined);
  return {
    objects,
    ofKind: (kind) => byKind.get(kind) ?? [],
    find,
    pods,
    autoscalers,
    scale: (group) => {
      const { kind, namespace, name } = group.object;
      const scaling = byTarget.get(nameKey(kind, namespace, name));
      if (scaling !== undefined) return { min: scaling.min, max: Math.max(scaling.min, scaling.max) };
      // A job is there for a while only; a controller without a number of replicas has one pod.
      if (group.finite) return { min: 0, max: 1 };
      return { min: group.replicas ?? 1, max: group.replicas ?? 1 };
    },
    helmReleases,
    made: models.flatMap(({ object, model }) => model.makes?.(object) ?? []),
    opaqueNamespaces: new Set(helmReleases.map((release) => release.namespace)),
  };
}

function nameKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** Pods in a namespace that a test of their labels selects. */
export function podsMatching(
  groups: readonly PodGroup[],
  namespace: string,
  matches: (labels: Readonly<Record<string, string>>) => boolean,
): PodGroup[] {
  return groups.filter((group) => group.namespace === namespace && group.labelSets.some(matches));
}

/** The pods that a Service selects. */
export function podsBehind({ namespace, spec }: KubeObject, { pods }: Pick<Inventory, "pods">): PodGroup[] {
  const selector = recordAt(spec, "selector");
  return podsMatching(pods, namespace, (labels) => selectsPlainly(selector, labels));
}
