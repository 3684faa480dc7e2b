import { title } from "../../kubernetes/objects";
import { entriesAt, listAt, textAt } from "../../kubernetes/value";
import type { PodGroup } from "../../kubernetes/pods";
import type { Inventory } from "../../kubernetes/inventory";
import { argumentsOf, type LeftOut } from "./model";

/** Collectors of node-exporter that are on by default. Source: README.md of node_exporter v1.12 */
const COLLECTORS: readonly (readonly [metric: RegExp, collector: string])[] = [
  [/^node_cpu_/, "cpu"],
  [/^node_disk_/, "diskstats"],
  [/^node_filesystem_/, "filesystem"],
  [/^node_load/, "loadavg"],
  [/^node_memory_/, "meminfo"],
  [/^node_network_(?:receive|transmit)_/, "netdev"],
  [/^node_network_/, "netclass"],
  [/^node_pressure_/, "pressure"],
  [/^node_vmstat_/, "vmstat"],
  [/^node_filefd_/, "filefd"],
  [/^node_netstat_/, "netstat"],
  [/^node_uname_/, "uname"],
  [/^node_(?:boot_time|context_switches|forks|intr|procs)/, "stat"],
];

/** Things that every node has, by the flag that leaves some of them out. */
const ALWAYS_THERE: readonly (readonly [metric: RegExp, flag: string, things: readonly string[]])[] = [
  [/^node_filesystem_/, "--collector.filesystem.mount-points-exclude", ["/"]],
  [/^node_filesystem_/, "--collector.filesystem.fs-types-exclude", ["ext4", "xfs"]],
  [/^node_network_(?:receive|transmit)_/, "--collector.netdev.device-exclude", ["eth0", "ens5", "enp0s3"]],
  [/^node_disk_/, "--collector.diskstats.device-exclude", ["sda", "vda", "nvme0n1"]],
];

/** node-exporter measures what it is told to. */
export const nodeExporter: LeftOut = (metric, { pods }) => {
  const [group] = pods;
  if (group === undefined || !metric.startsWith("node_")) return undefined;
  const args = argumentsOf(pods);
  const who = title(group.object);
  const collector = COLLECTORS.find(([pattern]) => pattern.test(metric))?.[1];
  if (collector !== undefined) {
    if (args.has(`--no-collector.${collector}`)) return `${who} has the collector ${collector} switched off`;
    if (args.has("--collector.disable-defaults") && !args.has(`--collector.${collector}`))
      return `${who} has all collectors switched off but those that it names, and not ${collector}`;
  }
  const all = ALWAYS_THERE.find(([pattern, flag, things]) => {
    const text = pattern.test(metric) ? args.value(flag) : undefined;
    return text !== undefined && things.every((thing) => mayMatch(text, thing));
  });
  return all === undefined ? undefined : `${who} leaves out every one of them by ${all[1]}`;
};

/** These expressions are not anchored. */
function mayMatch(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** dcgm-exporter measures the fields of its file. */
export const gpuExporter: LeftOut = (metric, { pods }, known) => {
  const [group] = pods;
  if (group === undefined || !metric.startsWith("DCGM_")) return undefined;
  const texts = filesOf(group, known).filter((text) => text.includes("DCGM_"));
  if (texts.length === 0 || texts.some((text) => new RegExp(String.raw`^\s*${metric}\s*,`, "m").test(text))) return undefined;
  return `${title(group.object)} is not told to read this field`;
};

/** Texts of the ConfigMaps that a pod mounts. */
function filesOf({ namespace, spec }: PodGroup, known: Inventory): string[] {
  const names = listAt(spec, "volumes").flatMap((volume) => [
    textAt(volume, "configMap", "name"),
    ...listAt(volume, "projected", "sources").map((source) => textAt(source, "configMap", "name")),
  ]);
  return names.flatMap((name) => {
    const map = name === undefined ? undefined : known.find("ConfigMap", namespace, name);
    return entriesAt(map?.resource.inputs, "data").flatMap(([, text]) => (typeof text === "string" ? [text] : []));
  });
}
