import { parse } from "yaml";
import { manifestsOf } from "../../review/report/manifests";
import { record } from "../../review/plan/record";
import { readStackFile, stackFilePath } from "../../stacks/config/load";
import type { StackConfig } from "../../stacks/config/schema";
import { platform } from "../../stacks/platform";
import { inStages, untilPodsCanBeJudged } from "../cluster/acceptance";
import type { ApiClient } from "../cluster/api";
import { Applier } from "../cluster/apply";
import type { Cluster } from "../cluster/cluster";
import { lightCluster, type LightClusterOptions } from "../cluster/light";
import type { KubernetesObject } from "../cluster/resources";
import { pools } from "../engine/stack-cluster";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { whole, type WholeConfig } from "../helpers/whole";

/** A stack as it is declared: its settings, and its Kubernetes objects as its plan has them. */
export interface DeclaredStack {
  readonly name: string;
  readonly config: WholeConfig;
  readonly objects: readonly KubernetesObject[];
}

/** @param change of its settings, @default none */
export async function declaredStack(
  name: string,
  change: (config: WholeConfig) => StackConfig = (config) => config,
): Promise<DeclaredStack> {
  const config = whole(change(whole(readStackFile(stackFilePath(PROJECT_DIRECTORY, name)).config)));
  const plan = await record(() => platform(name, config), { project: "mes", stack: name, projectDirectory: PROJECT_DIRECTORY });
  return { name, config, objects: manifestsOf(plan).manifests.map(({ text }) => parse(text) as KubernetesObject) };
}

/** A light cluster with the nodes and the storage class of a stack, and all controllers of Kubernetes. */
export async function clusterOf({ config }: DeclaredStack, flags?: LightClusterOptions["flags"]): Promise<Cluster> {
  return lightCluster({
    crds: true,
    controllers: true,
    nodes: pools(config),
    storageClasses: [config.cluster.storageClass ?? "standard"],
    flags,
  });
}

/** Applies objects, each after what it needs. */
export async function applyInOrder(api: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  const applier = new Applier(api);
  const manifests = objects.map((object) => ({ file: object.metadata.name, object }));
  const stages = inStages(manifests);
  const last = stages.pop() ?? [];
  for (const stage of stages) await applier.applyAll(stage.map(({ object }) => object));
  // A pod that is refused at first is tried again only after a while.
  await untilPodsCanBeJudged(api, manifests);
  const objectsLeft = last.map(({ object }) => object);
  await applier.applyAll(objectsLeft.filter((object) => !isAutoscaler(object)));
  // KEDA looks at their targets.
  await applier.applyAll(objectsLeft.filter(isAutoscaler));
}

/** KEDA's or Kubernetes' own. */
export function isAutoscaler({ kind }: KubernetesObject): boolean {
  return kind === "ScaledObject" || kind === "HorizontalPodAutoscaler";
}

/** Objects of a kind, by their names. */
export function ofKind<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T[] {
  return objects.filter((object) => object.kind === kind) as T[];
}

/** Objects with others in the place of those of the same kind and name. */
export function withObjects(objects: readonly KubernetesObject[], others: readonly KubernetesObject[]): KubernetesObject[] {
  const key = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.namespace}/${metadata.name}`;
  const replaced = new Set(others.map(key));
  return [...objects.filter((object) => !replaced.has(key(object))), ...others];
}
