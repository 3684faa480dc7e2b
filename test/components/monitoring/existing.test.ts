import { prometheusEndpoint, prometheusPods } from "../../../components/monitoring/endpoints";
import { monitoringConfig } from "../../../components/monitoring/config";
import { podMonitor } from "../../../components/monitoring/pod-monitors";
import { prometheusRule } from "../../../components/monitoring/rules";
import { environment } from "../../helpers/record";

const THERE = {
  namespace: "monitoring",
  labels: { "app.kubernetes.io/name": "prometheus" },
  service: "kube-prometheus-stack-prometheus",
  selectedBy: { release: "kube-prometheus-stack" },
};

describe("a Prometheus that is in the cluster already", () => {
  const { prometheus } = monitoringConfig.parse({ existing: { prometheus: THERE } }).existing;
  const there = { ...environment(), prometheus };

  it("is asked at its own Service, and its pods may come", () => {
    expect(prometheusEndpoint(there)).toMatchObject({ host: "kube-prometheus-stack-prometheus.monitoring.svc", port: 9090 });
    expect(prometheusPods(there)).toMatchObject({ namespace: "monitoring", labels: THERE.labels });
  });

  it("finds monitors and rules by its own labels, and the platform's Prometheus by others", () => {
    const target = {
      job: "order-api",
      pods: { name: "order-api", namespace: "mes", labels: {} },
      port: "metrics",
      portNumber: 8081,
      metrics: [],
    };
    const group = { name: "mes-http", alerts: [] };
    for (const { metadata } of [podMonitor(there, target), prometheusRule(there, group, { owner: "mes" })])
      expect(metadata?.labels).toMatchObject(THERE.selectedBy);
    for (const { metadata } of [podMonitor(environment(), target), prometheusRule(environment(), group, { owner: "mes" })])
      expect(metadata?.labels).toMatchObject({ "mes.platform/prometheus": "prometheus" });
  });

  it("reads what the platform does not", () => {
    expect(monitoringConfig.safeParse({ existing: { kubeStateMetrics: true } }).error?.issues[0]?.message).toContain(
      "needs existing.prometheus",
    );
  });
});

it("keeps of a program that is not ours what is declared alone, histograms with all their series", () => {
  const target = {
    job: "gateway",
    pods: { name: "gateway", namespace: "envoy-gateway-system", labels: {} },
    port: "metrics",
    portNumber: 19_001,
    metrics: ["envoy_cluster_upstream_rq_total", "envoy_cluster_upstream_rq_time"],
    keepDeclared: true,
  };
  const [endpoint] = podMonitor(environment(), target).spec.podMetricsEndpoints ?? [];
  const kept = new RegExp(`^(?:${endpoint?.metricRelabelings?.[0]?.regex})$`);
  const names = ["envoy_cluster_upstream_rq_total", "envoy_cluster_upstream_rq_time_bucket", "envoy_cluster_upstream_rq_xx"];
  expect(names.map((name) => kept.test(name))).toEqual([true, true, false]);
});
