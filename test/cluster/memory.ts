import { readdirSync, readFileSync } from "node:fs";

/**
 * The most memory that a process had at once, in bytes, pages of its program included. 0 where it has ended.
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (VmHWM)
 */
export function peakMemory(processId: number | string): number {
  const [, kibibytes = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(fileOf(processId, "status")) ?? [];
  return Number(kibibytes) * 1024;
}

/** The same of a pod on a real node: of all its processes together. */
export function peakMemoryOfPod(uid: string): number {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && fileOf(name, "cgroup").includes(`/pod${uid}/`));
  return processes.reduce((sum, processId) => sum + peakMemory(processId), 0);
}

function fileOf(processId: number | string, name: string): string {
  try {
    return readFileSync(`/proc/${processId}/${name}`, "utf8");
  } catch {
    return "";
  }
}
