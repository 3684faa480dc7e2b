import type { Autoscaler } from "../../kubernetes/autoscalers";
import { isRecord, listAt, numberAt, textAt } from "../../kubernetes/value";
import { count, reporter, type Finding } from "../rule";

const { error, warning } = reporter("scaling-acts");

/** Triggers that are asked of the kubelets and never of a source that may be away. */
const OF_PODS = new Set(["cpu", "memory"]);
/** Failures in a row, each 15 s after the other, before the fallback counts. */
const MOST_FAILURES = 20;
/** Milliseconds that a source may take to answer; KEDA's own is 3 s. */
const TIMEOUT = { least: 500, most: 15_000 };

/**
 * What happens while a source cannot be asked, and what KEDA's admission refuses of it.
 * Sources: https://keda.sh/docs/2.21/reference/scaledobject-spec/#fallback; CheckFallbackValid, CheckReplicaCountBoundsAreValid and ValidateTriggers of
 * https://github.com/kedacore/keda/tree/v2.21.0/apis/keda/v1alpha1
 */
export function fallbackFindings({ object, min }: Autoscaler): Finding[] {
  if (object.group !== "keda.sh" || object.kind !== "ScaledObject") return [];
  const { spec, resource } = object;
  const triggers = listAt(spec, "triggers");
  const asked = triggers.filter((one) => !OF_PODS.has(textAt(one, "type") ?? "") && textAt(one, "type") !== "cron");
  const findings: Finding[] = [];
  if (!isRecord(spec.fallback)) {
    if (asked.length > 0) {
      const message =
        "is not set: while a queue or a metric cannot be read, pods stay as few as they are, however much comes in; set mes:roles.*.scale.fallback";
      findings.push(warning(resource, "spec.fallback", message));
    }
  } else {
    const replicas = numberAt(spec, "fallback", "replicas");
    const failures = numberAt(spec, "fallback", "failureThreshold");
    if (replicas !== undefined && replicas < Math.max(1, min)) {
      const message = `${count(replicas, "pod")} while nothing can be measured, below the fewest (${min}); raise it`;
      findings.push(error(resource, "spec.fallback.replicas", message));
    }
    if (failures !== undefined && failures < 0)
      findings.push(error(resource, "spec.fallback.failureThreshold", "is below 0, which KEDA refuses; use 3"));
    if (failures !== undefined && failures > MOST_FAILURES) {
      const message = `is ${failures}: that many measurements fail before the fallback counts; use 3`;
      findings.push(warning(resource, "spec.fallback.failureThreshold", message));
    }
    if (triggers.length > 0 && triggers.every((one) => OF_PODS.has(textAt(one, "type") ?? ""))) {
      findings.push(error(resource, "spec.fallback", "is refused by KEDA where all triggers are cpu or memory; remove it"));
    }
  }
  const idle = numberAt(spec, "idleReplicaCount");
  if (idle !== undefined && idle > 0 && idle >= min) {
    findings.push(
      error(
        resource,
        "spec.idleReplicaCount",
        `is ${idle}, not below the fewest pods (${min}), which KEDA refuses; use 0, or remove it`,
      ),
    );
  }
  return [...findings, ...timeouts(object.resource, triggers), ...names(object.resource, triggers)];
}

function timeouts(resource: Autoscaler["object"]["resource"], triggers: readonly unknown[]): Finding[] {
  return triggers.flatMap((trigger, i) => {
    const time = numberAt(trigger, "metadata", "timeout");
    if (time === undefined || (time >= TIMEOUT.least && time <= TIMEOUT.most)) return [];
    const harm =
      time < TIMEOUT.least ? "a busy source counts as one that is away" : "one source that hangs holds up all measurements";
    return [warning(resource, ["spec", "triggers", i, "metadata", "timeout"], `is ${time} ms: ${harm}; use 3000`)];
  });
}

function names(resource: Autoscaler["object"]["resource"], triggers: readonly unknown[]): Finding[] {
  const all = triggers.map((one) => textAt(one, "name") ?? "");
  return all.flatMap((name, i) =>
    name !== "" && all.indexOf(name) < i
      ? [
          error(
            resource,
            ["spec", "triggers", i, "name"],
            `is ${name}, as another trigger's, which KEDA refuses; give each its own`,
          ),
        ]
      : [],
  );
}
