import type { Autoscaler } from "../kubernetes/autoscalers";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { quantity } from "../kubernetes/quantities";
import { schedule } from "../kubernetes/schedules";
import { at, entriesAt, listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { matchesWhole } from "../promql/anchored";
import { count, listed, reporter, type Finding, type Rule } from "./rule";
import { fallbackFindings } from "./scaling/fallbacks";
import { measuredAtGateway } from "./scaling/gateway-load";
import { metadataFindings } from "./scaling/metadata";
import { measureFindings } from "./scaling/measures";
import { reachFindings } from "./scaling/reach";

const name = "scaling-acts";
const { error, warning } = reporter(name);

export const scalingActs: Rule = {
  name,
  title: "An autoscaler is on, follows the load of its own target, and can get from its fewest to its most pods in time.",
  why: "An autoscaler that watches another role's queue, or waits for a length that the queue never has, looks healthy and adds no pod while orders wait.",
  check: (plan) => {
    const known = inventory(plan);
    return known.autoscalers.flatMap((autoscaler) => {
      const target = known.pods.find(
        ({ object: { kind, namespace, name: own } }) =>
          kind === autoscaler.target.kind && namespace === autoscaler.target.namespace && own === autoscaler.target.name,
      );
      return [
        ...paused(autoscaler),
        ...speed(autoscaler),
        ...fallbackFindings(autoscaler),
        ...(autoscaler.object.kind === "ScaledObject"
          ? [...triggers(autoscaler, target, known, plan), ...metadataFindings(autoscaler.object, known)]
          : []),
        ...utilizations(autoscaler, target),
        ...reachFindings(autoscaler, target, known),
        ...measureFindings(autoscaler, known),
      ];
    });
  },
};

/** Source: https://keda.sh/docs/2.21/concepts/scaling-deployments/#pausing-autoscaling */
const PAUSES = ["paused", "paused-replicas", "paused-scale-out"].map((pause) => `autoscaling.keda.sh/${pause}`);

function paused({ object, min, max, fields, target }: Autoscaler): Finding[] {
  const found = PAUSES.filter((key) => object.annotations[key] !== undefined && object.annotations[key] !== "false").map((key) =>
    error(object.resource, ["metadata", "annotations", key], `pauses it: ${title(target)} gets no further pod; remove it`),
  );
  if (min === max) {
    const message = `${fields.min} and ${fields.max} are both ${max}: it scales nothing; raise ${fields.max} (mes:roles.${target.name}.scale.max)`;
    found.push(error(object.resource, `spec.${fields.max}`, message));
  }
  const idle = numberAt(object.spec, "idleReplicaCount");
  if (idle !== undefined && idle >= min) {
    const message = `${idle} is not below ${fields.min} (${min}), which KEDA refuses; remove it`;
    found.push(error(object.resource, "spec.idleReplicaCount", message));
  }
  return found;
}

/** Seconds from the fewest to the most pods beyond which orders wait for pods. */
const SLOW_SECONDS = 15 * 60;
/** Seconds for which more load has to last before a pod is added. */
const MOST_STABILIZATION = 5 * 60;
const MOST_POLLING = 2 * 60;

/** Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior */
function speed({ object, min, max }: Autoscaler): Finding[] {
  const place =
    object.kind === "ScaledObject" ? ["spec", "advanced", "horizontalPodAutoscalerConfig", "behavior"] : ["spec", "behavior"];
  const up = recordAt(object.resource.inputs, ...place, "scaleUp");
  const path = [...place, "scaleUp"];
  const findings: Finding[] = [];
  if (up.selectPolicy === "Disabled") {
    findings.push(error(object.resource, [...path, "selectPolicy"], "is Disabled: no pod is ever added; use Max"));
  } else if (listAt(up, "policies").length > 0 && min < max) {
    const seconds = secondsTo(Math.max(1, min), max, listAt(up, "policies"), up.selectPolicy === "Min");
    if (seconds > SLOW_SECONDS) {
      const message = `takes ${Number.isFinite(seconds) ? `${Math.round(seconds / 60)} minutes` : "for ever"} from ${min} to ${max} pods; let it add more at once`;
      findings.push(error(object.resource, [...path, "policies"], message));
    }
  }
  const wait = numberAt(up, "stabilizationWindowSeconds") ?? 0;
  if (wait > MOST_STABILIZATION) {
    const message = `is ${wait} s: load has to last that long before a pod is added; use 0`;
    findings.push(error(object.resource, [...path, "stabilizationWindowSeconds"], message));
  }
  const polling = numberAt(object.spec, "pollingInterval");
  if (polling !== undefined && polling > MOST_POLLING) {
    findings.push(error(object.resource, "spec.pollingInterval", `is ${polling} s: load is seen that late; use 15`));
  }
  if (textAt(object.resource.inputs, ...place, "scaleDown", "selectPolicy") === "Disabled") {
    const message = "is Disabled: pods are added and never taken away; use Max";
    findings.push(warning(object.resource, [...place, "scaleDown", "selectPolicy"], message));
  }
  return findings;
}

function secondsTo(from: number, to: number, policies: readonly unknown[], slowest: boolean): number {
  let pods = from;
  let seconds = 0;
  while (pods < to && seconds <= SLOW_SECONDS * 100) {
    // Pods a second of each policy, at this number of pods.
    const rates = policies.map((policy) => {
      const value = numberAt(policy, "value") ?? 0;
      const added = textAt(policy, "type") === "Percent" ? Math.ceil((pods * value) / 100) : value;
      return { added, period: Math.max(1, numberAt(policy, "periodSeconds") ?? 60) };
    });
    rates.sort((a, b) => b.added / b.period - a.added / a.period);
    const rate = slowest ? rates.at(-1) : rates[0];
    if (rate === undefined || rate.added <= 0) return Number.POSITIVE_INFINITY;
    pods += rate.added;
    seconds += rate.period;
  }
  return seconds;
}

type Path = (string | number)[];

function triggers(autoscaler: Autoscaler, target: PodGroup | undefined, known: Inventory, plan: Plan): Finding[] {
  const { object } = autoscaler;
  return listAt(object.spec, "triggers").flatMap((trigger, i): Finding[] => {
    const path = ["spec", "triggers", i, "metadata"];
    const metadata = recordAt(trigger, "metadata");
    switch (textAt(trigger, "type")) {
      case "rabbitmq":
        return [
          ...threshold(object, metadata.value, [...path, "value"]),
          ...queueTrigger(autoscaler, metadata, path, known, plan),
        ];
      case "prometheus":
        return [
          ...threshold(object, metadata.threshold, [...path, "threshold"]),
          ...queryTrigger(autoscaler, metadata, path, target, known),
        ];
      case "cron":
        return cronTrigger(autoscaler, metadata, path);
      default:
        return [];
    }
  });
}

function threshold(object: KubeObject, value: unknown, path: Path): Finding[] {
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  if (number > 0) return [];
  return [
    error(
      object.resource,
      path,
      `is ${JSON.stringify(value ?? null)}: no number of pods can be made of it; use a number above 0`,
    ),
  ];
}

/** Source: https://keda.sh/docs/2.21/scalers/rabbitmq-queue/ */
function queueTrigger(
  { object, min, target }: Autoscaler,
  metadata: unknown,
  path: Path,
  known: Inventory,
  plan: Plan,
): Finding[] {
  const queueName = textAt(metadata, "queueName") ?? "";
  const vhost = textAt(metadata, "vhostName") ?? "/";
  const queues = known.ofKind("Queue").filter(({ group }) => group === "rabbitmq.com");
  if (queues.length === 0) return [];
  const named = queues.filter(({ spec, name: own }) => (textAt(spec, "name") ?? own) === queueName);
  const queue = named.find(({ spec }) => (textAt(spec, "vhost") ?? "/") === vhost);
  if (queue === undefined) {
    const there = queues.map(({ spec, name: own }) => textAt(spec, "name") ?? own);
    const message =
      named.length > 0
        ? `looks for ${queueName} in the virtual host ${vhost}, where it is not; correct vhostName`
        : `the broker has no queue ${queueName} (it has ${listed(there)}), so that nothing is measured; correct queueName`;
    return [error(object.resource, [...path, named.length > 0 ? "vhostName" : "queueName"], message)];
  }
  const findings: Finding[] = [];
  const program = plan.facts?.orders?.programs.find((one) => !one.outside && one.name === target.name);
  if (program !== undefined && !program.consumes.some((consumed) => consumed.queue === queueName)) {
    const message = `${target.name} does not consume ${queueName}, and more of its pods do not shorten it; scale on a queue of its own (${program.key}.scale.queue)`;
    findings.push(error(object.resource, [...path, "queueName"], message));
  }
  const activation = Number(at(metadata, "activationValue") ?? 0);
  if (min === 0 && activation > 0) {
    const message = `up to ${count(activation, "message")} wait for ever, because nothing starts for them; use 0`;
    findings.push(error(object.resource, [...path, "activationValue"], message));
  }
  return findings;
}

/** `namespace="mes"`, `job=~"a|b"`. */
const MATCHER = /\b(job|service|app|namespace|pod|deployment|container)\s*(=~?)\s*"((?:[^"\\]|\\.)*)"/g;

