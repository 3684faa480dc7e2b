import type { KubernetesObject } from "../cluster/resources";

/** A window of KEDA's cron scaler. */
export interface Window {
  readonly start: string;
  readonly end: string;
}

/** The test runs at any time of any day, so the windows are moved: to the first minute of a year … */
export const never: Window = { start: "0 0 1 1 *", end: "1 0 1 1 *" };
/** … or to all of it but for the last minute. */
export const always: Window = { start: "0 0 1 1 *", end: "59 23 31 12 *" };

interface Trigger {
  readonly type: string;
  readonly metadata: object;
}

/** Objects whose schedules all have this window. */
export function withSchedules(objects: readonly KubernetesObject[], window: Window): KubernetesObject[] {
  return objects.map((object) => {
    if (object.kind !== "ScaledObject") return object;
    const spec = object.spec as { readonly triggers: readonly Trigger[] };
    const triggers = spec.triggers.map((trigger) =>
      trigger.type === "cron" ? { ...trigger, metadata: { ...trigger.metadata, ...window } } : trigger,
    );
    return { ...object, spec: { ...spec, triggers } };
  });
}
