import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as services from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { parse } from "yaml";

/*
 * A stand-in for the plug-in `pulumi-language-nodejs`, which cannot be had from a package: it starts the SDK's own runner
 * with the options of Pulumi.yaml, as the plug-in does, so that the real CLI runs the project as its users do.
 * Source of the arguments: sdk/nodejs/cmd/pulumi-language-nodejs of pulumi/pulumi.
 */

type Reply = grpc.sendUnaryData<unknown>;

export interface LanguageHost {
  readonly address: string;
  stop(): void;
}

export async function languageHost(environment: NodeJS.ProcessEnv): Promise<LanguageHost> {
  const server = new grpc.Server();
  const service = (services as unknown as { LanguageRuntimeService: grpc.ServiceDefinition }).LanguageRuntimeService;
  server.addService(service, {
    getPluginInfo: (_: unknown, reply: Reply) => {
      const info = new PluginInfo();
      info.setVersion("3.246.0");
      reply(null, info);
    },
    getRequiredPlugins: (_: unknown, reply: Reply) => reply(null, new messages.GetRequiredPluginsResponse()),
    getRequiredPackages: (_: unknown, reply: Reply) => reply(null, new messages.GetRequiredPackagesResponse()),
    cancel: (_: unknown, reply: Reply) => reply(null, new Empty()),
    run: ({ request }: { request: messages.RunRequest }, reply: Reply) => {
      const response = new messages.RunResponse();
      runProgram(request, environment).then(
        (error) => {
          if (error !== undefined) {
            response.setError(error);
            response.setBail(error === "");
          }
          reply(null, response);
        },
        (error: unknown) => reply({ code: grpc.status.INTERNAL, details: String(error) }),
      );
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly nodeargs?: string;
}

/** The options of Pulumi.yaml: the CLI sends none to a host that it did not start. */
function runtimeOptions(rootDirectory: string): RuntimeOptions {
  const project = parse(fs.readFileSync(path.join(rootDirectory, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: RuntimeOptions };
  };
  return project.runtime.options;
}

/** Exit code by which the SDK's runner says that it has told the user already. */
const ALREADY_REPORTED = 32;

/** @returns undefined when the program succeeded, "" when it has told its error already */
async function runProgram(request: messages.RunRequest, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const info = request.getInfo();
  // A host that the CLI did not start itself is told the engine's address here.
  const engine = request.getArgsList()[0] ?? "";
  if (info === undefined) throw new Error("the engine sent no program info");
  const options = runtimeOptions(info.getRootDirectory());
  const nodeArgs = options.nodeargs?.split(" ") ?? [];
  const runner = path.join(info.getRootDirectory(), "node_modules", "@pulumi", "pulumi", "cmd", "run");
  const config = Object.fromEntries(request.getConfigMap().entries() as Iterable<[string, string]>);
  const child = spawn(
    process.execPath,
    [
      ...nodeArgs,
      runner,
      ...["--monitor", request.getMonitorAddress(), "--engine", engine],
      ...["--project", request.getProject(), "--stack", request.getStack(), "--organization", request.getOrganization()],
      ...[
        "--root-directory",
        info.getRootDirectory(),
        "--pwd",
        info.getProgramDirectory(),
        "--parallel",
        String(request.getParallel()),
      ],
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info.getEntryPoint(),
    ],
    {
      cwd: info.getRootDirectory(),
      env: {
        ...environment,
        PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false),
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code === 0) return undefined;
  return code === ALREADY_REPORTED ? "" : `the program ended with exit code ${code}`;
}
