import { z } from "zod";
import {
  bytes,
  cidr,
  dnsLabel,
  holds,
  labelKey,
  labels,
  literal,
  namespaceName,
  objectName,
  parseBytes,
  parseDuration,
  positiveDuration,
  resources,
  rule,
  toleration,
  webAddress,
} from "../schema";
import { alertingConfig } from "./alerting-config";
import { SHORTEST_RATE } from "../observability/rates";

/** Part of the volume that Prometheus may fill: the rest is for the write-ahead log and compactions. */
const RETENTION_SHARE = 0.8;

const prometheus = z
  .strictObject({
    replicas: z
      .int()
      .min(1)
      .max(3)
      .default(1)
      .describe("pods that each scrape everything: one may go without a gap in the alerts"),
    retention: positiveDuration.default("7d").describe("how long metrics are kept"),
    storage: bytes.default("10Gi").describe("volume of one replica"),
    retentionSize: bytes
      .optional()
      .describe("most that metrics may take of the volume, the oldest go first; default: four fifths of `storage`"),
    resources: resources
      .prefault({ cpu: "100m", memory: "512Mi" })
      .describe("one replica; memory grows with the number of series"),
    exemplars: z
      .int()
      .min(0)
      .default(100_000)
      .describe("exemplars kept in memory (about 100 bytes each): the way from a metric to a trace"),
    remoteWriteReceiver: z
      .boolean()
      .default(false)
      .describe("accepts metrics that others push; they have to push them to each replica"),
    externalUrl: webAddress.optional().describe("address under which people reach it, for links in alerts; default: the Service"),
  })
  .check(
    rule((value, context) => {
      if (value.retentionSize === undefined || parseBytes(value.retentionSize) < parseBytes(value.storage)) return;
      const message = `has to be smaller than the volume (storage: ${value.storage}), which also holds the write-ahead log`;
      context.addIssue({ code: "custom", path: ["retentionSize"], message });
    }),
  )
  .prefault({})
  .describe("Prometheus");

const grafana = z
  .strictObject({
    resources: resources.prefault({ cpu: "50m", memory: "256Mi" }).describe("the one pod of Grafana"),
    persistence: bytes
      .optional()
      .describe(
        "volume for what people make by hand (users, own dashboards); default: none, everything is provisioned from files",
      ),
    rootUrl: webAddress
      .optional()
      .describe("address under which people reach it; default: http://localhost:3000, for a port-forward"),
    adminUser: literal.default("admin").describe("name of the administrator; the password is generated"),
    rotation: z.string().min(1).default("1").describe("change it to get a new password of the administrator"),
  })
  .prefault({})
  .describe("Grafana");

const nodeExporter = z
  .strictObject({
    enabled: z.boolean().default(true).describe("false: no node-exporter of the platform's, e.g. where the cluster has its own"),
    port: z.int().min(1024).max(65_535).default(9100).describe("port on the nodes; two stacks on one cluster need two"),
    resources: resources.prefault({ cpu: "20m", memory: "48Mi" }).describe("one pod for each node"),
  })
  .prefault({})
  .describe("Metrics of the nodes");

const gpuExporter = z
  .strictObject({
    enabled: z.boolean().optional().describe("metrics of GPUs; default: whether a pool of `mes:cluster.nodePools` has GPUs"),
    nodeSelector: labels
      .default({ "nvidia.com/gpu.present": "true" })
      .describe("nodes with GPUs; default: the label of NVIDIA's feature discovery"),
    tolerations: z
      .array(toleration)
      .default([{ key: "nvidia.com/gpu", effect: "NoSchedule" }])
      .describe("taints of these nodes"),
    runtimeClassName: dnsLabel
      .optional()
      .describe("runtime class with the driver's libraries; default: the nodes' default runtime has them"),
    resources: resources.prefault({ cpu: "50m", memory: "256Mi" }).describe("one pod for each node with GPUs"),
  })
  .prefault({})
  .describe("Metrics of the GPUs (NVIDIA DCGM)");

