import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { makeTools, toolPath } from "../cluster/tools";
import { echoProvider } from "./echo-provider";

/** A resource in the state of the real engine. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly dependencies?: string[];
  readonly propertyDependencies?: Record<string, string[] | null>;
  readonly inputs?: Record<string, unknown>;
}

export interface RealEngine {
  up(): Promise<automation.UpResult>;
  preview(): Promise<automation.PreviewResult>;
  destroy(): Promise<automation.DestroyResult>;
  state(): Promise<StateResource[]>;
  stop(): void;
}

/** The real Pulumi engine on a state of its own, running a program with test providers in place of the plug-ins. */
export async function realEngine(stack: string, program: () => Promise<Record<string, unknown>>): Promise<RealEngine> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-engine-"));
  const provider = await echoProvider();
  const workspace = await automation.LocalWorkspace.createOrSelectStack(
    { projectName: "mes", stackName: stack, program },
    {
      pulumiCommand: await pulumiCommand(directory),
      workDir: directory,
      envVars: {
        PULUMI_BACKEND_URL: `file://${directory}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_HOME: path.join(directory, "home"),
        PULUMI_DEBUG_PROVIDERS: ["kubernetes", "aws", "random"].map((name) => `${name}:${provider.port}`).join(","),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
      projectSettings: { name: "mes", runtime: "nodejs", backend: { url: `file://${directory}` } },
    },
  );
  return {
    up: () => workspace.up(),
    preview: () => workspace.preview(),
    destroy: () => workspace.destroy(),
    state: async () => {
      const exported = (await workspace.exportStack()).deployment as { resources?: StateResource[] };
      return exported.resources ?? [];
    },
    stop: () => {
      provider.stop();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The CLI that tools/make made. */
async function pulumiCommand(directory: string): Promise<automation.PulumiCommand> {
  await makeTools("pulumi");
  const root = path.join(directory, "pulumi");
  fs.mkdirSync(path.join(root, "bin"), { recursive: true });
  fs.symlinkSync(toolPath("pulumi"), path.join(root, "bin", "pulumi"));
  return automation.PulumiCommand.get({ root });
}
