import { realpathSync } from "node:fs";
import { cp } from "node:fs/promises";
import path from "node:path";
import { etcdData, startControlPlane } from "./control-plane";
import { installCrds } from "./crds";
import { keptFolder } from "./kept";
import { Sandbox } from "./sandbox";
import { CRDS, makeTools, serverTool, toolPath } from "./tools";

/**
 * A store in which the CRDs are installed, as a folder of etcd's data. Installing them takes the API server ten seconds of CPU
 * time, so it is done once for each set of CRDs and versions of the servers, and the result is kept beside the tools.
 */
export async function seedWithCrds(): Promise<string> {
  const server = serverTool("kube-apiserver");
  await makeTools("crds", "etcd", server);
  // Both kinds of path name their content.
  const contents = [CRDS, toolPath("etcd"), toolPath(server)].map((link) => realpathSync(link));
  return keptFolder({ cache: path.dirname(realpathSync(CRDS)), name: "cluster-seed", contents, days: 14, make: makeSeed });
}

async function makeSeed(folder: string): Promise<void> {
  const sandbox = new Sandbox("cluster-seed");
  try {
    const { api } = await startControlPlane(sandbox);
    await installCrds(api);
    api.close();
    await sandbox.end("kube-apiserver", "SIGKILL");
    // It writes what it still holds in memory.
    await sandbox.end("etcd", "SIGTERM");
    await cp(etcdData(sandbox), folder, { recursive: true });
  } finally {
    await sandbox.stop();
  }
}
