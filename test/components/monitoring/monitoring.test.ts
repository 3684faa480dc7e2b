import { dashboard } from "../../../components/observability/panels";
import { patience } from "../../helpers/probes";
import { environment } from "../../helpers/record";
import { alert, group, monitoring, refusal, target } from "./fixture";

describe("monitoring", () => {
  it.each([true, false])("is the same in a preview and in a real run (preview: %s)", async (preview) => {
    const { objects } = await monitoring({}, { preview });
    expect(Object.keys(objects("Prometheus"))).toEqual(["prometheus"]);
    expect(Object.keys(objects("Alertmanager"))).toEqual(["alertmanager"]);
    expect(Object.keys(objects("PodMonitor"))).toContain("order-api");
  });

  it("grows the volumes of Prometheus itself, since its operator does not: claims by the names that the operator's pods have", async () => {
    const { objects } = await monitoring({ prometheus: { replicas: 2, storage: "50Gi" }, alerting: { storage: "1Gi" } }, {});
    const sizes = Object.entries(objects("PersistentVolumeClaim")).map(
      ([name, claim]) => `${name} ${claim.spec.resources.requests.storage}`,
    );
    expect(sizes.sort()).toEqual([
      "alertmanager-alertmanager-db-alertmanager-alertmanager-0 1Gi",
      "prometheus-prometheus-db-prometheus-prometheus-0 50Gi",
      "prometheus-prometheus-db-prometheus-prometheus-1 50Gi",
    ]);
  });

  it("scrapes what the components declare, itself, the kubelets and the exporters", async () => {
    const { objects } = await monitoring({}, { gpuNodes: true });
    expect(Object.keys(objects("PodMonitor")).sort()).toEqual([
      "alertmanager",
      "alertmanager-config-reloader",
      "dcgm-exporter",
      "grafana",
      "kube-state-metrics",
      "node-exporter",
      "order-api",
      "prometheus",
      "prometheus-config-reloader",
    ]);
    expect(Object.keys(objects("ScrapeConfig")).sort()).toEqual(["cadvisor", "kubelet"]);
  });

  it("has a network path from Prometheus to every target, to Alertmanager and to the API server", async () => {
    const { monitoring: made } = await monitoring(
      {},
      { environment: environment({ nodes: { cidrs: ["10.0.0.0/16"], signedKubelets: true } }) },
    );
    const fromPrometheus = made.connections
      .filter(({ from }) => from.name === "prometheus")
      .map(({ to }) => `${to.name}:${to.podPort ?? to.port}`);
    for (const path of [
      "order-api:metrics:9464",
      "node-exporter:metrics:9100",
      "kubelet:10250",
      "alertmanager:9093",
      "api-server:6443",
    ]) {
      expect(fromPrometheus).toContain(path);
    }
    const [kubelet] = made.connections.filter(({ to }) => to.name === "kubelet");
    expect(kubelet?.to.target).toEqual({ cidrs: ["10.0.0.0/16"], place: "nodes" });
  });

  it("declares what nodes have: exporters of GPUs only where there are some, of nodes unless the cluster has its own", async () => {
    const exporters = async (values: object, gpuNodes: boolean) =>
      Object.keys((await monitoring(values, { gpuNodes })).objects("DaemonSet")).sort();
    expect(await exporters({}, false)).toEqual(["node-exporter"]);
    expect(await exporters({}, true)).toEqual(["dcgm-exporter", "node-exporter"]);
    expect(await exporters({ nodeExporter: { enabled: false }, gpuExporter: { enabled: false } }, true)).toEqual([]);
  });

  it("refuses what does not fit together, all at once", async () => {
    const twice = dashboard("mes-x", "X", []);
    expect(await refusal({ targets: [target(), target()] })).toContain("two scrape targets are named order-api");
    const wrong = [alert({ name: "OneIsWrong", summary: "" }), alert({ name: "TwoIsWrong", expr: "" })];
    expect(await refusal({ alerts: [group("a", wrong)] })).toBe(
      "alert OneIsWrong (group a) has no summary; alert TwoIsWrong (group a) has no expression",
    );
    expect(await refusal({ alerts: [group("a", [alert()])] })).toBe(
      "two alerts are named TargetDown: one in group a, one in group scrape-targets",
    );
    expect(await refusal({ dashboards: [twice, twice] })).toBe("two dashboards have the uid mes-x");
    expect(await refusal({})).toBe("nothing was refused");
  });
});

