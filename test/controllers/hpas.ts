import type { ApiClient } from "../cluster/api";
import type { KubernetesObject } from "../cluster/resources";
import type { Behavior } from "./pace";
import { ofKind } from "./stack";

/** What matters of a HorizontalPodAutoscaler, its metrics as a reader would say them. */
export interface HpaSummary {
  readonly name: string;
  readonly target: string;
  readonly min: number;
  readonly max: number;
  readonly metrics: readonly string[];
  readonly behavior: Behavior;
}

interface ContainerMetric {
  readonly name: string;
  readonly container: string;
  readonly target: { readonly averageUtilization: number };
}

export interface Hpa extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly behavior: Behavior;
    readonly metrics: readonly {
      readonly containerResource?: ContainerMetric;
      readonly external?: { readonly metric: { readonly name: string }; readonly target: { readonly averageValue: string } };
    }[];
  };
}

/** The HorizontalPodAutoscalers of a cluster. */
export async function hpas(api: ApiClient): Promise<HpaSummary[]> {
  const { items } = await api.get<{ items: Hpa[] }>("/apis/autoscaling/v2/horizontalpodautoscalers");
  return items.map(summary).sort(byName);
}

function summary({ metadata, spec }: Hpa): HpaSummary {
  return {
    name: metadata.name,
    target: spec.scaleTargetRef.name,
    min: spec.minReplicas,
    max: spec.maxReplicas,
    behavior: spec.behavior,
    metrics: spec.metrics
      .map(({ containerResource, external }) =>
        containerResource === undefined
          ? // KEDA names a metric by its trigger's number, its scaler, and what the scaler measures.
            `${/^s\d+-[a-z]+/.exec(external?.metric.name ?? "")?.[0]}: ${external?.target.averageValue} for each pod`
          : said(containerResource),
      )
      .sort(),
  };
}

function said({ name, container, target }: ContainerMetric): string {
  return `${name} of ${container}: ${target.averageUtilization} %`;
}

interface Trigger {
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface ScaledObject extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly name: string; readonly behavior: Behavior } };
    readonly triggers: readonly Trigger[];
  };
}

/** Those that must come of what is declared: each of our own, and one for each ScaledObject. */
export function expectedHpas(objects: readonly KubernetesObject[]): HpaSummary[] {
  const own = ofKind<Hpa>(objects, "HorizontalPodAutoscaler").map(summary);
  const made = ofKind<ScaledObject>(objects, "ScaledObject").map(({ spec }) => {
    const { name, behavior } = spec.advanced.horizontalPodAutoscalerConfig;
    return {
      name,
      target: spec.scaleTargetRef.name,
      // Between none and one it is KEDA itself that scales.
      min: Math.max(1, spec.minReplicaCount),
      max: spec.maxReplicaCount,
      behavior,
      metrics: spec.triggers.map(expectedMetric).sort(),
    };
  });
  return [...own, ...made].sort(byName);
}

function expectedMetric({ type, metadata }: Trigger, index: number): string {
  switch (type) {
    case "cpu":
    case "memory":
      return said({
        name: type,
        container: metadata.containerName ?? "",
        target: { averageUtilization: Number(metadata.value) },
      });
    case "cron":
      return `s${index}-cron: 1 for each pod`;
    default:
      return `s${index}-${type}: ${metadata.threshold ?? metadata.value} for each pod`;
  }
}

function byName(a: HpaSummary, b: HpaSummary): number {
  return a.name.localeCompare(b.name);
}
