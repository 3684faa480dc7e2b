import { inventory, type Inventory } from "../kubernetes/inventory";
import type { PodGroup } from "../kubernetes/pods";
import { variablesOf, type Variable } from "../kubernetes/variables";
import type { Facts, Plan, Program, Resource } from "../plan/plan";
import { brokerModel, type BrokerModel, type User } from "./broker";

/** A program of the stack file, and what the plan has of it. */
export interface PlannedProgram {
  readonly program: Program;
  /** Its pods; absent where the plan has none, and for clients outside. */
  readonly group?: PodGroup;
  /** What is wrong where it does nothing, e.g. `is switched off`; absent where it runs. */
  readonly off?: string;
  /** Where to point at: its controller, its user, or the stack. */
  readonly resource: Resource;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Its user in the broker, where the plan tells. */
  readonly user?: User;
  /** The virtual host that it connects to; absent where the plan does not tell. */
  readonly scope?: string;
}

const cache = new WeakMap<Plan, readonly PlannedProgram[]>();

/** The programs that handle orders; none where the plan does not know of any. Read once. */
export function plannedPrograms(plan: Plan): readonly PlannedProgram[] {
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const programs = readPrograms(plan);
  cache.set(plan, programs);
  return programs;
}

function readPrograms(plan: Plan): readonly PlannedProgram[] {
  const [stack] = plan.resources;
  if (stack === undefined) return [];
  const known = inventory(plan);
  const broker = brokerModel(plan);
  return (plan.facts?.orders?.programs ?? []).map((program): PlannedProgram => {
    if (program.outside) {
      const user = broker.users.find((one) => one.name === program.name) ?? userObject(broker, program.name);
      const permission = broker.permissions.find((one) => one.user === user?.object.name);
      const scope = permission?.scope ?? scopeWith(program, broker);
      return {
        program,
        resource: user?.object.resource ?? permission?.object.resource ?? stack,
        variables: new Map(),
        ...(user === undefined ? {} : { user }),
        ...(scope === undefined ? {} : { scope }),
      };
    }
    const group = known.pods.find(
      ({ object, finite }) => !finite && object.kind === "Deployment" && object.name === program.name,
    );
    const variables: ReadonlyMap<string, Variable> = group === undefined ? new Map() : variablesOf(group, known);
    const off = whyOff(program, group, known);
    const cluster = clusterAt(variables.get("AMQP_HOST")?.value, broker, plan.facts?.brokerElsewhere);
    const name = variables.get("AMQP_USERNAME")?.value;
    const user =
      name === undefined
        ? undefined
        : broker.users.find((one) => one.name === name && (cluster === undefined || one.cluster === cluster));
    const vhost = variables.get("AMQP_VHOST")?.value;
    const scope = cluster === undefined || vhost === undefined ? undefined : `${cluster} ${vhost}`;
    return {
      program,
      resource: group?.object.resource ?? stack,
      variables,
      ...(group === undefined ? {} : { group }),
      ...(off === undefined ? {} : { off }),
      ...(user === undefined ? {} : { user }),
      ...(scope === undefined ? {} : { scope }),
    };
  });
}

/** By the name of the object, where its name in the broker is not known. */
function userObject({ users }: BrokerModel, name: string): User | undefined {
  return users.find((user) => user.name === undefined && user.object.name === name);
}

/** The virtual host that has what a program uses. */
function scopeWith({ publishes, consumes }: Program, { exchanges, queues }: BrokerModel): string | undefined {
  const used = [
    ...exchanges.filter(({ name }) => publishes.includes(name)),
    ...queues.filter(({ name }) => consumes.some(({ queue }) => queue === name)),
  ];
  return used[0]?.scope;
}

/** The broker of the plan that a host name leads to: `broker.mes-data.svc` → `mes-data/broker`. @param elsewhere one of another host */
function clusterAt(
  host: string | undefined,
  { queues, exchanges }: BrokerModel,
  elsewhere: Facts["brokerElsewhere"],
): string | undefined {
  if (elsewhere !== undefined && host === elsewhere.host) return elsewhere.cluster;
  const [service, namespace] = host?.split(".") ?? [];
  const cluster = `${namespace ?? ""}/${service ?? ""}`;
  return [...queues, ...exchanges].some(({ scope }) => scope.startsWith(`${cluster} `)) ? cluster : undefined;
}

function whyOff(program: Program, group: PodGroup | undefined, known: Inventory): string | undefined {
  if (!program.enabled) return `is switched off (${program.key}.enabled)`;
  if (group === undefined) return "has no Deployment in the plan";
  const scaling = known.autoscalers.find(
    ({ target }) => target.kind === "Deployment" && target.namespace === group.namespace && target.name === group.object.name,
  );
  const paused = scaling?.object.annotations["autoscaling.keda.sh/paused-replicas"];
  if (paused !== undefined && Number(paused) === 0)
    return "is held at 0 pods by the annotation autoscaling.keda.sh/paused-replicas";
  if (known.scale(group).max === 0) return `has 0 pods (${program.key}.${scaling === undefined ? "replicas" : "scale.max"})`;
  return undefined;
}

/** `order-intake`, or `crm (outside)`. */
export function programTitle({ name, outside }: Program): string {
  return outside ? `the client ${name}` : name;
}