describe("Prometheus", () => {
  const spec = async (values: object = {}, args: object = {}) =>
    (await monitoring(values, args)).object("Prometheus", "prometheus").spec;

  it("keeps metrics for a time and up to a size that leaves room for its log", async () => {
    expect(await spec({ prometheus: { replicas: 2, retention: "30d", storage: "200Gi" } })).toMatchObject({
      replicas: 2,
      retention: "30d",
      retentionSize: "163840MB",
      storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "200Gi" } } } } },
    });
  });

  it("stores exemplars, and takes no metrics from others unless told to", async () => {
    expect(await spec()).toMatchObject({
      enableFeatures: ["exemplar-storage"],
      exemplars: { maxSize: 100_000 },
      enableRemoteWriteReceiver: false,
    });
    expect(await spec({ prometheus: { remoteWriteReceiver: true } })).toMatchObject({
      enableRemoteWriteReceiver: true,
      tsdb: { outOfOrderTimeWindow: "10m" },
    });
  });

  it("takes rules and targets of its own namespace only, by their label", async () => {
    const prometheus = await spec();
    for (const kind of ["podMonitor", "rule", "scrapeConfig"]) {
      expect(prometheus[`${kind}Selector`]).toEqual({ matchLabels: { "mes.platform/prometheus": "prometheus" } });
      expect(prometheus).not.toHaveProperty(`${kind}NamespaceSelector`);
    }
    expect(prometheus).not.toHaveProperty("serviceMonitorSelector");
  });

  it("writes no log of queries and has no administrative interface", async () => {
    const prometheus = await spec();
    expect(prometheus).not.toHaveProperty("queryLogFile");
    expect(prometheus).not.toHaveProperty("enableAdminAPI");
  });

  it("runs on the platform's baseline, from the platform's registry, its sidecar too", async () => {
    const { imagesConfig } = await import("../../../components/images/config");
    const images = imagesConfig.parse({ registry: "mirror.local", pullSecrets: ["registry"] });
    const prometheus = await spec({}, { environment: environment({ images }) });
    expect(prometheus).toMatchObject({
      version: expect.stringMatching(/^v3\./),
      image: expect.stringMatching(/^mirror\.local\/prometheus\/prometheus:v3\./),
      imagePullSecrets: [{ name: "registry" }],
      priorityClassName: "mes-platform",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    for (const [container] of [prometheus.containers, prometheus.initContainers]) {
      expect(container.image).toMatch(/^mirror\.local\/prometheus-operator\/prometheus-config-reloader:/);
    }
  });

  it("comes after the account and the rights that it runs with", async () => {
    const { comesAfter } = await monitoring();
    const access = ["ClusterRole nodes", "ClusterRoleBinding nodes", "Role mes-discovery", "RoleBinding mes-discovery"];
    expect(comesAfter(":Prometheus", "prometheus")).toEqual(expect.arrayContaining([...access, "ServiceAccount prometheus"]));
  });

  it("spreads over zones where there are any", async () => {
    const keys = (s: any) => s.topologySpreadConstraints.map(({ topologyKey }: any) => topologyKey);
    expect(keys(await spec())).toEqual(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
    expect(keys(await spec({}, { environment: environment({ zones: ["local"] }) }))).toEqual(["kubernetes.io/hostname"]);
  });

  it("may list pods where its targets are, read the kubelets' metrics, and nothing else", async () => {
    const { plan, object } = await monitoring(
      {},
      { targets: [target(), target({ job: "postgres", pods: { name: "postgres", namespace: "mes-data", labels: {} } })] },
    );
    const roles = plan.resources
      .map(({ inputs }) => inputs as any)
      .filter(({ kind, metadata }) => kind === "Role" && metadata.name === "prometheus-discovery");
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(["mes", "mes-data", "mes-nodes", "mes-observability"]);
    const rules = roles.flatMap((role) => role.rules);
    expect(new Set(rules.flatMap((rule) => rule.verbs))).toEqual(new Set(["get", "list", "watch"]));
    expect(new Set(rules.flatMap((rule) => rule.resources))).toEqual(new Set(["pods", "services", "endpointslices"]));
    expect(object("ClusterRole", "mes-observability-prometheus-nodes").rules).toEqual([
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    ]);
  });

  it("is reached under its name, always the same replica for the same client", async () => {
    const { object } = await monitoring();
    expect(object("Service", "prometheus").spec).toMatchObject({
      ports: [{ port: 9090, targetPort: "web" }],
      sessionAffinity: "ClientIP",
    });
    expect(object("PodDisruptionBudget", "prometheus").spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });
});

describe("exporters", () => {
  it("of Kubernetes' objects may read no secret, and look at the platform's namespaces only", async () => {
    const { object } = await monitoring();
    const resources = object("ClusterRole", "mes-observability-kube-state-metrics").rules.flatMap((rule: any) => rule.resources);
    expect(resources).toEqual(
      expect.arrayContaining(["pods", "deployments", "horizontalpodautoscalers", "persistentvolumeclaims"]),
    );
    expect(resources).not.toEqual(expect.arrayContaining(["secrets"]));
    expect(resources).not.toEqual(expect.arrayContaining(["configmaps"]));
    const { args } = object("Deployment", "kube-state-metrics").spec.template.spec.containers[0];
    expect(args).toContain("--namespaces=mes,mes-data,mes-observability,mes-nodes,mes-operators");
    const watched = args
      .find((arg: string) => arg.startsWith("--resources="))
      .slice("--resources=".length)
      .split(",");
    expect([...watched].sort()).toEqual([...resources].sort());
  });

  it("of nodes only read the host: no privilege, no capability, no token", async () => {
    const { object } = await monitoring();
    const pod = object("DaemonSet", "node-exporter").spec.template.spec;
    expect(pod).toMatchObject({
      hostNetwork: true,
      hostPID: true,
      automountServiceAccountToken: false,
      tolerations: [{ operator: "Exists" }],
    });
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    const [container] = pod.containers;
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    for (const mount of container.volumeMounts) expect(mount.readOnly).toBe(true);
    expect(object("DaemonSet", "node-exporter").metadata.namespace).toBe("mes-nodes");
  });

  it.each([
    ["Deployment", "kube-state-metrics", { start: undefined, ready: 30, live: 100 }],
    ["DaemonSet", "node-exporter", { start: undefined, ready: 60, live: 100 }],
    ["DaemonSet", "dcgm-exporter", { start: 120, ready: 30, live: 100 }],
    ["Deployment", "grafana", { start: 300, ready: 30, live: 100 }],
  ])("wait for an answer before anything is restarted: %s %s", async (kind, name, expected) => {
    const { object } = await monitoring({}, { gpuNodes: true });
    expect(patience(object(kind, name).spec.template.spec.containers[0])).toEqual(expected);
  });

  it("of GPUs run where GPUs are, see the pods that use them, and take none away", async () => {
    const { object, objects, monitoring: made } = await monitoring({}, { gpuNodes: true });
    const pod = object("DaemonSet", "dcgm-exporter").spec.template.spec;
    expect(pod).toMatchObject({
      nodeSelector: { "nvidia.com/gpu.present": "true" },
      tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    });
    expect(pod.containers[0].resources.limits).not.toHaveProperty(["nvidia.com/gpu"]);
    const counters = Object.values(objects("ConfigMap"))
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .find(([key]) => key.includes("counters"))?.[1];
    const fields = (counters ?? "")
      .trim()
      .split("\n")
      .map((line) => line.split(", ")[0]);
    expect(made.scrapeTargets.find(({ job }) => job === "dcgm-exporter")).toMatchObject({ honorLabels: true, metrics: fields });
    expect(fields).toContain("DCGM_FI_DEV_GPU_UTIL");
  });
});
