import { longRunning, scaled, seen } from "../../../../review/forecast/autoscaling/pods";
import { firstState, look, type Measured } from "../../../../review/forecast/autoscaling/simulation";
import { CONTROLLER, type AutoscalerSpec } from "../../../../review/forecast/autoscaling/spec";
import type { Step } from "../../../controllers/curve";
import type { Load } from "../../../controllers/load";
import { FASTER } from "../../../controllers/pace";

/** A load that changes: each part begins so many seconds after the one before it. */
export interface LoadPart {
  readonly seconds: number;
  readonly load: Load;
}

function loadAt(parts: readonly LoadPart[], seconds: number): Load {
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