/** Source: https://keda.sh/docs/2.21/scalers/prometheus/ */
function queryTrigger(
  { object, target }: Autoscaler,
  metadata: unknown,
  path: Path,
  group: PodGroup | undefined,
  known: Inventory,
): Finding[] {
  const query = textAt(metadata, "query") ?? "";
  const findings: Finding[] = [];
  const atGateway = measuredAtGateway(query, known);
  const others = [...(atGateway ?? [])].filter((service) => service !== `${target.namespace}/${target.name}`);
  if (atGateway !== undefined && (others.length > 0 || atGateway.size === 0)) {
    const whom = others.length > 0 ? `requests to ${listed(others)}` : "requests of no HTTPRoute of the plan";
    const message = `measures ${whom}, and scales ${title(target)}: it follows another load; correct the query`;
    findings.push(error(object.resource, [...path, "query"], message));
  }
  const pod = target.kind === "StatefulSet" ? `${target.name}-0` : `${target.name}-5d9c8b7f6d-x2k4q`;
  const own: Readonly<Record<string, readonly string[]>> = {
    job: [target.name, `${target.namespace}/${target.name}`],
    service: [target.name],
    app: [target.name],
    deployment: [target.name],
    namespace: [target.namespace],
    pod: [pod],
    container: listAt(group?.spec, "containers").map((container) => textAt(container, "name") ?? ""),
  };
  const seen = new Set<string>();
  for (const [, label = "", operator = "=", value = ""] of query.matchAll(MATCHER)) {
    // The gateway's own pods, which count for others.
    if (atGateway !== undefined) continue;
    const wanted = own[label] ?? [];
    const selects = (text: string) =>
      operator === "=" ? text === value : matchesWhole(value.replaceAll("\\\\", "\\"), text) === true;
    if (wanted.length === 0 || wanted.some(selects) || seen.has(`${label}${value}`)) continue;
    seen.add(`${label}${value}`);
    const message = `measures ${label}${operator}"${value}", which is not ${title(target)}: it follows the load of another; correct the query`;
    findings.push(error(object.resource, [...path, "query"], message));
  }
  const percent = /_UTIL\b|_(?:percent|percentage)\b/i.test(query);
  const value = Number(at(metadata, "threshold"));
  if (percent && value >= 100) {
    const message = `is ${value} % of use, which nothing goes beyond; use less, as 70 (mes:roles.${target.name}.scale.gpu)`;
    findings.push(error(object.resource, [...path, "threshold"], message));
  }
  if (at(metadata, "ignoreNullValues") !== "false") {
    const message =
      'no answer counts as no load, and pods are taken away while Prometheus is gone; set ignoreNullValues to "false"';
    findings.push(error(object.resource, [...path, "ignoreNullValues"], message));
  }
  return findings;
}