const kubelet = z
  .strictObject({
    verifyCertificate: z
      .boolean()
      .optional()
      .describe(
        "false where the kubelets have signed their certificates themselves, for all that read from them (Prometheus, metrics-server); default: false on kind, minikube and kubeadm, true elsewhere",
      ),
  })
  .prefault({})
  .describe("The kubelets, from which CPU and memory of every container are read");

/** What is in the cluster already, and is not made a second time. */
const existing = z
  .strictObject({
    prometheus: z
      .strictObject({
        namespace: namespaceName.describe("its namespace"),
        labels: labels.describe("labels of its pods, for network policies"),
        service: objectName.describe("name of its Service, which KEDA and Grafana ask"),
        port: z.int().min(1).max(65_535).default(9090).describe("port of the Service"),
        selectedBy: labels.describe(
          "labels by which its operator selects monitors and rules, in all namespaces (kubectl get prometheus -A -o yaml: podMonitorSelector, ruleSelector)",
        ),
      })
      .optional()
      .describe(
        "a Prometheus that an operator runs: monitors and rules are made for it, and no Prometheus, no Alertmanager, no scrape of kubelets and no alerts on nodes and on pods of others, which it has; default: one is made",
      ),
    grafana: z
      .strictObject({
        namespace: namespaceName.optional().describe("namespace of the dashboards; default: that of the platform's monitoring"),
        labels: labels.default({ grafana_dashboard: "1" }).describe("labels by which its sidecar finds dashboards"),
        annotations: z
          .record(labelKey, z.string())
          .default({})
          .describe("annotations of the dashboards, e.g. {grafana_folder: MES}"),
      })
      .optional()
      .describe("a Grafana whose sidecar reads dashboards from ConfigMaps; default: one is made"),
    kubeStateMetrics: z
      .boolean()
      .default(false)
      .describe("kube-state-metrics is there, and the Prometheus that is there reads it"),
  })
  .prefault({})
  .check(
    holds(({ kubeStateMetrics, prometheus }) => !kubeStateMetrics || prometheus !== undefined, {
      path: ["kubeStateMetrics"],
      message: "needs existing.prometheus, which reads it: the platform's own Prometheus reads its own",
    }),
  )
  .describe("parts of monitoring that are in the cluster already");

export type ExistingPrometheus = NonNullable<z.infer<typeof existing>["prometheus"]>;

/** Metrics, alerts and dashboards. */
export const monitoringConfig = z
  .strictObject({
    scrapeInterval: positiveDuration
      .check(
        holds(
          (interval) => 2 * parseDuration(interval) <= parseDuration(SHORTEST_RATE),
          `expected at most ${parseDuration(SHORTEST_RATE) / 2}s: rates are taken over ${SHORTEST_RATE}, and need two scrapes`,
        ),
      )
      .default("30s")
      .describe("how often metrics are read and rules are evaluated"),
    nodeCidrs: z
      .array(cidr)
      .min(1)
      .default(["0.0.0.0/0"])
      .describe(
        "addresses of the nodes, where Prometheus and metrics-server read from kubelets and node-exporters; for network policies",
      ),
    repositoryUrl: webAddress
      .optional()
      .describe("address of this repository's files, for links from an alert to its runbook; default: the path alone"),
    owner: dnsLabel.default("mes").describe("label `owner` of alerts whose component names none"),
    prometheus,
    alerting: alertingConfig,
    grafana,
    kubeStateMetrics: z
      .strictObject({ resources: resources.prefault({ cpu: "20m", memory: "96Mi" }).describe("its one pod") })
      .prefault({})
      .describe("Metrics of the objects of Kubernetes"),
    nodeExporter,
    gpuExporter,
    kubelet,
    existing,
  })
  .describe("Metrics, alerts and dashboards: Prometheus, Alertmanager, Grafana and exporters");

export type MonitoringConfig = z.infer<typeof monitoringConfig>;

/** Largest size of the metrics on the volume, as Prometheus writes it: `"8192MB"` (its MB are 2^20 bytes). */
export function retentionSize({ storage, retentionSize: own }: MonitoringConfig["prometheus"]): string {
  const size = own === undefined ? parseBytes(storage) * RETENTION_SHARE : parseBytes(own);
  return `${Math.floor(size / 2 ** 20)}MB`;
}
