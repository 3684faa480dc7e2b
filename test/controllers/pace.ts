/*
 * How fast an autoscaler may add and remove pods, by the rules of HorizontalPodAutoscaler v2.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */

interface Policy {
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}

export interface Rules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: string;
  readonly policies: readonly Policy[];
}

export interface Behavior {
  readonly scaleUp: Rules;
  readonly scaleDown: Rules;
}

/**
 * In these tests time goes by so many times faster for autoscalers: minutes of waiting become seconds. Every figure that a stack
 * or Kubernetes gives in seconds is divided by it, so that the proportions stay; each is a whole number of seconds afterwards.
 */
export const FASTER = 15;

const TIMES = new Set(["stabilizationWindowSeconds", "periodSeconds", "pollingInterval", "cooldownPeriod"]);

/** Divides each field of autoscalers that is a time. @throws RangeError where that leaves no whole number of seconds */
export function faster<T>(value: T, factor = FASTER): T {
  if (Array.isArray(value)) return value.map((item: unknown) => faster(item, factor)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]: [string, unknown]) => {
    return [key, TIMES.has(key) ? quotient(key, Number(field), factor) : faster(field, factor)];
  });
  return Object.fromEntries(entries) as T;
}

function quotient(key: string, seconds: number, factor: number): number {
  if (seconds % factor !== 0) throw new RangeError(`${key}: ${seconds} s are no multiple of ${factor}`);
  return seconds / factor;
}

/**
 * Flags of kube-controller-manager with its own times divided in the same way.
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ (defaults)
 */
export function fasterFlags(factor = FASTER): string[] {
  const seconds = {
    "sync-period": 15,
    "initial-readiness-delay": 30,
    "cpu-initialization-period": 300,
    "downscale-stabilization": 300,
  };
  return Object.entries(seconds).map(([flag, value]) => `--horizontal-pod-autoscaler-${flag}=${value / factor}s`);
}

/** Numbers of pods on the way up, one for each period. */
export function stairsUp(from: number, to: number, { policies }: Rules): number[] {
  const next = (pods: number) =>
    Math.max(...policies.map(({ type, value }) => (type === "Pods" ? pods + value : Math.ceil(pods * (1 + value / 100)))));
  const stairs = [from];
  for (let pods = from; pods < to; stairs.push(pods)) pods = Math.min(to, next(pods));
  return stairs;
}

/** Numbers of pods on the way down, one for each period. */
export function stairsDown(from: number, to: number, { policies }: Rules): number[] {
  const next = (pods: number) =>
    Math.min(...policies.map(({ type, value }) => (type === "Pods" ? pods - value : Math.trunc(pods * (1 - value / 100)))));
  const stairs = [from];
  for (let pods = from; pods > to; stairs.push(pods)) pods = Math.max(to, next(pods));
  return stairs;
}

/** Length of the rules' period, in seconds. */
export function periodOf({ policies }: Rules): number {
  return Math.max(...policies.map(({ periodSeconds }) => periodSeconds));
}
