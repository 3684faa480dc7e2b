import type { Plan, Resource } from "../../review/plan/plan";

/** Inputs of a resource, to be changed at will. */
type Inputs = any;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type EditedResource = Omit<Writable<Resource>, "inputs"> & { inputs: Inputs };

/** A plan that is being changed: a deep copy, whose resources may be written to. */
export class EditedPlan {
  readonly plan: Plan;

  constructor(original: Plan) {
    this.plan = structuredClone(original);
  }

  private get all(): EditedResource[] {
    return this.plan.resources as unknown as EditedResource[];
  }

  /** Those of a kind: a Kubernetes kind, or the last part of a Pulumi type. */
  every(kind: string): EditedResource[] {
    return this.all.filter((resource) => resource.custom && kindOf(resource) === kind);
  }

  /** The one of a kind and a name: `name` or `namespace/name` of the object, or the resource's own. */
  resource(kind: string, name: string): EditedResource {
    const found = this.every(kind).filter((resource) => namesOf(resource).includes(name));
    const [one] = found;
    if (one === undefined || found.length > 1) {
      const known = this.every(kind).map((resource) => namesOf(resource)[0]);
      throw new Error(`${found.length} resources are ${kind} ${name}; there are: ${known.join(", ")}`);
    }
    return one;
  }

  /** Its inputs. */
  inputs(kind: string, name: string): Inputs {
    return this.resource(kind, name).inputs;
  }

  /** Its `spec`. */
  spec(kind: string, name: string): Inputs {
    return this.inputs(kind, name).spec;
  }

  /** Spec of the pods of a controller, whatever operator makes them. */
  pod(kind: string, name: string): Inputs {
    const spec = this.spec(kind, name);
    return kind === "CronJob" ? spec.jobTemplate.spec.template.spec : (spec.template?.spec ?? spec);
  }

  /** The first container of a controller. */
  container(kind: string, name: string): Inputs {
    return this.pod(kind, name).containers[0];
  }

  /** A variable of the first container. */
  variable(kind: string, name: string, variable: string): Inputs {
    const found = this.container(kind, name).env.find((one: Inputs) => one.name === variable);
    if (found === undefined) throw new Error(`${kind} ${name} has no variable ${variable}`);
    return found;
  }

  /** Leaves it out, as a component that never declared it. */
  drop(kind: string, name: string): void {
    const { urn } = this.resource(kind, name);
    const resources = this.all.filter((resource) => resource.urn !== urn && resource.parent !== urn);
    for (const resource of resources) resource.dependsOn = resource.dependsOn.filter((other) => other !== urn);
    (this.plan as Writable<Plan>).resources = resources;
  }

  /** Declares one more: a copy of another one, changed. */
  copy(kind: string, name: string, newName: string, change: (inputs: Inputs, copy: EditedResource) => void): void {
    const copy = structuredClone(this.resource(kind, name));
    copy.urn = `${copy.urn.split("::").slice(0, -1).join("::")}::${newName}`;
    copy.name = newName;
    if (copy.inputs.metadata !== undefined) copy.inputs.metadata.name = newName;
    change(copy.inputs, copy);
    this.all.push(copy);
  }

  /** Gives a resource another Pulumi name, and so another URN; the object stays what it is. */
  renameResource(kind: string, name: string, newName: string): EditedResource {
    const resource = this.resource(kind, name);
    const urn = `${resource.urn.split("::").slice(0, -1).join("::")}::${newName}`;
    for (const other of this.all) {
      other.dependsOn = other.dependsOn.map((one) => (one === resource.urn ? urn : one));
      if (other.parent === resource.urn) other.parent = urn;
    }
    resource.urn = urn;
    resource.name = newName;
    return resource;
  }

  /** Changes a JSON text in place: `json(inputs, "policy", (policy) => …)`. */
  json(holder: Inputs, key: string, change: (value: Inputs) => void): void {
    const value: unknown = JSON.parse(holder[key]);
    change(value);
    holder[key] = JSON.stringify(value);
  }

  /** Replaces a part of a text that has to be there. */
  text(holder: Inputs, key: string, from: string | RegExp, to: string | ((found: string) => string)): void {
    const before = String(holder[key]);
    const after = typeof to === "string" ? before.replace(from, to) : before.replace(from, to);
    if (after === before) throw new Error(`${key} has no ${String(from)}`);
    holder[key] = after;
  }

  /** The alert of a name, in whatever PrometheusRule it is. */
  alert(name: string): Inputs {
    const rules = this.every("PrometheusRule").flatMap(({ inputs }) =>
      inputs.spec.groups.flatMap((group: Inputs) => group.rules),
    );
    const found = rules.find((rule: Inputs) => rule.alert === name || rule.record === name);
    if (found === undefined) throw new Error(`no alert or recording ${name}`);
    return found;
  }
}

/** Removes a key that has to be there. */
export function without(holder: Inputs, key: string): void {
  if (holder?.[key] === undefined) throw new Error(`nothing at ${key}`);
  delete holder[key];
}

function kindOf({ type, inputs }: Pick<Resource, "type"> & { inputs: Inputs }): string {
  return typeof inputs.kind === "string" && inputs.apiVersion !== undefined ? inputs.kind : (type.split(":").at(-1) ?? "");
}

function namesOf({ name, inputs }: Pick<Resource, "name"> & { inputs: Inputs }): string[] {
  const { metadata } = inputs;
  if (metadata?.name === undefined) return [name];
  return [metadata.name, ...(metadata.namespace === undefined ? [] : [`${metadata.namespace}/${metadata.name}`])];
}

/** An object that a plan declares. */
export interface PlannedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** By what `resource` finds it. */
  readonly ref: string;
  readonly inputs: Inputs;
}

/** The objects of a kind in a plan. */
export function objectsOf(plan: Plan, kind: string): PlannedObject[] {
  return plan.resources
    .filter((resource) => resource.custom && kindOf(resource) === kind)
    .map((resource) => {
      const { inputs }: { inputs: Inputs } = resource;
      const [name = resource.name, ref = name] = namesOf(resource);
      return { kind, name, namespace: inputs.metadata?.namespace, ref, inputs };
    });
}

/** Names of the objects of a kind in a plan. */
export function objectNames(plan: Plan, kind: string): string[] {
  return objectsOf(plan, kind).map(({ name }) => name);
}
