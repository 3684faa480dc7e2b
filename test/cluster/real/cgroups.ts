import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Folders of the machine's cgroup hierarchies: those of version 1, and that of version 2 without controllers beside them. */
export function cgroupHierarchies(): string[] {
  const mounts = readFileSync("/proc/mounts", "utf8").trimEnd().split("\n");
  const hierarchies = mounts
    .map((line) => line.split(" "))
    .flatMap(([, folder, type]) => (type?.startsWith("cgroup") ? [folder ?? ""] : []));
  const missing = ["cpu", "cpuset", "memory", "pids"].filter(
    (name) => !hierarchies.some((folder) => controllersOf(folder).includes(name)),
  );
  if (missing.length > 0)
    throw new Error(`real nodes need cgroup v1, and this machine has no hierarchy of ${missing.join(", ")}`);
  return hierarchies;
}

/** A hierarchy of several controllers is called `cpu,cpuacct`. */
function controllersOf(hierarchy: string): string[] {
  return path.basename(hierarchy).split(",");
}

/** How much more of the processor than anybody else: nodes have one of their own, whatever else this machine does. 1024 is normal. */
const CPU_SHARES = 4096;

/** Makes a cgroup, e.g. `a/b`, in every hierarchy; what is made below it later can hold processes at once. */
export function makeCgroup(hierarchies: readonly string[], cgroup: string): void {
  for (const hierarchy of hierarchies) {
    const steps = cgroup.split("/").map((_, index, names) => path.join(hierarchy, ...names.slice(0, index + 1)));
    if (controllersOf(hierarchy).includes("cpu")) {
      mkdirSync(steps[0] ?? "", { recursive: true });
      writeFileSync(path.join(steps[0] ?? "", "cpu.shares"), String(CPU_SHARES));
    }
    for (const step of steps) {
      mkdirSync(step, { recursive: true });
      if (!controllersOf(hierarchy).includes("cpuset")) continue;
      // A new cgroup of this hierarchy has no CPU and no memory.
      for (const file of ["cpuset.cpus", "cpuset.mems"])
        writeFileSync(path.join(step, file), readFileSync(path.join(path.dirname(step), file)));
      writeFileSync(path.join(step, "cgroup.clone_children"), "1");
    }
  }
}

/** Ids of the processes in a cgroup and in those below it. */
export function processesIn(hierarchies: readonly string[], cgroup: string): string[] {
  const folders = hierarchies.flatMap((hierarchy) => foldersOf(path.join(hierarchy, cgroup)));
  return [
    ...new Set(folders.flatMap((folder) => readFileSync(path.join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean))),
  ];
}

/** Removes a cgroup without processes, and those below it, from every hierarchy. */
export function removeCgroup(hierarchies: readonly string[], cgroup: string): void {
  for (const hierarchy of hierarchies) for (const folder of foldersOf(path.join(hierarchy, cgroup)).reverse()) rmdirSync(folder);
}

/** A folder and those below it, each after the one that it is in. */
function foldersOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...below.flatMap(({ name }) => foldersOf(path.join(folder, name)))];
}
