import type { Autoscaler } from "../../kubernetes/autoscalers";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { parsePromql, selectorsOf, type Expression } from "../../promql/parse";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("scaling-acts");

type Path = (string | number)[];

/** Triggers that KEDA cannot ask, answers that it refuses, and what nobody wakes. */
export function measureFindings(autoscaler: Autoscaler, known: Inventory): Finding[] {
  const { object } = autoscaler;
  if (object.kind !== "ScaledObject") return sameName(autoscaler, known);
  return [
    ...sameName(autoscaler, known),
    ...asleep(autoscaler),
    ...notOnItsNodes(autoscaler, known),
    ...listAt(object.spec, "triggers").flatMap((trigger, i): Finding[] => {
      const path: Path = ["spec", "triggers", i, "metadata"];
      const type = textAt(trigger, "type");
      if (type === "rabbitmq") return spokenTo(autoscaler, trigger, path, known);
      return type === "prometheus" ? oneAnswer(autoscaler, trigger, path) : [];
    }),
  ];
}

/** The name of the HorizontalPodAutoscaler that is made. Source: https://keda.sh/docs/2.21/reference/scaledobject-spec/#advanced */
function hpaOf({ object }: Autoscaler): string {
  if (object.kind !== "ScaledObject") return object.name;
  return textAt(object.spec, "advanced", "horizontalPodAutoscalerConfig", "name") ?? `keda-hpa-${object.name}`;
}

function sameName(autoscaler: Autoscaler, { autoscalers }: Inventory): Finding[] {
  const { object } = autoscaler;
  const other = autoscalers.find(
    (one) => one !== autoscaler && one.object.namespace === object.namespace && hpaOf(one) === hpaOf(autoscaler),
  );
  if (other === undefined || object.kind !== "ScaledObject") return [];
  const message = `${title(other.object)} makes an autoscaler of the name ${hpaOf(autoscaler)} too, and each takes it away from the other; give it a name of its own`;
  return [error(object.resource, "spec.advanced.horizontalPodAutoscalerConfig.name", message)];
}

/** Types of triggers that only pods that run can set off. Source: https://keda.sh/docs/2.21/scalers/cpu/#prerequisites */
const OF_PODS = ["cpu", "memory"];

/** Where there may be no pod, something beside the pods has to ask for the first one. */
function asleep({ object, target, min }: Autoscaler): Finding[] {
  const idle = numberAt(object.spec, "idleReplicaCount");
  // Where the fewest are none, another check tells of triggers that measure the target's own requests.
  const asksItself = listAt(object.spec, "triggers").some((trigger) => textAt(trigger, "type") === "prometheus");
  if (idle !== 0 && (min > 0 || asksItself)) return [];
  const wakes = listAt(object.spec, "triggers").some((trigger) => {
    const type = textAt(trigger, "type") ?? "";
    if (OF_PODS.includes(type)) return false;
    return type !== "prometheus" || !isOfItsOwn(textAt(trigger, "metadata", "query") ?? "", target.name);
  });
  if (wakes) return [];
  const field = idle === 0 ? "idleReplicaCount" : "minReplicaCount";
  const message = `is 0, and all that its triggers measure comes of pods of ${title(target)}: once there is none, nothing starts the first one; ${idle === 0 ? "remove it" : `use 1 or more (mes:roles.${target.name}.scale.min)`}`;
  return [error(object.resource, `spec.${field}`, message)];
}

/** Whether every series of a query is told by the pods that it scales, or of them. */
function isOfItsOwn(query: string, name: string): boolean {
  const selectors = expressionOf(query);
  return (
    selectors !== undefined &&
    selectorsOf(selectors).every(({ matchers }) =>
      matchers.some(
        ({ label, operator, value }) =>
          (["job", "service", "app", "container", "deployment"].includes(label) && operator === "=" && value === name) ||
          (label === "pod" && operator.startsWith("=") && value.startsWith(`${name}-`)),
      ),
    )
  );
}

function expressionOf(query: string): Expression | undefined {
  try {
    return parsePromql(query);
  } catch {
    // Another rule tells of it.
    return undefined;
  }
}

const PORTS = { amqp: [5672, 5671], http: [15_672, 15_671] } as const;

