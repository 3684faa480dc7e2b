import type { IScaledObjectSpec } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObjectSpec";
import type * as k8s from "@pulumi/kubernetes";
import { parseDuration } from "../schema";
import type { ScaleConfig } from "./config";
import { triggers, type ScaledRole, type TriggerSources } from "./triggers";

type HpaSpec = k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec;

const API_VERSION = "apps/v1";
const KIND = "Deployment";

/** Pace of the HorizontalPodAutoscaler, ours and KEDA's alike. */
function behaviorOf({ behavior: { up, down } }: ScaleConfig) {
  const rules = (pace: typeof up) => ({
    stabilizationWindowSeconds: parseDuration(pace.stabilization),
    selectPolicy: "Max",
    policies: [
      { type: "Percent", value: pace.percent, periodSeconds: parseDuration(pace.period) },
      { type: "Pods", value: pace.pods, periodSeconds: parseDuration(pace.period) },
    ],
  });
  return { scaleUp: rules(up), scaleDown: rules(down) };
}

/**
 * A HorizontalPodAutoscaler on CPU and memory of the role's own container: a sidecar (of a mesh, of an agent) must not
 * water the average down.
 */
export function hpaSpec(scale: ScaleConfig, role: ScaledRole): HpaSpec {
  const metrics = (["cpu", "memory"] as const).flatMap((name) => {
    const averageUtilization = scale[name];
    if (averageUtilization === undefined) return [];
    const target = { type: "Utilization", averageUtilization };
    return [{ type: "ContainerResource", containerResource: { name, container: role.container, target } }];
  });
  return {
    scaleTargetRef: { apiVersion: API_VERSION, kind: KIND, name: role.name },
    minReplicas: scale.min,
    maxReplicas: scale.max,
    metrics,
    behavior: behaviorOf(scale),
  };
}

/** Pods when nothing can be measured: half way from min to max, rounded up. Carries a common load, and leaves room. */
export function fallbackReplicas(scale: ScaleConfig): number {
  return scale.fallback.replicas ?? Math.max(1, Math.ceil((scale.min + scale.max) / 2));
}

export function scaledObjectSpec(scale: ScaleConfig, role: ScaledRole, sources: TriggerSources): IScaledObjectSpec {
  return {
    scaleTargetRef: { apiVersion: API_VERSION, kind: KIND, name: role.name },
    minReplicaCount: scale.min,
    maxReplicaCount: scale.max,
    pollingInterval: parseDuration(scale.pollingInterval),
    cooldownPeriod: parseDuration(scale.cooldown),
    fallback: {
      behavior: scale.fallback.behavior,
      failureThreshold: scale.fallback.failureThreshold,
      replicas: fallbackReplicas(scale),
    },
    advanced: { horizontalPodAutoscalerConfig: { name: hpaName(role.name, true), behavior: behaviorOf(scale) } },
    triggers: triggers(scale, role, sources),
  };
}

/** Name of the HorizontalPodAutoscaler of a role, its own or the one that KEDA makes; alerts and dashboards look for it. */
export function hpaName(role: string, keda: boolean): string {
  return keda ? `keda-hpa-${role}` : role;
}