/** Source: https://keda.sh/docs/2.21/scalers/cron/ */
function cronTrigger({ object, min, max, fields, target }: Autoscaler, metadata: unknown, path: Path): Finding[] {
  const findings: Finding[] = [];
  for (const end of ["start", "end"]) {
    const text = textAt(metadata, end) ?? "";
    const { problem } = schedule(text, 5);
    if (problem !== undefined) findings.push(error(object.resource, [...path, end], `"${text}" ${problem}; correct it`));
  }
  const [start, end] = [textAt(metadata, "start"), textAt(metadata, "end")];
  if (start !== undefined && start === end)
    findings.push(error(object.resource, [...path, "end"], "is the same as start: it never holds"));
  const wanted = Number(at(metadata, "desiredReplicas"));
  const key = `mes:roles.${target.name}.scale.schedule`;
  if (wanted <= min) {
    const message = `${count(wanted, "pod")} are not more than ${fields.min} (${min}): it changes nothing; raise it (${key})`;
    findings.push(error(object.resource, [...path, "desiredReplicas"], message));
  }
  if (wanted > max) {
    const message = `${count(wanted, "pod")} are more than ${fields.max} (${max}), which holds; raise ${fields.max} (mes:roles.${target.name}.scale.max)`;
    findings.push(error(object.resource, [...path, "desiredReplicas"], message));
  }
  return findings;
}

