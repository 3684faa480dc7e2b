import { POD_FACTS } from "../../components/workload/facts";
import { PlanError } from "../errors";
import { inventory } from "../kubernetes/inventory";
import { numberAt } from "../kubernetes/value";
import { brokerModel } from "../orders/broker";
import type { ForecastFacts, Work } from "../plan/forecast-facts";
import type { Plan } from "../plan/plan";
import { autoscalerSpec } from "./autoscaling/read";
import type { AutoscalerSpec } from "./autoscaling/spec";

/** A role of the forecast, as the plan declares it. */
export interface RoleModel {
  readonly name: string;
  readonly work: Work;
  /** Fewest and most pods. */
  readonly min: number;
  readonly max: number;
  readonly autoscaler?: AutoscalerSpec;
  /** Cores that one pod requests. */
  readonly cpu: number;
  readonly gpus: number;
  /** Work waits in these queues of the broker; none where it waits in the database or at the role itself. */
  readonly queues: readonly QueueModel[];
  /** It answers requests: who waits longer, in seconds, has given up. */
  readonly givesUpAfter?: number;
  readonly database?: "readwrite" | "readonly" | "relay";
  /** Connections to the database that one pod holds at most. */
  readonly connections?: number;
}

interface QueueModel {
  readonly name: string;
  readonly maxLength?: number;
  readonly maxBytes?: number;
}

/** The stack as the forecast sees it. */
export interface Model {
  readonly facts: ForecastFacts;
  /** In the order in which the stack file describes their work. */
  readonly roles: readonly RoleModel[];
}

/** @throws PlanError where the plan has nothing to hold the forecast against */
export function modelOf(plan: Plan): Model {
  const facts = plan.facts?.forecast;
  if (facts === undefined) {
    const file = plan.facts?.settings?.file ?? `the file of the stack ${plan.stack}`;
    throw new PlanError(`${file} has no mes:forecast: say how many orders are expected, and what each takes (docs/forecast.md)`);
  }
  return { facts, roles: Object.entries(facts.work).map(([name, work]) => roleModel(plan, name, work)) };
}

function roleModel(plan: Plan, name: string, work: Work): RoleModel {
  const known = inventory(plan);
  const program = plan.facts?.orders?.programs.find((one) => one.name === name && !one.outside);
  const group = known.pods.find(({ object }) => object.kind === "Deployment" && object.name === name);
  if (program === undefined || group === undefined)
    throw new PlanError(`the plan of ${plan.stack} has no Deployment of the role ${name} that mes:forecast.work describes`);
  const { min, max } = known.scale(group);
  const autoscaler = known.autoscalers
    .filter(({ target }) => target.kind === "Deployment" && target.name === name && target.namespace === group.namespace)
    .map(({ object }) => autoscalerSpec(object))[0];
  const connections = numberAt(group.annotations, POD_FACTS.databaseConnections);
  return {
    name,
    work,
    min,
    max,
    ...(autoscaler === undefined ? {} : { autoscaler: withoutMemory(autoscaler) }),
    cpu: group.requests.cpu,
    gpus: group.requests.gpus,
    queues: program.consumes.map(({ queue }) => queueModel(plan, queue)),
    ...(program.http === undefined ? {} : { givesUpAfter: program.http.requestSeconds }),
    ...(program.database === undefined ? {} : { database: program.database }),
    ...(connections === undefined ? {} : { connections }),
  };
}

/** A forecast says nothing of memory: its metric is taken to ask for no more pods than the others. */
function withoutMemory(spec: AutoscalerSpec): AutoscalerSpec {
  return { ...spec, metrics: spec.metrics.filter((metric) => metric.kind !== "utilization" || metric.resource !== "memory") };
}

function queueModel(plan: Plan, name: string): QueueModel {
  const settings = brokerModel(plan).queues.find((queue) => queue.name === name)?.settings;
  const maxLength = numberAt(settings, "max-length");
  const maxBytes = numberAt(settings, "max-length-bytes");
  return { name, ...(maxLength === undefined ? {} : { maxLength }), ...(maxBytes === undefined ? {} : { maxBytes }) };
}
