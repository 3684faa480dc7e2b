import * as sdkDebuggable from "@pulumi/pulumi/runtime/debuggable";
import * as sdkRpc from "@pulumi/pulumi/runtime/rpc";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/*
 * Detours of the SDK that only matter between two processes. Without them a resource that has to wait for something costs half the
 * time and half the memory (`npm run bench`); the tests against the real engine hold the result.
 */

interface Debuggable {
  debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
}
type FromJavaScript = (value: Record<string, unknown>) => Struct;

/**
 * A message that carries a JavaScript object as it is. The SDK turns the properties of every resource into a tree of
 * protobuf messages to send them, and here the receiver would only turn them back.
 */
export function carry(value: Record<string, unknown>): Struct {
  const struct = new Struct();
  (struct as unknown as { toJavaScript: () => unknown }).toJavaScript = () => value;
  return struct;
}

type Properties = Record<string, unknown>;
type Serialized = [Properties, Map<string, Set<unknown>>];
interface Rpc {
  serializeResourceProperties: (label: string, properties: Properties, options?: unknown) => Promise<Serialized>;
}

/**
 * A copy of a value of which all is known already, as the SDK sends it; nothing where anything in it has to be waited for (an
 * Output, a promise, a resource) or is more than data.
 */
export function plainCopy(value: unknown): { readonly copy: unknown } | undefined {
  if (value === undefined || value === null || ["boolean", "number", "string"].includes(typeof value)) return { copy: value };
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    for (const item of value) {
      const plain = plainCopy(item);
      if (plain === undefined) return undefined;
      copy.push(plain.copy ?? null);
    }
    return { copy };
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const copy: Properties = {};
  for (const key of Object.keys(value)) {
    const plain = plainCopy((value as Properties)[key]);
    if (plain === undefined) return undefined;
    if (plain.copy !== undefined) copy[key] = plain.copy;
  }
  return { copy };
}

/** Copies at once what is plain, and leaves the rest to the SDK, which waits a turn for every single value. */
function serializeQuickly(original: Rpc["serializeResourceProperties"]): Rpc["serializeResourceProperties"] {
  return async (label, properties, options) => {
    const rest: Properties = {};
    const plain = new Map<string, unknown>();
    for (const [key, value] of Object.entries(properties)) {
      const known = key === "id" || key === "urn" ? undefined : plainCopy(value);
      if (known === undefined) rest[key] = value;
      else if (known.copy !== undefined) plain.set(key, known.copy);
    }
    const [sent, dependencies]: Serialized =
      Object.keys(rest).length > 0 ? await original(label, rest, options) : [{}, new Map()];
    const result: Properties = {};
    const all = new Map<string, Set<unknown>>();
    for (const key of Object.keys(properties)) {
      if (plain.has(key)) result[key] = plain.get(key);
      else if (Object.hasOwn(sent, key)) result[key] = sent[key];
      else continue;
      all.set(key, dependencies.get(key) ?? new Set());
    }
    return [result, all];
  };
}

/**
 * Takes the shortcuts.
 * @returns undoes it
 */
export function takeShortcuts(): () => void {
  const struct = Struct as unknown as { fromJavaScript: FromJavaScript };
  const debuggable = sdkDebuggable as unknown as Debuggable;
  const rpc = sdkRpc as unknown as Rpc;
  const { fromJavaScript } = struct;
  const { debuggablePromise } = debuggable;
  const { serializeResourceProperties } = rpc;
  if ([fromJavaScript, debuggablePromise, serializeResourceProperties].some((known) => typeof known !== "function")) {
    throw new Error("this version of @pulumi/pulumi is made in another way; adapt review/plan/sdk-shortcuts.ts");
  }
  struct.fromJavaScript = carry;
  // It notes a stack trace for each promise, for a debugger. `mes` itself says when a promise is never settled.
  debuggable.debuggablePromise = (promise) => promise;
  rpc.serializeResourceProperties = serializeQuickly(serializeResourceProperties);
  return () => {
    struct.fromJavaScript = fromJavaScript;
    debuggable.debuggablePromise = debuggablePromise;
    rpc.serializeResourceProperties = serializeResourceProperties;
  };
}