/** Without a limit a container may use what is left of its node, rarely more than this. */
const UNLIMITED_PERCENT = 300;

/** A share of the request that a container never gets to, because it is throttled or killed before. */
function utilizations({ object, target }: Autoscaler, group: PodGroup | undefined): Finding[] {
  if (group === undefined) return [];
  const containers = listAt(group.spec, "containers");
  const measured = metricsOf(object);
  return measured.flatMap(({ resource, percent, container, path }) => {
    const own = container === undefined ? containers : containers.filter((one) => textAt(one, "name") === container);
    const amounts = (side: string) => own.map((one) => quantity(at(one, "resources", side, resource)));
    const [requests, limits] = [amounts("requests"), amounts("limits")];
    const requested = requests.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    if (requested <= 0) return [];
    const limited = limits.every((limit) => limit !== undefined);
    const most = limited ? (limits.reduce<number>((sum, one) => sum + (one ?? 0), 0) / requested) * 100 : UNLIMITED_PERCENT;
    if (percent < most && percent > 0) return [];
    const message =
      percent > 0
        ? `is ${percent} % of the ${resource} request, and ${title(target)} never uses more than ${Math.round(most)} %${limited ? ", its limit" : ""}; use less (mes:roles.${target.name}.scale.${resource})`
        : `is ${percent} %; use a number above 0`;
    return [error(object.resource, path, message)];
  });
}

interface Measured {
  readonly resource: string;
  readonly percent: number;
  readonly container?: string;
  readonly path: Path;
}

function metricsOf(object: KubeObject): Measured[] {
  const place = object.kind === "ScaledObject" ? "triggers" : "metrics";
  return listAt(object.spec, place).flatMap((metric, i): Measured[] => {
    const path = ["spec", place, i];
    if (object.kind === "ScaledObject") {
      const resource = textAt(metric, "type") ?? "";
      const percent = numberAt(metric, "metadata", "value");
      if ((resource !== "cpu" && resource !== "memory") || percent === undefined) return [];
      if (textAt(metric, "metricType") === "AverageValue") return [];
      const container = textAt(metric, "metadata", "containerName");
      return [{ resource, percent, ...(container === undefined ? {} : { container }), path: [...path, "metadata", "value"] }];
    }
    const [source] = entriesAt(metric).filter(([key]) => key === "resource" || key === "containerResource");
    const percent = numberAt(source?.[1], "target", "averageUtilization");
    if (source === undefined || percent === undefined) return [];
    const container = textAt(source[1], "container");
    const resource = textAt(source[1], "name") ?? "";
    return [
      {
        resource,
        percent,
        ...(container === undefined ? {} : { container }),
        path: [...path, source[0], "target", "averageUtilization"],
      },
    ];
  });
}
