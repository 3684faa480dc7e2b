import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, timeseries, type Row } from "../../observability/panels";

const NODE = '{node=~"$node"}';
const DISK = '{node=~"$node",fstype!=""}';

/** Nodes: processors, memory, disks, network, GPUs. */
export function nodesDashboard(has: { readonly gpu: boolean }): Dashboard {
  const rows: Row[] = [processors(), disks(), volumes(), network(), ...(has.gpu ? [gpus()] : [])];
  return dashboard("platform-nodes", "Nodes", rows, {
    variables: [{ name: "node", label: "Node", metric: "node:cpu_used:ratio5m" }],
  });
}

function processors(): Row {
  return row("Processors and memory", [
    timeseries("CPU used", "percentunit", [{ expr: `node:cpu_used:ratio5m${NODE}`, legend: "{{node}}" }], { max: 1 }),
    timeseries(
      "Load of a core",
      "short",
      [
        {
          expr: `max by (node) (node_load5${NODE}) / count by (node) (node_cpu_seconds_total{node=~"$node",mode="idle"})`,
          legend: "{{node}}",
        },
      ],
      { description: "Above 1 work waits for a processor.", limits: [{ value: 1, color: "yellow" }] },
    ),
    timeseries("Memory used", "percentunit", [{ expr: `node:memory_used:ratio${NODE}`, legend: "{{node}}" }], { max: 1 }),
    timeseries("CPU requested of what the node offers", "percentunit", [{ expr: requested("cpu"), legend: "{{node}}" }], {
      span: 12,
      description: "What the platform's pods have reserved. At 1 no further pod fits.",
      max: 1,
    }),
    timeseries("Memory requested of what the node offers", "percentunit", [{ expr: requested("memory"), legend: "{{node}}" }], {
      span: 12,
      max: 1,
    }),
  ]);
}

function disks(): Row {
  return row("Disks", [
    timeseries(
      "Space used",
      "percentunit",
      [
        {
          expr: `1 - min by (node, mountpoint) (node_filesystem_avail_bytes${DISK} / node_filesystem_size_bytes${DISK})`,
          legend: "{{node}} {{mountpoint}}",
        },
      ],
      { max: 1, limits: [{ value: 0.9, color: "red" }] },
    ),
    timeseries(
      "Time busy",
      "percentunit",
      [{ expr: `max by (node, device) (rate(node_disk_io_time_seconds_total${NODE}[5m]))`, legend: "{{node}} {{device}}" }],
      { max: 1 },
    ),
    timeseries("Written and read", "Bps", [
      { expr: `sum by (node) (rate(node_disk_written_bytes_total${NODE}[5m]))`, legend: "{{node}} written" },
      { expr: `sum by (node) (rate(node_disk_read_bytes_total${NODE}[5m]))`, legend: "{{node}} read" },
    ]),
  ]);
}

function volumes(): Row {
  return row("Volumes", [
    timeseries(
      "Volumes used",
      "percentunit",
      [
        {
          expr: "1 - min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes)",
          legend: "{{namespace}}/{{persistentvolumeclaim}}",
        },
      ],
      { span: 24, max: 1, limits: [{ value: 0.9, color: "red" }] },
    ),
  ]);
}

function network(): Row {
  return row("Network", [
    timeseries("Received", "Bps", [
      { expr: `sum by (node) (rate(node_network_receive_bytes_total${NODE}[5m]))`, legend: "{{node}}" },
    ]),
    timeseries("Sent", "Bps", [
      { expr: `sum by (node) (rate(node_network_transmit_bytes_total${NODE}[5m]))`, legend: "{{node}}" },
    ]),
    timeseries("Dropped packets", "pps", [
      { expr: `sum by (node) (rate(node_network_receive_drop_total${NODE}[5m]))`, legend: "{{node}} received" },
      { expr: `sum by (node) (rate(node_network_transmit_drop_total${NODE}[5m]))`, legend: "{{node}} sent" },
    ]),
  ]);
}

function gpus(): Row {
  return row("GPUs", [
    timeseries("Use", "percent", [{ expr: `avg by (node, gpu) (DCGM_FI_DEV_GPU_UTIL${NODE})`, legend: "{{node}} {{gpu}}" }], {
      max: 100,
    }),
    timeseries("Memory used", "decmbytes", [
      { expr: `max by (node, gpu) (DCGM_FI_DEV_FB_USED${NODE})`, legend: "{{node}} {{gpu}}" },
    ]),
    timeseries("Temperature", "celsius", [
      { expr: `max by (node, gpu) (DCGM_FI_DEV_GPU_TEMP${NODE})`, legend: "{{node}} {{gpu}}" },
    ]),
  ]);
}

function requested(resource: "cpu" | "memory"): string {
  const of = (metric: string) => `sum by (node) (${metric}{node=~"$node",resource="${resource}"})`;
  return `${of("kube_pod_container_resource_requests")} / ${of("kube_node_status_allocatable")}`;
}
