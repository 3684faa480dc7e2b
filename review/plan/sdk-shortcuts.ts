import * as sdkDebuggable from "@pulumi/pulumi/runtime/debuggable";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/*
 * Two detours of the SDK that only matter between two processes. Together they are a quarter of the time and a third of
 * the memory of a plan (`npm run bench`); the tests against the real engine hold the result.
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

/**
 * Takes the shortcuts.
 * @returns undoes it
 */
export function takeShortcuts(): () => void {
  const struct = Struct as unknown as { fromJavaScript: FromJavaScript };
  const debuggable = sdkDebuggable as unknown as Debuggable;
  const { fromJavaScript } = struct;
  const { debuggablePromise } = debuggable;
  if (typeof fromJavaScript !== "function" || typeof debuggablePromise !== "function") {
    throw new Error("this version of @pulumi/pulumi is made in another way; adapt review/plan/sdk-shortcuts.ts");
  }
  struct.fromJavaScript = carry;
  // It notes a stack trace for each promise, for a debugger. `mes` itself says when a promise is never settled.
  debuggable.debuggablePromise = (promise) => promise;
  return () => {
    struct.fromJavaScript = fromJavaScript;
    debuggable.debuggablePromise = debuggablePromise;
  };
}
