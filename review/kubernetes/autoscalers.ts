import type { KubeObject } from "./objects";
import { numberAt, recordAt, textAt } from "./value";

/** An object that sets the number of pods of another one. */
export interface Autoscaler {
  readonly object: KubeObject;
  readonly target: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly min: number;
  readonly max: number;
  /** Names of the fields, as this kind of autoscaler calls them. */
  readonly fields: { readonly min: string; readonly max: string };
}

/** Defaults of KEDA. Source: https://keda.sh/docs/latest/reference/scaledobject-spec/ */
const KEDA = { min: 0, max: 100 };

export function autoscaler(object: KubeObject): Autoscaler | undefined {
  const { spec, namespace } = object;
  const target = recordAt(spec, "scaleTargetRef");
  const common = {
    object,
    target: { kind: textAt(target, "kind") ?? "Deployment", namespace, name: textAt(target, "name") ?? "" },
  };
  if (object.kind === "HorizontalPodAutoscaler" && object.group === "autoscaling") {
    const min = numberAt(spec, "minReplicas") ?? 1;
    return { ...common, min, max: numberAt(spec, "maxReplicas") ?? min, fields: { min: "minReplicas", max: "maxReplicas" } };
  }
  if (object.kind === "ScaledObject" && object.group === "keda.sh") {
    return {
      ...common,
      min: numberAt(spec, "minReplicaCount") ?? KEDA.min,
      max: numberAt(spec, "maxReplicaCount") ?? KEDA.max,
      fields: { min: "minReplicaCount", max: "maxReplicaCount" },
    };
  }
  return undefined;
}
