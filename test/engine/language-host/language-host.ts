/**
 * A test language host: it stands in for Pulumi's `pulumi-language-nodejs`, which no package registry serves, so that the real
 * CLI can run the real program as a process of its own, from Pulumi.yaml. It does what `pulumi preview`, `up`, `refresh` and
 * `destroy` ask for and nothing else: it installs nothing, and names no plugins, since tests attach their own providers.
 */
import { spawn } from "node:child_process";
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall, type ServerWritableStream } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPackagesResponse,
  type RunPluginRequest,
  RunPluginResponse,
  type RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { messageOf } from "../../cluster/message";

/** With this code the SDK's runner says that it has told of the error itself. */
const ERROR_IS_TOLD = 32;

/** Runs the program of a request and returns what is wrong, or that it was told already. */
async function run(request: RunRequest, engine: string): Promise<RunResponse> {
  const info = request.getInfo();
  if (info === undefined) throw new Error("the engine did not say where the program is");
  const folder = info.getProgramDirectory();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = typeof options.nodeargs === "string" ? words(options.nodeargs) : [];
  const runner = require.resolve("@pulumi/pulumi/cmd/run", { paths: [folder] });
  const child = spawn(process.execPath, [...nodeArguments, runner, ...flags(request, engine), info.getEntryPoint()], {
    // Neither does the real one name a folder: the engine starts it in that of `main`, and what it starts inherits that.
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: options.typescript === false ? "false" : "true",
    },
    // What the program prints, the engine shows.
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const response = new RunResponse();
  if (code === ERROR_IS_TOLD) response.setBail(true);
  else if (code !== 0) response.setError(`the program ended with exit code ${code ?? "none: it was killed"}`);
  return response;
}

/**
 * Runs a policy pack in its own folder, which is its last argument, and hands on what it prints. The real one also stands between it and
 * the engine to give it the stack's configuration, which this project's pack reads from the stack file.
 */
function runPolicyPack(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const folder = call.request.getInfo()?.getProgramDirectory() ?? "";
  const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [folder] });
  const env = Object.fromEntries(
    call.request.getEnvList().map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]),
  );
  const child = spawn(process.execPath, [runner, ...call.request.getArgsList(), folder], { cwd: folder, env });
  process.once("exit", () => child.kill("SIGKILL"));
  call.once("cancelled", () => child.kill());
  child.stdout.on("data", (chunk: Buffer) => call.write(new RunPluginResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new RunPluginResponse().setStderr(chunk)));
  child.once("close", (code) => {
    call.write(new RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
}

/** The words of a line as a shell has them, with quotes; without variables and escapes. */
function words(line: string): string[] {
  const found = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return found.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

function flags(request: RunRequest, engine: string): string[] {
  return [
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engine}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--root-directory=${request.getInfo()?.getRootDirectory() ?? ""}`,
    `--pwd=${request.getPwd()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
  ];
}

function answer<Request, Response>(respond: (request: Request) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    Promise.resolve(call.request)
      .then(respond)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ name: "error", message: messageOf(error) }),
      );
  };
}

function serve(engine: string): void {
  const server = new Server();
  server.addService(LanguageRuntimeService, {
    run: answer((request: RunRequest) => run(request, engine)),
    runPlugin: runPolicyPack,
    getPluginInfo: answer(() => new PluginInfo().setVersion("0.0.0")),
    getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  });
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    // The CLI reads where to connect from the first line.
    process.stdout.write(`${port}\n`);
  });
}

/** The CLI ends its plugins, unless it is killed. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 200);
  process.once("SIGTERM", () => process.exit(0));
  process.once("SIGINT", () => process.exit(0));
}

endWithParent();
serve(process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "");
