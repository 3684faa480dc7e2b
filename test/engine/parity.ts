import { SECRET, UNKNOWN, type Resource } from "../../review/plan/plan";
import type { StateResource } from "./engine";
import { isObject } from "./provider/differences";

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** What both a plan and the engine's state say of a resource, in one form. */
export interface Comparable {
  readonly urn: string;
  readonly type: string;
  readonly parent: string | undefined;
  readonly provider: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly inputs: unknown;
}

/** @param planned the inputs of the plan: a text of which it shows all but the secrets is held against the text in the state */
export function fromState(resource: StateResource, planned?: unknown): Comparable {
  return {
    urn: resource.urn,
    type: resource.type,
    parent: resource.parent,
    provider: resource.provider?.slice(0, resource.provider.lastIndexOf("::")),
    protect: resource.protect ?? false,
    retainOnDelete: resource.retainOnDelete ?? false,
    dependencies: [...(resource.dependencies ?? [])].sort(),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies ?? {})
        .filter(([, urns]) => urns !== null && urns.length > 0)
        .map(([key, urns]) => [key, [...(urns ?? [])].sort()]),
    ),
    inputs: redacted(resource.inputs ?? {}, planned),
  };
}

export function fromPlan(resource: Resource): Comparable {
  return {
    urn: resource.urn,
    type: resource.type,
    parent: resource.parent,
    provider: resource.provider,
    protect: resource.protect,
    retainOnDelete: resource.retainOnDelete,
    dependencies: resource.dependsOn,
    propertyDependencies: resource.propertyDependencies,
    inputs: resource.inputs,
  };
}

/** A real value, but unknown wherever the plan says that it cannot know. */
export function asFarAsPlanned(actual: unknown, planned: unknown): unknown {
  if (planned === UNKNOWN) return UNKNOWN;
  if (typeof planned === "string" && planned.includes(UNKNOWN) && typeof actual === "string") {
    return isAround(planned.split(UNKNOWN), actual) ? planned : actual;
  }
  if (Array.isArray(actual) && Array.isArray(planned)) return actual.map((item, index) => asFarAsPlanned(item, planned[index]));
  if (!isObject(actual) || !isObject(planned)) return actual;
  return Object.fromEntries(Object.entries(actual).map(([key, item]) => [key, asFarAsPlanned(item, planned[key])]));
}

/** Whether a text has all parts in their order: it begins with the first and ends with the last. */
function isAround(parts: readonly string[], text: string): boolean {
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]+");
  return new RegExp(`^${pattern}$`).test(text);
}

/** Secrets of the state as a plan shows them: the keys, and no leaf but what the plan shows and the state has. */
function redacted(value: unknown, planned: unknown, secret = false): unknown {
  if (Array.isArray(value)) {
    return value.map((item, i) => redacted(item, Array.isArray(planned) ? planned[i] : undefined, secret));
  }
  if (value === null || typeof value !== "object") {
    if (!secret) return value;
    return typeof planned === "string" && isMadeOf(String(value), planned) ? planned : SECRET;
  }
  const object = value as Record<string, unknown>;
  if (SIGNATURE in object) return redacted(JSON.parse(String(object.plaintext)), planned, true);
  const said = isObject(planned) ? planned : {};
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, redacted(item, said[key], secret)]));
}

/** Whether a text is what a plan shows, with something in the place of each secret. */
function isMadeOf(text: string, shown: string): boolean {
  const parts = shown.split(SECRET).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]+")}$`).test(text);
}
