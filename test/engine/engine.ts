import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as automation from "@pulumi/pulumi/automation";
import { makeTools, toolPath } from "../cluster/tools";
import { servePlugins } from "./plugins";
import type { TestProvider } from "./provider/serve";

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
  readonly outputs?: Record<string, unknown>;
}

/** What an engine did, or in a preview would do, to one resource. */
export interface Step {
  readonly urn: string;
  /** As `create`, `update`, `replace`, `delete`. */
  readonly op: string;
  /** Paths that differ. */
  readonly changes: readonly string[];
}

export type Program = () => Record<string, unknown>;

export interface RealEngine {
  /** Each returns the steps, without those that change nothing. @throws Error with all that the engine said */
  preview(program: Program): Promise<Step[]>;
  up(program: Program): Promise<Step[]>;
  refresh(): Promise<Step[]>;
  destroy(): Promise<Step[]>;
  state(): Promise<StateResource[]>;
  /** Runs the CLI on the stack. @throws Error with what it printed */
  pulumi(...args: string[]): Promise<void>;
  stop(): void;
}

export interface EngineOptions {
  /** The state is saved after each resource, as users have it. It takes half of the work; what fails on the way needs it. @default false */
  readonly checkpoints?: boolean;
}

/** The state is saved when the engine is done, and not after each resource. */
export const SAVED_AT_THE_END = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** Steps that are part of others, or that change nothing. */
const SILENT = ["same", "read", "refresh", "create-replacement", "delete-replaced"];

/**
 * The real Pulumi engine with a state of its own, and test providers in place of the plug-ins.
 * @default of both: one that creates nothing
 */
export async function realEngine(
  stack: string,
  kubernetes?: TestProvider,
  aws?: TestProvider,
  { checkpoints = false }: EngineOptions = {},
): Promise<RealEngine> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-engine-"));
  const plugins = await servePlugins(kubernetes, aws);
  const workspace = await automation.LocalWorkspace.createOrSelectStack(
    { projectName: "mes", stackName: stack, program: () => Promise.resolve({}) },
    {
      pulumiCommand: await pulumiCommand(directory),
      workDir: directory,
      envVars: {
        ...plugins.environment,
        PULUMI_BACKEND_URL: `file://${directory}`,
        PULUMI_HOME: path.join(directory, "home"),
        ...(checkpoints ? {} : SAVED_AT_THE_END),
      },
      projectSettings: { name: "mes", runtime: "nodejs", backend: { url: `file://${directory}` } },
    },
  );
  // What the Automation API asks the CLI for after each operation; nobody reads it, and it is a tenth of an `up`'s work.
  Object.assign(workspace, { outputs: () => Promise.resolve({}), info: () => Promise.resolve(undefined) });
  const inline = (program: Program) => () => Promise.resolve(program());
  return {
    preview: (program) => steps((onEvent) => workspace.preview({ program: inline(program), onEvent })),
    up: (program) => steps((onEvent) => workspace.up({ program: inline(program), onEvent })),
    refresh: () => steps((onEvent) => workspace.refresh({ onEvent })),
    destroy: () => steps((onEvent) => workspace.destroy({ onEvent })),
    state: async () => {
      const exported = (await workspace.exportStack()).deployment as { resources?: StateResource[] };
      return exported.resources ?? [];
    },
    pulumi: async (...args) => {
      const env = { ...process.env, ...workspace.workspace.envVars };
      const options = ["--stack", stack, "--non-interactive", "--color", "never"];
      await promisify(execFile)(toolPath("pulumi"), [...args, ...options], { cwd: directory, env }).catch(
        ({ stdout, stderr }: { stdout: string; stderr: string }) => {
          throw new Error(`${stdout}${stderr}`);
        },
      );
    },
    stop: () => {
      plugins.stop();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

type OnEvent = (event: automation.EngineEvent) => void;

async function steps(run: (onEvent: OnEvent) => Promise<unknown>): Promise<Step[]> {
  const found = new Map<string, Step>();
  const said: string[] = [];
  const note = ({ op, urn, detailedDiff }: automation.StepEventMetadata): void => {
    if (!SILENT.includes(op)) found.set(urn, { urn, op, changes: Object.keys(detailedDiff ?? {}) });
  };
  try {
    await run((event) => {
      if (event.resourcePreEvent !== undefined) note(event.resourcePreEvent.metadata);
      // A refresh knows only afterwards what it has found.
      if (event.resOutputsEvent !== undefined) note(event.resOutputsEvent.metadata);
      const { diagnosticEvent: diagnostic } = event;
      if (diagnostic !== undefined && ["error", "warning"].includes(diagnostic.severity)) said.push(diagnostic.message);
    });
  } catch (error) {
    if (said.length === 0) throw error;
    throw new Error([...new Set(said)].join("\n"), { cause: error });
  }
  return [...found.values()];
}

/** The CLI that tools/make made. */
async function pulumiCommand(directory: string): Promise<automation.PulumiCommand> {
  await makeTools("pulumi");
  const root = path.join(directory, "pulumi");
  fs.mkdirSync(path.join(root, "bin"), { recursive: true });
  fs.symlinkSync(toolPath("pulumi"), path.join(root, "bin", "pulumi"));
  return automation.PulumiCommand.get({ root });
}
