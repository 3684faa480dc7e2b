import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Node } from "./node";

/** Reads the log files of a pod on the disks of the nodes: all runs of its containers, the oldest first. */
export async function readPodLogs(nodes: readonly Node[], namespace: string, pod: string, container?: string): Promise<string> {
  const found: string[] = [];
  for (const { disk } of nodes) {
    const pods = path.join(disk, "log/pods");
    for (const folder of await entries(pods)) {
      // NAMESPACE_POD_UID/CONTAINER/RUN.log
      if (!folder.startsWith(`${namespace}_${pod}_`)) continue;
      for (const name of await entries(path.join(pods, folder))) {
        if (container !== undefined && name !== container) continue;
        for (const file of await entries(path.join(pods, folder, name))) {
          // Beside the current file of a run are compressed ones of long ago.
          if (!file.endsWith(".log")) continue;
          const lines = (await readFile(path.join(pods, folder, name, file), "utf8")).split("\n").filter(Boolean);
          found.push(...lines.map((line) => (container === undefined ? `${name}: ${textOf(line)}` : textOf(line))));
        }
      }
    }
  }
  if (found.length === 0)
    throw new Error(`no log of pod ${namespace}/${pod} is on any node: no container of it has printed anything`);
  return found.join("\n");
}

/** Without what containerd puts before it: time, stream, and whether the line is whole. */
function textOf(line: string): string {
  return line.split(" ").slice(3).join(" ");
}

async function entries(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
