import type { Autoscaler } from "../../kubernetes/autoscalers";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { promqlIn, selectorsOf, type Expression } from "../../promql/parse";
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
  const selectors = promqlIn(query);
  return (
    selectors !== undefined &&
    selectorsOf(selectors).every(({ matchers }) =>
      matchers.some(
        ({ label, operator, value }) =>
          (["job", "container", "deployment"].includes(label) && operator === "=" && value === name) ||
          (label === "pod" && operator.startsWith("=") && value.startsWith(`${name}-`)),
      ),
    )
  );
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
function oneAnswer({ object, target, max }: Autoscaler, trigger: unknown, path: Path): Finding[] {
  const expression = promqlIn(textAt(trigger, "metadata", "query") ?? "");
  if (expression === undefined || max < 2 || !isMany(expression, target.name)) return [];
  const message = `has an answer of several series as soon as there are several pods, one for each, which KEDA refuses: nothing is measured; put sum() around it`;
  return [error(object.resource, [...path, "query"], message)];
}

const OF_A_POD = ["pod", "instance"];

/** Whether an expression surely has a series for each pod: what pods of the target tell themselves, not added up. */
function isMany(expression: Expression, job: string): boolean {
  switch (expression.kind) {
    case "selector":
      return expression.matchers.some(({ label, operator, value }) => label === "job" && operator === "=" && value === job);
    case "aggregation":
      return (
        expression.grouping?.by === true &&
        expression.grouping.labels.some((label) => OF_A_POD.includes(label)) &&
        expression.args.some((one) => isMany(one, job))
      );
    case "call":
      return !ONE.includes(expression.name) && expression.args.some((one) => isMany(one, job));
    case "binary": {
      const { left, right } = expression;
      if (left.kind === "number") return isMany(right, job);
      if (right.kind === "number") return isMany(left, job);
      // Where one side is one series, so is what is computed of both.
      return isMany(left, job) && isMany(right, job);
    }
    default:
      return false;
  }
}

/** Taints of nodes with GPUs; what else pods tolerate need not be on their nodes. */
const OF_GPUS = /gpu|nvidia|accelerator/i;

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
    const tolerated = listAt(exporter.spec, "tolerations").map((one) => textAt(one, "key") ?? "");
    // A pod may tolerate taints that no node has; an exporter that tolerates one of GPUs was thought of.
    if (tolerated.some((key) => key === "" || OF_GPUS.test(key))) return [];
    const missing = listAt(scaled?.spec, "tolerations")
      .map((one) => textAt(one, "key") ?? "")
      .find((key) => OF_GPUS.test(key));
    if (missing === undefined) return [];
    const message = `does not tolerate the taint ${missing}, as pods of ${title(object)} do: on nodes with it nothing measures the GPUs that they are scaled by; add it (mes:monitoring.gpuExporter.tolerations)`;
    return [warning(exporter.object.resource, [...exporter.specPath, "tolerations"], message)];
  });
}
