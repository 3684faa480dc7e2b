import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent, type Environment } from "../platform";
import type { ContainerArgs } from "../workload/pod";
import { Workload } from "../workload/workload";
import type { MonitoringConfig } from "./config";

export const NODE_EXPORTER = "node-exporter";

/** Its metrics that rules and dashboards use. */
const NODE_METRICS: readonly string[] = [
  "node_cpu_seconds_total",
  "node_disk_io_time_seconds_total",
  "node_disk_read_bytes_total",
  "node_disk_written_bytes_total",
  "node_filesystem_avail_bytes",
  "node_filesystem_files",
  "node_filesystem_files_free",
  "node_filesystem_size_bytes",
  "node_load5",
  "node_memory_MemAvailable_bytes",
  "node_memory_MemTotal_bytes",
  "node_network_receive_bytes_total",
  "node_network_receive_drop_total",
  "node_network_transmit_bytes_total",
  "node_network_transmit_drop_total",
];

export interface NodeExporterArgs {
  readonly environment: Environment;
  readonly config: MonitoringConfig["nodeExporter"];
}

/** File systems that are no disks, and mounts that belong to pods. */
const NO_MOUNTS = "^/(dev|proc|run|sys|var/lib/(containerd|docker|kubelet)/.+)($|/)";
const NO_FILE_SYSTEMS =
  "^(autofs|bpf|cgroup2?|configfs|debugfs|devpts|fusectl|hugetlbfs|mqueue|nsfs|overlay|proc|pstore|securityfs|squashfs|sysfs|tmpfs|tracefs)$";
const NO_DEVICES = "^(veth.*|cali.*|cni.*|flannel.*|lo|[a-f0-9]{15})$";

/** CPU, memory, disks and network of every node. */
export class NodeExporter extends PlatformComponent {
  constructor(name: string, args: NodeExporterArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:NodeExporter", name, args, opts);
    const { environment, config } = args;
    const { port } = config;
    const workload = new Workload(
      NODE_EXPORTER,
      {
        environment,
        namespace: environment.namespaces.nodes,
        component: "monitoring",
        kind: "DaemonSet",
        priorityClassName: environment.priorityClasses.platform,
        user: 65_534,
        containers: [exporter(config)],
        // Exceptions from the restricted baseline, for a program that measures its node; it stays without privileges,
        // without capabilities, and only reads.
        volumes: [
          { name: "sys", hostPath: { path: "/sys" } },
          { name: "root", hostPath: { path: "/" } },
        ],
        overrides: {
          // Network devices are those of the network that a process is in: the node's, not a pod's.
          hostNetwork: true,
          // /proc of the node: mounts of its first process, counts of its processes.
          hostPID: true,
          // Every node, control plane and GPU nodes too.
          tolerations: [{ operator: "Exists" }],
        },
      },
      { parent: this },
    );
    this.declare({
      scrapeTargets: [
        {
          job: NODE_EXPORTER,
          pods: workload.pods,
          port: "metrics",
          portNumber: port,
          hostNetwork: true,
          metrics: NODE_METRICS,
          labels: ["cpu", "device", "fstype", "mode", "mountpoint"],
        },
      ],
    });
    this.registerOutputs({});
  }
}

function exporter({ port, resources }: MonitoringConfig["nodeExporter"]): ContainerArgs {
  const probe = { httpGet: { path: "/", port: "metrics" }, periodSeconds: 20 };
  return {
    name: NODE_EXPORTER,
    image: "nodeExporter",
    args: [
      // Only on the address that the cluster uses, not on every network the node is in.
      `--web.listen-address=[$(HOST_IP)]:${port}`,
      "--path.sysfs=/host/sys",
      "--path.rootfs=/host/root",
      "--path.udev.data=/host/root/run/udev/data",
      `--collector.filesystem.mount-points-exclude=${NO_MOUNTS}`,
      `--collector.filesystem.fs-types-exclude=${NO_FILE_SYSTEMS}`,
      `--collector.netclass.ignored-devices=${NO_DEVICES}`,
      `--collector.netdev.device-exclude=${NO_DEVICES}`,
      // Would need the capability to set the clock.
      "--no-collector.timex",
      "--no-collector.wifi",
      "--no-collector.btrfs",
    ],
    env: { HOST_IP: { fieldRef: { fieldPath: "status.hostIP" } } },
    ports: { metrics: port },
    resources: resources,
    readinessProbe: probe,
    livenessProbe: { ...probe, failureThreshold: 5 },
    volumeMounts: [
      { name: "sys", mountPath: "/host/sys", readOnly: true, mountPropagation: "HostToContainer" },
      { name: "root", mountPath: "/host/root", readOnly: true, mountPropagation: "HostToContainer" },
    ],
  };
}
