import { longRunning, scaled, seen } from "../../review/forecast/autoscaling/pods";
import { firstState, look, type Measured } from "../../review/forecast/autoscaling/simulation";
import { CONTROLLER, type AutoscalerSpec } from "../../review/forecast/autoscaling/spec";
import type { Step } from "./curve";
import type { Load } from "./load";
import { FASTER } from "./pace";

/** A load that changes: each part begins so many seconds after the one before it. */
export interface LoadPart {
  readonly seconds: number;
  readonly load: Load;
}

export function loadAt(parts: readonly LoadPart[], seconds: number): Load {
  let left = seconds;
  for (const part of parts) {
    if (left < part.seconds) return part.load;
    left -= part.seconds;
  }
  return parts.at(-1)?.load ?? { roles: {}, queues: {} };
}

/** Seconds of a simulated step: small against a sync. */
const STEP = 0.1;

/** Pods of kwok are ready a moment after they were made; metrics-server of these tests measures over a second. */
const STARTUP = 0.5;
const WINDOW = 1;

const TIMES = {
  syncPeriod: CONTROLLER.syncPeriod / FASTER,
  initialReadinessDelay: CONTROLLER.initialReadinessDelay / FASTER,
  cpuInitializationPeriod: CONTROLLER.cpuInitializationPeriod / FASTER,
};

/** Numbers of pods that the simulation expects for a load, as `Curves` writes them down. @param request cores of a pod's container */
export function simulated(
  spec: AutoscalerSpec,
  request: number,
  from: number,
  parts: readonly LoadPart[],
  began: number,
): Step[] {
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const steps: Step[] = [{ at: began, replicas: from }];
  let pods = longRunning(from);
  let state = firstState(0, from);
  for (let i = 0; i * STEP <= seconds; i += 1) {
    const now = i * STEP;
    const load = loadAt(parts, now);
    const own = load.roles[spec.target];
    const measured: Measured = {
      pods: seen(pods, now, { request: request * 1000, used: (own?.cpu ?? 0) * 1000, window: WINDOW }),
      read: ({ source }) => {
        if (source.from === "schedule") return 0;
        if (source.from === "prometheus") return (source.name === "gpu" ? own?.gpu : own?.requests) ?? 0;
        const queue = load.queues[source.queue];
        return (source.what === "rate" ? queue?.rate : queue?.messages) ?? 0;
      },
    };
    state = look(spec, state, now, measured, TIMES);
    if (state.wanted !== steps.at(-1)?.replicas) steps.push({ at: began + now * 1000, replicas: state.wanted });
    pods = scaled(pods, state.wanted, now, STARTUP);
  }
  return steps;
}

function replicasAt(steps: readonly Step[], at: number): number {
  return (steps.findLast((step) => step.at <= at) ?? steps[0])?.replicas ?? 0;
}

/**
 * Moments at which a number of pods is none of those that the simulation has within some seconds of them: what a second of difference
 * explains is no difference.
 */
export function differences(real: readonly Step[], expected: readonly Step[], until: number, seconds: number): string[] {
  const began = expected[0]?.at ?? 0;
  const found: string[] = [];
  for (let at = began; at <= until; at += 500) {
    const near = expected.filter((step) => Math.abs(step.at - at) <= seconds * 1000).map(({ replicas }) => replicas);
    const allowed = [replicasAt(expected, at - seconds * 1000), ...near];
    const pods = replicasAt(real, at);
    if (pods < Math.min(...allowed) || pods > Math.max(...allowed))
      found.push(`after ${(at - began) / 1000} s: ${pods} pods, expected ${[...new Set(allowed)].join(", ")}`);
  }
  return found;
}
