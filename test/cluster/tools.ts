import { execFile, spawn } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const TOOLS = path.resolve(__dirname, "../../tools");

/** Folder of the CRDs, one folder per module that they come from; made by `makeTools("crds")`. */
export const CRDS = path.join(TOOLS, "crds");

export function toolPath(name: string): string {
  return path.join(TOOLS, "bin", name);
}

/** Servers of Kubernetes of which there are two versions. */
export type Server = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

/**
 * The tool of a server: of the oldest version that is supported, or of the newest that is tested, where `MES_KUBERNETES=newest` says so. All else
 * is of the oldest version: kubelets may be three minor versions older than the API server, etcd and kubectl have a range of their own.
 */
export function serverTool(server: Server): string {
  const { MES_KUBERNETES: version = "oldest" } = process.env;
  if (version !== "oldest" && version !== "newest") throw new Error(`MES_KUBERNETES is oldest or newest, not '${version}'`);
  return version === "newest" ? `${server}-newest` : server;
}

/** Compiles what is missing of these tools; what they print about it goes to standard error. */
export async function makeTools(...names: string[]): Promise<void> {
  const child = spawn(path.join(TOOLS, "make"), names, { stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0) throw new Error(`tools/make ${names.join(" ")} failed: see what it printed above`);
}

/**
 * Folder of a Go module's files, at the version that tools/go/TOOL requires and checked against its hash; downloaded if it is not
 * there. Operators keep the manifests of their rights and webhooks in it.
 */
export async function moduleFolder(tool: string, module: string): Promise<string> {
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", module], { cwd: path.join(TOOLS, "go", tool) });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}
