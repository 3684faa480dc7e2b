import type { IScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import { connect, type Connection, type Endpoint } from "../network/connection";
import type { Environment } from "../platform";
import { objectLabels } from "../objects/labels";
import { prometheusPods } from "./endpoints";
import { SELECTED } from "./rules";

/** Scrape class of the kubelets: how Prometheus proves who it is, and whom it trusts. */
export const KUBELET_CLASS = "kubelet";

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const KUBELET_PORT = 10_250;

/** A path of the kubelet, and the metrics that are kept of what it offers (it offers thousands). */
export interface KubeletScrape {
  readonly job: string;
  readonly path: string;
  readonly metrics: readonly string[];
  /** Labels of those metrics that rules and dashboards may use. */
  readonly labels: readonly string[];
  /** Every series belongs to a namespace; those without one are sums that count twice. @default false */
  readonly onlyNamespaced?: boolean;
}

/** What is read of every kubelet: itself with its volumes, and the containers (cAdvisor). */
export const KUBELET_SCRAPES: readonly KubeletScrape[] = [
  {
    job: "kubelet",
    path: "/metrics",
    labels: ["namespace", "persistentvolumeclaim"],
    metrics: [
      "kubelet_volume_stats_available_bytes",
      "kubelet_volume_stats_capacity_bytes",
      "kubelet_volume_stats_used_bytes",
      "kubelet_volume_stats_inodes",
      "kubelet_volume_stats_inodes_free",
      "kubelet_running_pods",
      "kubelet_node_name",
    ],
  },
  {
    job: "cadvisor",
    path: "/metrics/cadvisor",
    onlyNamespaced: true,
    labels: ["namespace", "pod", "container", "id", "cpu", "interface", "device"],
    metrics: [
      "container_cpu_usage_seconds_total",
      "container_cpu_cfs_periods_total",
      "container_cpu_cfs_throttled_periods_total",
      "container_memory_working_set_bytes",
      "container_memory_rss",
      "container_network_receive_bytes_total",
      "container_network_transmit_bytes_total",
      "container_fs_reads_bytes_total",
      "container_fs_writes_bytes_total",
    ],
  },
];

/** With the token of Prometheus' own service account, read from its file and never copied into a Secret. */
export function kubeletScrapeClass({ signedKubelets }: Environment["nodes"]) {
  return {
    authorization: { credentialsFile: `${SERVICE_ACCOUNT}/token` },
    tlsConfig: signedKubelets ? { caFile: `${SERVICE_ACCOUNT}/ca.crt` } : { insecureSkipVerify: true },
  };
}

/** The custom resource of a scrape. Only series of the platform's own namespaces are kept: a cluster may have other tenants. */
export function kubeletScrapeConfig(environment: Environment, scrape: KubeletScrape): IScrapeConfig {
  const name = scrape.job;
  const ours = Object.values(environment.namespaces).join("|");
  return {
    apiVersion: "monitoring.coreos.com/v1alpha1",
    kind: "ScrapeConfig",
    metadata: {
      name,
      namespace: environment.namespaces.observability,
      labels: { ...objectLabels(name, "monitoring"), ...SELECTED },
    },
    spec: {
      jobName: name,
      scrapeClass: KUBELET_CLASS,
      kubernetesSDConfigs: [{ role: "Node" }],
      scheme: "HTTPS",
      metricsPath: scrape.path,
      // The labels namespace, pod and container are those of the measured container, not of the kubelet.
      honorLabels: true,
      relabelings: [{ sourceLabels: ["__meta_kubernetes_node_name"], targetLabel: "node" }],
      metricRelabelings: [
        { sourceLabels: ["__name__"], regex: scrape.metrics.join("|"), action: "keep" },
        { sourceLabels: ["namespace"], regex: scrape.onlyNamespaced ? ours : `|${ours}`, action: "keep" },
        // Sums over a whole pod (no container) and sandboxes would count twice; network is known for pods only.
        {
          sourceLabels: ["__name__", "container"],
          regex: "container_(?:cpu|memory|fs)_.*;(?:|POD)",
          action: "drop",
        },
        // Long and of no use; `id` stays, it tells a container from its predecessor of the same name.
        { regex: "name|image", action: "labeldrop" },
      ],
    },
  };
}

/** The kubelets have the nodes' addresses. */
export function kubeletConnections(environment: Environment): Connection[] {
  const target = { cidrs: environment.nodes.cidrs, place: "nodes" } as const;
  const endpoint: Endpoint = { name: "kubelet", host: "node", port: KUBELET_PORT, target };
  return connect(prometheusPods(environment), endpoint);
}
