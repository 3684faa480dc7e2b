import type { Autoscaler } from "../kubernetes/autoscalers";
import { inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import { requestsOf, type PodGroup } from "../kubernetes/pods";
import { listAt, recordAt, textAt } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "autoscaler-target";
const { error } = reporter(name);

/** A metric that is a share of what a container requests. */
interface Utilization {
  readonly path: readonly (string | number)[];
  readonly resource: string;
  /** The one container it is measured on; absent: the whole pod. */
  readonly container?: string;
}

export const autoscalerTarget: Rule = {
  name,
  title: "An autoscaler has a target in the plan, a metric, a request for each that is a share of one, and a range that is one.",
  why: "An autoscaler whose target is misspelt, or whose utilization has no request to be a share of, scales nothing and says so only in an event.",
  check: (plan) => {
    const { autoscalers, pods } = inventory(plan);
    return autoscalers.flatMap((autoscaler) => {
      const { object, target, min, max, fields } = autoscaler;
      const findings: Finding[] = [];
      if (min > max) {
        findings.push(
          error(
            object.resource,
            `spec.${fields.min}`,
            `${fields.min} is ${min}, above ${fields.max}, which is ${max}; raise ${fields.max}`,
          ),
        );
      }
      if (metricsOf(autoscaler).length === 0) {
        findings.push(error(object.resource, "spec", "no metric to scale on; give it at least one"));
      }
      const group = pods.find(
        ({ object: controller }) =>
          controller.kind === target.kind && controller.namespace === target.namespace && controller.name === target.name,
      );
      if (group === undefined) {
        const message = `scales ${title(target)}, which the plan does not have; correct the name, or drop the autoscaler`;
        return [...findings, error(object.resource, "spec.scaleTargetRef", message)];
      }
      if (min === 0 && onlyUtilization(autoscaler)) {
        const message = `${fields.min} is 0, but without a pod there is no use of its resources to wake it; set ${fields.min} to at least 1`;
        findings.push(error(object.resource, `spec.${fields.min}`, message));
      }
      return [...findings, ...utilizations(autoscaler).flatMap((metric) => unmeasured(autoscaler, group, metric))];
    });
  },
};

function metricsOf({ object }: Autoscaler): readonly unknown[] {
  return listAt(object.spec, object.kind === "ScaledObject" ? "triggers" : "metrics");
}

function onlyUtilization(autoscaler: Autoscaler): boolean {
  const metrics = metricsOf(autoscaler);
  return (
    metrics.length > 0 &&
    metrics.every((metric) => ["cpu", "memory", "Resource", "ContainerResource"].includes(textAt(metric, "type") ?? ""))
  );
}

function utilizations(autoscaler: Autoscaler): Utilization[] {
  return metricsOf(autoscaler).flatMap((metric, i): Utilization[] => {
    const type = textAt(metric, "type") ?? "";
    if (autoscaler.object.kind === "ScaledObject") {
      if ((type !== "cpu" && type !== "memory") || textAt(metric, "metricType") === "AverageValue") return [];
      const container = textAt(metric, "metadata", "containerName");
      return [{ path: ["spec", "triggers", i], resource: type, ...(container === undefined ? {} : { container }) }];
    }
    const source = recordAt(metric, type === "Resource" ? "resource" : type === "ContainerResource" ? "containerResource" : "");
    if (textAt(source, "target", "type") !== "Utilization") return [];
    const container = textAt(source, "container");
    const resource = textAt(source, "name") ?? "";
    return [{ path: ["spec", "metrics", i], resource, ...(container === undefined ? {} : { container }) }];
  });
}

function unmeasured({ object }: Autoscaler, group: PodGroup, metric: Utilization): Finding[] {
  const containers = listAt(group.spec, "containers");
  if (containers.length === 0) return [];
  const measured = metric.container === undefined ? containers : containers.filter((c) => textAt(c, "name") === metric.container);
  if (measured.length === 0) {
    const names = containers.map((c) => textAt(c, "name")).join(", ");
    const message = `measures container ${metric.container ?? ""}, but ${title(group.object)} has only ${names}`;
    return [error(object.resource, metric.path, message)];
  }
  return measured
    .filter((container) => {
      const requests = requestsOf(recordAt(container, "resources"));
      return metric.resource === "cpu" ? requests.cpu === 0 : metric.resource === "memory" ? requests.memory === 0 : false;
    })
    .map((container) =>
      error(
        object.resource,
        metric.path,
        `is a share of the ${metric.resource} request, which container ${textAt(container, "name") ?? "?"} of ${title(group.object)} does not have; give it one`,
      ),
    );
}
