import { numberAt, recordAt, textAt, type Json } from "../kubernetes/value";
import { count } from "../rules/rule";
import { effectOf, fieldsWith, type Changed, type Effect } from "./effect";

const TEMPLATE = /^spec\.template(?:\.|$)/;

/**
 * How the pods of a controller follow a change of their template.
 * Sources: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy (of percentages, what may be missing is rounded down and
 * what may be added is rounded up), …/statefulset/#update-strategies, https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 * @param pods how many run at least
 */
export function podEffects(changed: Changed, pods: number): Effect[] {
  const { kind, spec } = changed.object;
  const fields = fieldsWith(changed, TEMPLATE);
  const scaled = scaleEffects(changed);
  if (fields.length === 0) return scaled;
  if (kind === "Deployment") return [{ ...ofDeployment(spec, pods), fields }, ...scaled];
  if (kind === "StatefulSet") return [{ ...ofStatefulSet(spec, pods), fields }, ...scaled];
  if (kind === "DaemonSet") return [{ ...ofDaemonSet(spec), fields }, ...scaled];
  return scaled;
}

type Told = Omit<Effect, "fields">;

function ofDeployment(spec: Json, pods: number): Told {
  if (pods === 0) return { severity: "acts", what: "no pod runs, so none restarts" };
  if (textAt(spec, "strategy", "type") === "Recreate") {
    return { severity: "stops", what: `all ${count(pods, "pod")} stop before new ones start (strategy Recreate)` };
  }
  const rolling = recordAt(spec, "strategy", "rollingUpdate");
  const surge = share(rolling.maxSurge ?? "25%", pods, Math.ceil);
  // Both cannot be nothing: then one pod may be missing.
  const missing =
    surge === 0
      ? Math.max(1, share(rolling.maxUnavailable ?? "25%", pods, Math.floor))
      : share(rolling.maxUnavailable ?? "25%", pods, Math.floor);
  if (missing >= pods) return { severity: "stops", what: `all ${count(pods, "pod")} may stop at once (maxUnavailable)` };
  const more = surge === 0 ? "none more" : `up to ${surge} more at a time`;
  const fewer = missing === 0 ? "none fewer" : `up to ${missing} of ${pods} fewer`;
  return { severity: "restarts", what: `pods restart, rolling: ${more}, ${fewer}` };
}

function share(amount: unknown, of: number, round: (value: number) => number): number {
  const [, percent] = /^(\d+)%$/.exec(String(amount)) ?? [];
  return percent === undefined ? Number(amount) || 0 : round((Number(percent) * of) / 100);
}

function ofStatefulSet(spec: Json, pods: number): Told {
  if (textAt(spec, "updateStrategy", "type") === "OnDelete") {
    return { severity: "acts", what: "its pods stay as they are until somebody deletes them (updateStrategy OnDelete)" };
  }
  const partition = numberAt(spec, "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const restarted = Math.max(0, pods - partition);
  if (restarted === 0) return { severity: "acts", what: "no pod restarts" };
  if (pods === 1) return { severity: "stops", what: "its only pod stops and comes back" };
  return { severity: "restarts", what: `${restarted} of ${count(pods, "pod")} restart, one after the other, the last one first` };
}

function ofDaemonSet(spec: Json): Told {
  if (textAt(spec, "updateStrategy", "type") === "OnDelete") {
    return { severity: "acts", what: "its pods stay as they are until somebody deletes them (updateStrategy OnDelete)" };
  }
  const rolling = ["updateStrategy", "rollingUpdate", "maxUnavailable"];
  const missing = textAt(spec, ...rolling) ?? numberAt(spec, ...rolling) ?? 1;
  return { severity: "restarts", what: `its pods restart on ${missing} of the nodes at a time` };
}

function scaleEffects(changed: Changed): Effect[] {
  const [was, is] = [numberAt(changed.was, "spec", "replicas"), numberAt(changed.is, "spec", "replicas")];
  if (was === undefined || is === undefined || was === is) return [];
  const more = is - was;
  if (is === 0) return effectOf(changed, /^spec\.replicas$/, "stops", `all ${count(was, "pod")} stop, and none start`);
  return effectOf(
    changed,
    /^spec\.replicas$/,
    "acts",
    more > 0 ? `${count(more, "more pod")} start` : `${count(-more, "pod")} stop`,
  );
}
