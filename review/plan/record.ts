import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import * as sdkSettings from "@pulumi/pulumi/runtime/settings";
import * as sdkState from "@pulumi/pulumi/runtime/state";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { RecordingMonitor } from "./monitor";
import type { Plan } from "./plan";
import { useFirstOwnFrame } from "./source-positions";

/** What the SDK leaves out of its declarations; `npm run typecheck` cannot guard it, the parity tests do. */
const settings = sdkSettings as typeof sdkSettings & { waitForRPCs(): Promise<void> };
const state = sdkState as unknown as { getStore: () => Record<string, unknown> };

export interface RecordArgs {
  readonly project: string;
  readonly stack: string;
  readonly projectDirectory: string;
  /** @default true: values that only a real run computes are unknown */
  readonly preview?: boolean;
}

/**
 * Runs a Pulumi program without engine, plug-ins, cluster or credential, and records every resource it declares.
 * One at a time: the SDK keeps its settings in the process.
 */
export async function record(program: () => Record<string, unknown>, args: RecordArgs): Promise<Plan> {
  const monitor = new RecordingMonitor({
    project: args.project,
    stack: args.stack,
    toStruct: (value) => Struct.fromJavaScript(value as Parameters<typeof Struct.fromJavaScript>[0]),
    relativeSource: (uri) => path.relative(args.projectDirectory, fileURLToPath(uri)),
  });
  settings.setMockOptions(monitor, args.project, args.stack, args.preview ?? true, "organization");
  Object.assign(state.getStore(), {
    supportsSecrets: true,
    supportsResourceReferences: true,
    supportsOutputValues: false,
    supportsDeletedWith: true,
    supportsReplaceWith: true,
    supportsAliasSpecs: true,
    supportsTransforms: false,
    supportsInvokeTransforms: false,
    supportsParameterization: true,
    supportsResourceHooks: true,
    supportsErrorHooks: true,
  });

  const failures: unknown[] = [];
  const onRejection = (reason: unknown) => failures.push(reason);
  process.on("unhandledRejection", onRejection);
  const restoreFrames = useFirstOwnFrame(args.projectDirectory);
  const { stackTraceLimit } = Error;
  // The SDK makes errors in advance for every promise; without a debugger nobody reads their stacks.
  if (process.env.MES_DEBUG === undefined) Error.stackTraceLimit = 0;
  try {
    await pulumi.runtime.runInPulumiStack(() => Promise.resolve(program()));
    await settings.waitForRPCs();
    // Rejections are reported on the turn after.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    restoreFrames();
    process.off("unhandledRejection", onRejection);
  }
  if (failures.length > 0) throw failures[0];
  return { version: 1, stack: args.stack, resources: monitor.resources, outputs: monitor.outputs };
}
