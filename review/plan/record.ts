import { randomUUID } from "node:crypto";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import * as sdkSettings from "@pulumi/pulumi/runtime/settings";
import * as sdkState from "@pulumi/pulumi/runtime/state";
import { showSecretTexts } from "../../components/credentials/secret-text";
import { recordKnownResources } from "./known-resources";
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
  /** @default true: what is known is recorded in the line that declares it; else all goes the SDK's way */
  readonly atOnce?: boolean;
}

/**
 * Runs a Pulumi program without engine, plug-ins, cluster or credential, and records every resource it declares.
 * One at a time: the SDK keeps its settings in the process.
 */
export async function record(program: () => Record<string, unknown>, args: RecordArgs): Promise<Plan> {
  const { preview = true, atOnce = true } = args;
  const texts = new SecretTexts();
  const monitor = new RecordingMonitor({
    project: args.project,
    stack: args.stack,
    preview,
    shownText: (secret) => texts.shown(secret),
    relativeSource: (uri) => path.relative(args.projectDirectory, fileURLToPath(uri)),
  });
  settings.setMockOptions(monitor, args.project, args.stack, preview, "organization");
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
  const undo = [useFirstOwnFrame(args.projectDirectory), hideEnvironment(), showSecretTexts((text) => texts.keep(text))];
  try {
    await pulumi.runtime.runInPulumiStack(async () => {
      if (atOnce) undo.push(await recordKnownResources(monitor, preview, state.getStore().stackResource as pulumi.Resource));
      return run(program, failures);
    });
    await settings.waitForRPCs();
    monitor.closeDependencies();
  } catch (error) {
    failures.unshift(error);
    await settle();
  } finally {
    // Rejections are reported on the turn after.
    await new Promise((resolve) => setImmediate(resolve));
    for (const step of undo) step();
    process.off("unhandledRejection", onRejection);
    // The SDK holds all resources until the next run; a plan needs none of them.
    state.getStore().stackResource = undefined;
  }
  // What the monitor refused is the cause of all that fails after it.
  const [failure] = monitor.refusals.length > 0 ? monitor.refusals : failures;
  if (failure !== undefined) throw failure as Error;
  return { version: 1, stack: args.stack, resources: monitor.resources, outputs: monitor.outputs };
}

/** What may be seen of secret texts, by a token that a program hands on in their place and that no other value can be. */
class SecretTexts {
  private readonly byToken = new Map<string, string>();

  keep(shown: string): string {
    const token = randomUUID();
    this.byToken.set(token, shown);
    return token;
  }

  shown(secret: string): string | undefined {
    return this.byToken.get(secret);
  }
}

/** The program's outputs. An error of its own is noted: the SDK would report it once for each of its promises. */
function run(program: () => Record<string, unknown>, failures: unknown[]): Record<string, unknown> {
  try {
    return program();
  } catch (error) {
    failures.push(error);
    return {};
  }
}

/** Lets what a failed program has begun come to its end, so that it does not reach into the next one. */
async function settle(): Promise<void> {
  const turns = async () => {
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  await Promise.race([settings.waitForRPCs().catch(() => undefined), turns()]);
}

/** Variables that providers take settings from. A plan is the same whoever makes it, and tells nothing of their machine. */
const AMBIENT = /^(?:KUBECONFIG|KUBE_CONTEXT|PULUMI_K8S_\w+|AWS_\w+)$/;

function hideEnvironment(): () => void {
  const hidden = Object.entries(process.env).filter(([name]) => AMBIENT.test(name));
  for (const [name] of hidden) delete process.env[name];
  return () => {
    Object.assign(process.env, Object.fromEntries(hidden));
  };
}
