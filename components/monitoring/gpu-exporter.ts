import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent, type Environment } from "../platform";
import { podTolerations } from "../schema";
import { Workload } from "../workload/workload";
import type { MonitoringConfig } from "./config";

export const GPU_EXPORTER = "dcgm-exporter";
const PORT = 9400;
const COUNTERS = "/etc/mes/dcgm/counters.csv";

/**
 * What is read of every GPU: field, type, help. None of them is a profiling field: those need a further capability.
 * Source: https://docs.nvidia.com/datacenter/dcgm/latest/dcgm-api/dcgm-api-field-ids.html
 */
const FIELDS: readonly (readonly [field: string, type: "gauge" | "counter", help: string])[] = [
  ["DCGM_FI_DEV_GPU_UTIL", "gauge", "GPU utilization (in %)"],
  ["DCGM_FI_DEV_MEM_COPY_UTIL", "gauge", "Memory utilization (in %)"],
  ["DCGM_FI_DEV_FB_USED", "gauge", "Framebuffer memory used (in MiB)"],
  ["DCGM_FI_DEV_FB_FREE", "gauge", "Framebuffer memory free (in MiB)"],
  ["DCGM_FI_DEV_GPU_TEMP", "gauge", "GPU temperature (in C)"],
  ["DCGM_FI_DEV_POWER_USAGE", "gauge", "Power draw (in W)"],
  ["DCGM_FI_DEV_SM_CLOCK", "gauge", "SM clock frequency (in MHz)"],
  ["DCGM_FI_DEV_XID_ERRORS", "gauge", "Value of the last XID error encountered"],
];

export interface GpuExporterArgs {
  readonly environment: Environment;
  readonly config: MonitoringConfig["gpuExporter"];
}

/** Utilization, memory and errors of every GPU, with the pod that uses it. */
export class GpuExporter extends PlatformComponent {
  constructor(name: string, args: GpuExporterArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:monitoring:GpuExporter", name, args, opts);
    const { environment, config } = args;
    const probe = { httpGet: { path: "/health", port: "metrics" } };
    const workload = new Workload(
      GPU_EXPORTER,
      {
        environment,
        namespace: environment.namespaces.nodes,
        component: "monitoring",
        kind: "DaemonSet",
        priorityClassName: environment.priorityClasses.platform,
        files: { [COUNTERS]: FIELDS.map((field) => `${field.join(", ")}\n`).join("") },
        containers: [
          {
            name: GPU_EXPORTER,
            image: "dcgmExporter",
            env: {
              DCGM_EXPORTER_COLLECTORS: COUNTERS,
              DCGM_EXPORTER_LISTEN: `:${PORT}`,
              DCGM_EXPORTER_KUBERNETES: "true",
              // All GPUs of the node, without taking one away from the pods that compute.
              NVIDIA_VISIBLE_DEVICES: "all",
              NVIDIA_DRIVER_CAPABILITIES: "utility,compute",
            },
            ports: { metrics: PORT },
            resources: config.resources,
            // The library takes a while to find the devices.
            startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 24 },
            readinessProbe: { ...probe, periodSeconds: 10 },
            livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 5 },
            volumeMounts: [{ name: "pod-resources", mountPath: "/var/lib/kubelet/pod-resources", readOnly: true }],
            writable: ["/tmp"],
            // Exception from the restricted baseline: the kubelet's socket, which tells what pod has which GPU, is root's.
            securityContext: { runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 },
          },
        ],
        volumes: [{ name: "pod-resources", hostPath: { path: "/var/lib/kubelet/pod-resources" } }],
        overrides: {
          nodeSelector: config.nodeSelector,
          tolerations: podTolerations(config.tolerations),
          runtimeClassName: config.runtimeClassName,
        },
      },
      { parent: this },
    );
    this.declare({
      scrapeTargets: [
        {
          job: GPU_EXPORTER,
          pods: workload.pods,
          port: "metrics",
          portNumber: PORT,
          // The labels namespace, pod and container are those of the pod that uses the GPU.
          honorLabels: true,
          metrics: FIELDS.map(([field]) => field),
          labels: ["pod", "container", "gpu", "UUID", "device", "modelName", "Hostname", "err_code", "err_msg"],
        },
      ],
    });
    this.registerOutputs({});
  }
}
