/** A metric of an autoscaler, as HorizontalPodAutoscaler v2 has it. */
export type Metric =
  | {
      /** Average use of the pods' container, in percent of its request. */
      readonly kind: "utilization";
      readonly resource: "cpu" | "memory";
      readonly target: number;
    }
  | {
      /** A value from outside of the pods, shared by all of them. */
      readonly kind: "average";
      readonly source: Source;
      /** For each pod. */
      readonly target: number;
      /** With KEDA and no pod: the value above which the first one is started. */
      readonly activation: number;
    };

/** Where KEDA gets a value. */
export type Source =
  | { readonly from: "queue"; readonly queue: string; readonly what: "length" | "rate" }
  | { readonly from: "prometheus"; readonly name: string }
  | { readonly from: "schedule"; readonly start: string; readonly end: string; readonly timezone: string; readonly pods: number };

export interface Policy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  /** Seconds. */
  readonly period: number;
}

/** How fast pods are added, or removed. */
export interface Rules {
  /** Seconds of the stabilization window. */
  readonly window: number;
  readonly select: "Max" | "Min" | "Disabled";
  readonly policies: readonly Policy[];
  /** Part of the target by which the load may differ without consequence. */
  readonly tolerance: number;
}

/** What KEDA adds to a HorizontalPodAutoscaler. All times in seconds. */
export interface Keda {
  readonly minReplicas: number;
  readonly pollingInterval: number;
  readonly cooldown: number;
  readonly fallback?: {
    readonly behavior: "static" | "currentReplicas" | "currentReplicasIfHigher" | "currentReplicasIfLower";
    readonly replicas: number;
    readonly failureThreshold: number;
  };
}

/** An autoscaler: a HorizontalPodAutoscaler, or a ScaledObject and the HorizontalPodAutoscaler that KEDA makes of it. */
export interface AutoscalerSpec {
  readonly target: string;
  /** Of the HorizontalPodAutoscaler: 1 where KEDA's is 0. */
  readonly min: number;
  readonly max: number;
  readonly metrics: readonly Metric[];
  readonly up: Rules;
  readonly down: Rules;
  readonly keda?: Keda;
}

/** Times of the controller, in seconds. */
export interface ControllerTimes {
  readonly syncPeriod: number;
  readonly initialReadinessDelay: number;
  readonly cpuInitializationPeriod: number;
}

/**
 * Defaults of kube-controller-manager.
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
export const CONTROLLER: ControllerTimes = { syncPeriod: 15, initialReadinessDelay: 30, cpuInitializationPeriod: 300 };

/** `--horizontal-pod-autoscaler-tolerance`; a behavior's own needs a feature gate that is off in 1.34 and on from 1.35 on. */
export const TOLERANCE = 0.1;

/**
 * What the API server fills in for rules that are not declared, or in part; the window of removing is that of the controller.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#default-behavior
 */
export const DEFAULT_RULES: { readonly up: Rules; readonly down: Rules } = {
  up: {
    window: 0,
    select: "Max",
    policies: [
      { type: "Pods", value: 4, period: 15 },
      { type: "Percent", value: 100, period: 15 },
    ],
    tolerance: TOLERANCE,
  },
  down: { window: 300, select: "Max", policies: [{ type: "Percent", value: 100, period: 15 }], tolerance: TOLERANCE },
};
