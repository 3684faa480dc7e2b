import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { cgroupHierarchies } from "./cgroups";

/** What is left of a cluster on this machine: its folder, cgroups, and processes with what they have mounted; the folder names it. */
export function leftOver(folder: string): string[] {
  const name = path.basename(folder);
  const cgroups = cgroupHierarchies().map((hierarchy) => path.join(hierarchy, name));
  return [...[folder, ...cgroups].filter((file) => existsSync(file)), ...processes().flatMap((pid) => tracesIn(pid, name))];
}

/** A process that has ended counts no more, although nobody may have asked for its end yet. */
function isDead(pid: string): boolean {
  // PID (NAME) STATE …
  return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** Process ids with what names the cluster: among their words, their cgroups or their mounts. */
function tracesIn(pid: string, name: string): string[] {
  return ["cmdline", "cgroup", "mountinfo"].flatMap((file) => {
    try {
      const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
      return text.includes(name) && !isDead(pid)
        ? [`${file} of process ${pid} (${readFileSync(`/proc/${pid}/comm`, "utf8").trim()})`]
        : [];
    } catch {
      // It has ended.
      return [];
    }
  });
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
}
