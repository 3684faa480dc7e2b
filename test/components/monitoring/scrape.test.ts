import { exportedMetrics, isExported } from "../../../components/monitoring/exported";
import { KUBELET_SCRAPES, kubeletScrapeClass, kubeletScrapeConfig } from "../../../components/monitoring/kubelet";
import { metricsEndpoint, podMonitor, problemsOfTargets } from "../../../components/monitoring/pod-monitors";
import { environment } from "../../helpers/record";
import { target } from "./fixture";

const endpointOf = (overrides: Parameters<typeof target>[0]) =>
  podMonitor(environment(), target(overrides)).spec.podMetricsEndpoints?.[0];

describe("a scrape target", () => {
  it("becomes a PodMonitor in Prometheus' namespace, whose series carry its job and the node", () => {
    expect(podMonitor(environment(), target())).toMatchObject({
      metadata: { name: "order-api", namespace: "mes-observability", labels: { "mes.platform/prometheus": "prometheus" } },
      spec: {
        selector: { matchLabels: { "app.kubernetes.io/name": "order-api" } },
        namespaceSelector: { matchNames: ["mes"] },
        podMetricsEndpoints: [
          {
            port: "metrics",
            path: "/metrics",
            scheme: "http",
            relabelings: [
              { targetLabel: "job", replacement: "order-api" },
              { sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" },
            ],
          },
        ],
      },
    });
  });

  it("over https is verified by the platform's CA, under the name that its certificate carries", () => {
    expect(endpointOf({ scheme: "https", serverName: "broker.mes-data.svc" })).toMatchObject({
      scheme: "https",
      tlsConfig: { ca: { secret: { name: "mes-ca", key: "ca.crt" } }, serverName: "broker.mes-data.svc" },
    });
  });

  it("is not verified only where it says so", () => {
    expect(endpointOf({ scheme: "https" })).not.toHaveProperty("tlsConfig.insecureSkipVerify");
    expect(endpointOf({ scheme: "https", verifyCertificate: false })).toMatchObject({ tlsConfig: { insecureSkipVerify: true } });
  });

  it("whose metrics are about other pods keeps their labels, and lends them none of its own", () => {
    expect(endpointOf({ honorLabels: true })).toMatchObject({ honorLabels: true });
    expect(endpointOf({ honorLabels: true })?.relabelings).toContainEqual({ regex: "pod|container", action: "labeldrop" });
  });

  it("takes a path, an interval and a query", () => {
    const params = { family: ["queue_coarse_metrics", "queue_consumer_count"] };
    expect(endpointOf({ path: "/metrics/detailed", interval: "1m", params })).toMatchObject({
      path: "/metrics/detailed",
      interval: "1m",
      params,
    });
  });

  it("is reached by its labels, or by the nodes' addresses where it uses their network", () => {
    expect(metricsEndpoint(target(), ["10.0.0.0/16"])).toMatchObject({ port: 9464, target: { pods: { name: "order-api" } } });
    expect(metricsEndpoint(target({ hostNetwork: true }), ["10.0.0.0/16"]).target).toEqual({
      cidrs: ["10.0.0.0/16"],
      place: "nodes",
    });
  });

  it("has a job of its own", () => {
    expect(problemsOfTargets([target(), target({ job: "pricing" })])).toEqual([]);
    expect(problemsOfTargets([target(), target({ port: "other" })])).toEqual([
      "two scrape targets are named order-api: a job is one set of pods and one port",
    ]);
  });
});

describe("the kubelets", () => {
  it("are found by the nodes and read with the token of Prometheus itself, over verified TLS", () => {
    expect(kubeletScrapeClass({ cidrs: [], signedKubelets: true })).toEqual({
      authorization: { credentialsFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
      tlsConfig: { caFile: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt" },
    });
    expect(kubeletScrapeClass({ cidrs: [], signedKubelets: false }).tlsConfig).toEqual({ insecureSkipVerify: true });
  });

  it.each(KUBELET_SCRAPES.map((scrape) => [scrape.job, scrape] as const))(
    "%s keeps what is used, of the platform's namespaces",
    (_, scrape) => {
      const { spec } = kubeletScrapeConfig(environment(), scrape);
      expect(spec).toMatchObject({ scheme: "HTTPS", scrapeClass: "kubelet", kubernetesSDConfigs: [{ role: "Node" }] });
      const kept = (labels: Record<string, string>) =>
        (spec?.metricRelabelings ?? []).every(({ action, sourceLabels = [], regex = "" }) => {
          const matches = new RegExp(`^(?:${regex})$`).test(sourceLabels.map((label) => labels[label] ?? "").join(";"));
          return action === "keep" ? matches : action === "drop" ? !matches : true;
        });
      const [metric = ""] = scrape.metrics;
      expect(kept({ __name__: metric, namespace: "mes", container: "order-api" })).toBe(true);
      expect(kept({ __name__: metric, namespace: "another-tenant", container: "x" })).toBe(false);
      expect(kept({ __name__: "something_else", namespace: "mes", container: "x" })).toBe(false);
      // The sum over a pod's containers would count them twice.
      if (scrape.job === "cadvisor") expect(kept({ __name__: metric, namespace: "mes", container: "" })).toBe(false);
    },
  );
});

describe("what is exported", () => {
  const exported = exportedMetrics([target({ metrics: ["mes_order_handling_seconds", "cnpg_*"] })]);

  it.each([
    "mes_order_handling_seconds",
    "mes_order_handling_seconds_bucket",
    "mes_order_handling_seconds_count",
    "cnpg_collector_up",
    "up",
    "ALERTS",
    "container_memory_working_set_bytes",
  ])("has %s", (metric) => {
    expect(isExported(metric, exported)).toBe(true);
  });

  it.each(["mes_order", "mes_order_handling_seconds_created", "pg_up", "upper"])("has no %s", (metric) => {
    expect(isExported(metric, exported)).toBe(false);
  });
});