/** The address is in the trigger, in a Secret, or in a variable of the target. Source: https://keda.sh/docs/2.21/scalers/rabbitmq-queue/ */
function spokenTo({ object }: Autoscaler, trigger: unknown, path: Path, known: Inventory): Finding[] {
  const stated = textAt(trigger, "metadata", "protocol") ?? "auto";
  const address = textAt(trigger, "metadata", "host") ?? secretHost(object.namespace, trigger, known);
  const [, scheme = "", port] = /^([a-z]+):\/\/.*?(?::(\d{2,5}))?(?:\/[^@]*)?$/.exec(address ?? "") ?? [];
  if (scheme === "") return [];
  const spoken = scheme.startsWith("amqp") ? "amqp" : "http";
  const where = [...path, "protocol"];
  if (stated !== "auto" && stated !== spoken) {
    const message = `speaks ${stated} to an address that begins with ${scheme}://, so that nothing is measured and no pod is added; use ${spoken}`;
    return [error(object.resource, where, message)];
  }
  const other = spoken === "amqp" ? "http" : "amqp";
  if (port === undefined || !PORTS[other].some((one) => one === Number(port))) return [];
  return [error(object.resource, where, `asks by ${scheme} on port ${port}, where ${other} is spoken; correct the address`)];
}

function secretHost(namespace: string, trigger: unknown, known: Inventory): string | undefined {
  const name = textAt(trigger, "authenticationRef", "name") ?? "";
  const targets = listAt(known.find("TriggerAuthentication", namespace, name)?.spec, "secretTargetRef");
  const host = targets.find((target) => textAt(target, "parameter") === "host");
  const secret = known.find("Secret", namespace, textAt(host, "name") ?? "");
  return textAt(recordAt(secret?.resource.inputs, "stringData"), textAt(host, "key") ?? "");
}

/** Functions of which the answer is one series. */
const ONE = ["scalar", "vector", "time", "pi", "absent", "absent_over_time"];

/** KEDA refuses an answer of more than one series. Source: `ExecutePromQuery` in pkg/scalers/prometheus_scaler.go of KEDA 2.21 */
function oneAnswer({ object, max }: Autoscaler, trigger: unknown, path: Path): Finding[] {
  const expression = expressionOf(textAt(trigger, "metadata", "query") ?? "");
  if (expression === undefined || max < 2) return [];
  const many = manyOf(expression);
  if (many === undefined) return [];
  const says = many === "surely" ? error : warning;
  const message = `may have an answer of several series, one for each pod or label, which KEDA refuses: nothing is measured; put sum() around it`;
  return [says(object.resource, [...path, "query"], message)];
}

/** Whether an expression has several series as soon as there are several pods: those that a pod tells itself surely. */
function manyOf(expression: Expression): "surely" | "perhaps" | undefined {
  switch (expression.kind) {
    case "selector":
      // A recording is mostly of one series.
      if (expression.metric === undefined || expression.metric.includes(":")) return undefined;
      return expression.matchers.some(({ label, operator }) => label === "job" && operator === "=") ? "surely" : "perhaps";
    case "aggregation":
      if (["topk", "bottomk", "limitk", "limit_ratio"].includes(expression.operator)) return "perhaps";
      return (expression.grouping?.labels.length ?? 0) > 0 || expression.grouping?.by === false ? "perhaps" : undefined;
    case "call":
      return ONE.includes(expression.name) ? undefined : expression.args.map(manyOf).find((one) => one !== undefined);
    case "binary": {
      const [left, right] = [manyOf(expression.left), manyOf(expression.right)];
      if (expression.operator === "or") return left ?? right;
      if (expression.left.kind === "number") return right;
      if (expression.right.kind === "number") return left;
      // Where one side is one series, so is what is computed of both.
      return left === undefined || right === undefined ? undefined : left;
    }
    default:
      return undefined;
  }
}

/** The exporter of the metrics of GPUs has to run where the pods that it measures do. Source: the page of dcgm-exporter */
function notOnItsNodes({ object, target }: Autoscaler, known: Inventory): Finding[] {
  const queries = listAt(object.spec, "triggers").map((trigger) => textAt(trigger, "metadata", "query") ?? "");
  if (!queries.some((query) => query.includes("DCGM_"))) return [];
  const scaled = known.pods.find(
    ({ object: { kind, namespace, name } }) => kind === target.kind && namespace === target.namespace && name === target.name,
  );
  const exporters = known.pods.filter(
    ({ perNode, spec }) => perNode && listAt(spec, "containers").some((one) => (textAt(one, "image") ?? "").includes("dcgm")),
  );
  return exporters.flatMap((exporter) => {
    const tolerated = listAt(exporter.spec, "tolerations");
    const missing = listAt(scaled?.spec, "tolerations")
      .map((one) => textAt(one, "key") ?? "")
      .find((key) => key !== "" && !tolerated.some((one) => [undefined, "", key].includes(textAt(one, "key"))));
    if (missing === undefined) return [];
    const message = `does not tolerate the taint ${missing}, as pods of ${title(object)} do: nothing measures the GPUs that they are scaled by; add it (mes:monitoring.gpuExporter.tolerations)`;
    return [error(exporter.object.resource, [...exporter.specPath, "tolerations"], message)];
  });
}
