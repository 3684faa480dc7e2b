import { isRecord } from "../kubernetes/value";
import { type Plan, type Resource, SECRET, UNKNOWN } from "../plan/plan";

/** What the engine tells a policy of a resource. */
export type EngineResource = Pick<
  Resource,
  "urn" | "type" | "name" | "parent" | "provider" | "protect" | "ignoreChanges" | "dependsOn" | "inputs"
>;

/**
 * The plan with the resources that the engine is about to make in place of its own: what a plug-in has added, and what a stack file that
 * is not the planned one has changed, is judged too. What the engine does not tell (`retainOnDelete`, aliases, the line) is as planned.
 */
export function asTheEngine(plan: Plan, resources: readonly EngineResource[]): Plan {
  const planned = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  return { ...plan, resources: resources.map((resource) => merged(resource, planned.get(resource.urn))) };
}

function merged(actual: EngineResource, planned: Resource | undefined): Resource {
  if (planned === undefined) return { ...NOTHING_TOLD, custom: !isComponent(actual), ...actual, inputs: withoutSecrets(actual) };
  if (!planned.custom) return planned;
  const inputs = overlay(planned.inputs, actual.inputs) as Resource["inputs"];
  return { ...planned, protect: actual.protect, ignoreChanges: actual.ignoreChanges, inputs };
}

const NOTHING_TOLD = {
  retainOnDelete: false,
  propertyDependencies: {},
  replaceOnChanges: [],
  deleteBeforeReplace: false,
  aliases: [],
  customTimeouts: {},
};

/** Only a component has no provider; a provider itself is told by its type. */
function isComponent({ provider, type }: EngineResource): boolean {
  return provider === undefined && !type.startsWith("pulumi:providers:");
}

/** A policy sees secrets as they are. Those of the plan stay what they are there, so that no message can hold one. */
function overlay(planned: unknown, actual: unknown): unknown {
  if (actual === UNKNOWN) return planned ?? actual;
  if (typeof planned === "string" && planned.includes(SECRET)) return planned;
  if (Array.isArray(actual)) return actual.map((item, i) => overlay(Array.isArray(planned) ? planned[i] : undefined, item));
  if (!isRecord(actual)) return actual;
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [key, overlay(isRecord(planned) ? planned[key] : undefined, value)]),
  );
}

/** Of a resource that no plan has, nobody knows which inputs are secret: all of a Secret are taken for it. */
function withoutSecrets({ type, inputs }: EngineResource): Resource["inputs"] {
  if (!type.endsWith(":Secret")) return inputs;
  const hidden = (data: unknown) => (isRecord(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, SECRET])) : data);
  return { ...inputs, data: hidden(inputs.data), stringData: hidden(inputs.stringData) };
}
