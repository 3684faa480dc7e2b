import type { Alert, AlertGroup } from "../../observability/alert";
import { GPU_USE } from "../recordings";

const USED_MEMORY = "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes";
const FREE_DISK = `node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""}`;

/** Nodes, disks, GPUs. */
export function nodeAlerts(has: { readonly nodeExporter: boolean; readonly gpuExporter: boolean }): AlertGroup[] {
  return [
    { name: "nodes", alerts: [...conditions, ...(has.nodeExporter ? resources : [])] },
    ...(has.nodeExporter ? [{ name: "node-load", recordings: load, alerts: [] }] : []),
    ...(has.gpuExporter ? [{ name: "gpus", alerts: gpus }] : []),
  ];
}

const load = [
  {
    record: "node:cpu_used:ratio5m",
    expr: '1 - avg by (node) (sum by (node, cpu) (rate(node_cpu_seconds_total{mode=~"idle|iowait|steal"}[5m])))',
  },
  { record: "node:memory_used:ratio", expr: `max by (node) (${USED_MEMORY})` },
];

const conditions: Alert[] = [
  {
    name: "NodeNotReady",
    // By the cluster's word and by Prometheus' own eyes: kube-state-metrics may be on that node.
    expr: 'max by (node) (kube_node_status_condition{condition="Ready",status="true"}) == 0 or max by (node) (up{job="kubelet"}) == 0',
    for: "2m",
    severity: "ticket",
    summary: "node {{ $labels.node }} is not ready",
    description:
      "Its pods are started elsewhere after five minutes; those with a volume wait for it. What orders need has alerts of its own.",
  },
  {
    name: "NodePressure",
    expr: 'max by (node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"}) == 1',
    for: "5m",
    severity: "ticket",
    causedBy: { NodeNotReady: ["node"] },
    summary: "node {{ $labels.node }} reports {{ $labels.condition }}",
    description: "The kubelet evicts pods, those of the lowest priority first, and takes no new ones.",
  },
];

const resources: Alert[] = [
  {
    name: "NodeMemoryHigh",
    expr: "node:memory_used:ratio > 0.95",
    for: "15m",
    severity: "ticket",
    summary: "node {{ $labels.node }} uses {{ $value | humanizePercentage }} of its memory",
    description: "The next allocation may kill a container.",
  },
  {
    name: "NodeCpuSaturated",
    // Work that waits for a processor, beside processors that are busy: use alone may be a batch that disturbs nobody.
    expr: `node:cpu_used:ratio5m > 0.9
      and on (node) max by (node) (node_load5) > 1.5 * count by (node) (node_cpu_seconds_total{mode="idle"})`,
    for: "15m",
    severity: "ticket",
    summary: "node {{ $labels.node }} is busy to {{ $value | humanizePercentage }} and work waits",
    description: "Pods get only what they requested; what lives on idle cores becomes slow.",
  },
  {
    name: "NodeDiskFilling",
    expr: `min by (node, mountpoint) (${FREE_DISK}) < 0.1
      or min by (node, mountpoint) (${FREE_DISK}) < 0.3
        and min by (node, mountpoint) (predict_linear(node_filesystem_avail_bytes{fstype!=""}[6h], 24 * 3600)) < 0`,
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.mountpoint }} of node {{ $labels.node }} has {{ $value | humanizePercentage }} left",
    description: "At 15 % the kubelet removes images, at 10 % it evicts pods; or it will be full within a day.",
  },
  {
    name: "NodeInodesLow",
    expr: 'min by (node, mountpoint) (node_filesystem_files_free{fstype!=""} / (node_filesystem_files{fstype!=""} > 0)) < 0.05',
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.mountpoint }} of node {{ $labels.node }} has {{ $value | humanizePercentage }} of its inodes left",
    description: "Without them no file can be made, however much space is left.",
  },
];

const gpus: Alert[] = [
  {
    name: "GpuSaturated",
    expr: `avg by (namespace, pod) (avg_over_time(${GPU_USE}{pod!=""}[10m])) > 95`,
    for: "30m",
    severity: "ticket",
    summary: "the GPU of {{ $labels.pod }} is busy to {{ $value | humanize }} %",
    description: "Prices are computed as fast as it goes; more requests only wait longer.",
  },
  {
    name: "GpuErrors",
    // The exporter shows the last error until it restarts: only a new one is news. The code is a label too, so another error is another series.
    // Source: internal/pkg/collector/gpu_collector.go of dcgm-exporter 4.8
    expr: `max by (node, gpu, namespace, pod, err_code, err_msg) (DCGM_FI_DEV_XID_ERRORS) > 0
      unless on (node, gpu, err_code) max by (node, gpu, err_code) (last_over_time(DCGM_FI_DEV_XID_ERRORS[10m] offset 1h))`,
    severity: "ticket",
    summary: "GPU {{ $labels.gpu }} of node {{ $labels.node }} reports XID {{ $value }}: {{ $labels.err_msg }}",
    description: "The driver reports an error of the device or of the program that uses it.",
  },
];
