import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { cp, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { etcdData, startControlPlane } from "./control-plane";
import { installCrds } from "./crds";
import { Sandbox } from "./sandbox";
import { CRDS, makeTools, toolPath } from "./tools";

const PREFIX = "cluster-seed@";
const KEPT_DAYS = 14;

/**
 * A store in which the CRDs are installed, as a folder of etcd's data. Installing them takes the API server ten seconds of CPU
 * time, so it is done once for each set of CRDs and versions of the servers, and the result is kept beside the tools.
 */
export async function seedWithCrds(): Promise<string> {
  await makeTools("crds", "etcd", "kube-apiserver");
  // Both kinds of path name their content.
  const contents = [CRDS, toolPath("etcd"), toolPath("kube-apiserver")].map((link) => realpathSync(link));
  const cache = path.dirname(realpathSync(CRDS));
  const key = createHash("sha256").update(contents.join("\n")).digest("hex").slice(0, 16);
  const seed = path.join(cache, `${PREFIX}${key}`);
  if (!existsSync(seed)) {
    await makeSeed(seed);
    await removeOldSeeds(cache);
  }
  return seed;
}

async function makeSeed(seed: string): Promise<void> {
  const sandbox = new Sandbox("cluster-seed");
  try {
    const { api } = await startControlPlane(sandbox);
    await installCrds(api);
    api.close();
    await sandbox.end("kube-apiserver", "SIGKILL");
    // It writes what it still holds in memory.
    await sandbox.end("etcd", "SIGTERM");
    const part = `${seed}.${process.pid}.part`;
    await cp(etcdData(sandbox), part, { recursive: true });
    await moveUnlessThere(part, seed);
  } finally {
    await sandbox.stop();
  }
}

/** Another process may have made the same one meanwhile. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    await rm(from, { recursive: true });
    if (!existsSync(to)) throw error;
  }
}

async function removeOldSeeds(cache: string): Promise<void> {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  for (const name of await readdir(cache)) {
    if (!name.startsWith(PREFIX)) continue;
    const { mtimeMs } = await stat(path.join(cache, name));
    if (mtimeMs < oldest) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}
