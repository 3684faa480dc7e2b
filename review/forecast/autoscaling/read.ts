import type { KubeObject } from "../../kubernetes/objects";
import { listAt, numberAt, recordAt, textAt, type Json } from "../../kubernetes/value";
import { autoscaler } from "../../kubernetes/autoscalers";
import { DEFAULT_RULES, type AutoscalerSpec, type Keda, type Metric, type Policy, type Rules } from "./spec";

/** Defaults of a ScaledObject. Source: https://keda.sh/docs/2.21/reference/scaledobject-spec/ */
const KEDA = { pollingInterval: 30, cooldown: 300 };

/** The autoscaler that an object of a plan declares, as the API server and KEDA complete it; undefined for other objects. */
export function autoscalerSpec(object: KubeObject): AutoscalerSpec | undefined {
  const read = autoscaler(object);
  if (read === undefined) return undefined;
  const { spec } = object;
  const { min, max } = read;
  const target = read.target.name;
  if (object.kind === "HorizontalPodAutoscaler")
    return { target, min, max, metrics: listAt(spec, "metrics").flatMap(ofController), ...behavior(recordAt(spec, "behavior")) };
  return {
    target,
    min: Math.max(1, min),
    max,
    metrics: listAt(spec, "triggers").flatMap(ofTrigger),
    ...behavior(recordAt(spec, "advanced", "horizontalPodAutoscalerConfig", "behavior")),
    keda: kedaOf(spec, min),
  };
}

function kedaOf(spec: Json, minReplicas: number): Keda {
  const replicas = numberAt(spec, "fallback", "replicas");
  const behavior = textAt(spec, "fallback", "behavior") ?? "static";
  return {
    minReplicas,
    pollingInterval: numberAt(spec, "pollingInterval") ?? KEDA.pollingInterval,
    cooldown: numberAt(spec, "cooldownPeriod") ?? KEDA.cooldown,
    ...(replicas === undefined || !isFallback(behavior)
      ? {}
      : { fallback: { behavior, replicas, failureThreshold: numberAt(spec, "fallback", "failureThreshold") ?? 0 } }),
  };
}

type FallbackBehavior = NonNullable<Keda["fallback"]>["behavior"];

function isFallback(text: string): text is FallbackBehavior {
  return ["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"].includes(text);
}

function behavior(declared: Json): Pick<AutoscalerSpec, "up" | "down"> {
  return {
    up: rules(recordAt(declared, "scaleUp"), DEFAULT_RULES.up),
    down: rules(recordAt(declared, "scaleDown"), DEFAULT_RULES.down),
  };
}

function rules(declared: Json, defaults: Rules): Rules {
  const select = textAt(declared, "selectPolicy");
  const policies = listAt(declared, "policies").map((policy): Policy => ({
    type: textAt(policy, "type") === "Pods" ? "Pods" : "Percent",
    value: numberAt(policy, "value") ?? 0,
    period: numberAt(policy, "periodSeconds") ?? 0,
  }));
  return {
    window: numberAt(declared, "stabilizationWindowSeconds") ?? defaults.window,
    select: select === "Min" || select === "Disabled" ? select : defaults.select,
    policies: policies.length === 0 ? defaults.policies : policies,
    tolerance: numberAt(declared, "tolerance") ?? defaults.tolerance,
  };
}

function ofController(metric: unknown): Metric[] {
  const source = [recordAt(metric, "containerResource"), recordAt(metric, "resource")].find(({ name }) => name !== undefined);
  return source === undefined ? [] : utilization(textAt(source, "name"), numberAt(source, "target", "averageUtilization"));
}

function utilization(resource: string | undefined, target: number | undefined): Metric[] {
  return (resource === "cpu" || resource === "memory") && target !== undefined ? [{ kind: "utilization", resource, target }] : [];
}

/** Triggers of the kinds that the platform makes; with others the number of pods cannot be told. */
function ofTrigger(trigger: unknown): Metric[] {
  const metadata = recordAt(trigger, "metadata");
  const number = (key: string) => numberAt(metadata, key);
  const text = (key: string) => textAt(metadata, key) ?? "";
  switch (textAt(trigger, "type")) {
    case "cpu":
    case "memory":
      return utilization(textAt(trigger, "type"), number("value"));
    case "rabbitmq": {
      const what = text("mode") === "MessageRate" ? "rate" : "length";
      const source = { from: "queue", queue: text("queueName"), what } as const;
      return [{ kind: "average", source, target: number("value") ?? 20, activation: number("activationValue") ?? 0 }];
    }
    case "prometheus": {
      const source = { from: "prometheus", name: textAt(trigger, "name") ?? "" } as const;
      return [{ kind: "average", source, target: number("threshold") ?? 1, activation: number("activationThreshold") ?? 0 }];
    }
    case "cron": {
      const source = {
        from: "schedule",
        start: text("start"),
        end: text("end"),
        timezone: text("timezone"),
        pods: number("desiredReplicas") ?? 0,
      } as const;
      return [{ kind: "average", source, target: 1, activation: 0 }];
    }
    default:
      return [];
  }
}
