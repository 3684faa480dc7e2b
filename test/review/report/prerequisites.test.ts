import { prerequisites } from "../../../review/report/prerequisites";
import type { Facts, Resource } from "../../../review/plan/plan";
import { deployment, namespace, object, planOf, resource } from "../fixtures";

const needs = (resources: readonly Resource[], facts: Partial<Facts> = {}) =>
  Object.fromEntries(prerequisites(planOf(resources, facts)).map(({ what, names }) => [what, names]));

const RELEASE = "urn:pulumi:test::mes::kubernetes:helm.sh/v3:Release::keda";
const release = (inputs: object) =>
  resource({
    type: "kubernetes:helm.sh/v3:Release",
    name: "keda",
    urn: RELEASE,
    inputs: { name: "keda", namespace: "mes", ...inputs },
  });

describe("what must be there already", () => {
  it("is nothing for a plan that names nothing", () => {
    expect(needs([namespace("mes"), deployment("api")])).toEqual({});
  });

  it("is what the plan names and does not make", () => {
    const api = deployment("api", {
      pod: {
        priorityClassName: "urgent",
        runtimeClassName: "nvidia",
        nodeSelector: { "nvidia.com/gpu.present": "true" },
        topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }],
        volumes: [{ name: "keys", secret: { secretName: "keys" } }],
      },
      container: { resources: { limits: { "nvidia.com/gpu": 1 } } },
    });
    expect(needs([namespace("mes"), api])).toEqual({
      PriorityClass: ["urgent"],
      RuntimeClass: ["nvidia"],
      Secret: ["mes/keys"],
      "resources of nodes": ["nvidia.com/gpu"],
      "labels of nodes": ["nvidia.com/gpu.present=true", "topology.kubernetes.io/zone=a|b|c"],
    });
    const keys = object("v1", "Secret", "keys");
    const urgent = object("scheduling.k8s.io/v1", "PriorityClass", "urgent");
    expect(needs([namespace("mes"), api, keys, urgent])).not.toHaveProperty("Secret");
    expect(needs([namespace("mes"), api, keys, urgent])).not.toHaveProperty("PriorityClass");
  });

  it("is the definition of a custom resource that comes after no chart", () => {
    const scaled = (dependsOn: string[]) => object("keda.sh/v1alpha1", "ScaledObject", "api", { spec: {} }, { dependsOn });
    expect(needs([namespace("mes"), release({ chart: "keda" }), scaled([RELEASE])])).toEqual({});
    expect(needs([namespace("mes"), scaled([])])).toEqual({ definitions: ["keda.sh (ScaledObject)"] });
  });

  it("is the API that autoscalers read CPU from, unless a chart of the plan serves it", () => {
    const scaler = object("autoscaling/v2", "HorizontalPodAutoscaler", "api", {
      spec: { scaleTargetRef: { kind: "Deployment", name: "api" }, metrics: [{ type: "Resource", resource: { name: "cpu" } }] },
    });
    expect(needs([namespace("mes"), deployment("api"), scaler])).toEqual({ APIs: ["metrics.k8s.io"] });
    expect(needs([namespace("mes"), deployment("api"), scaler, release({ chart: "metrics-server" })])).toEqual({});
  });

  it("is the way in: its class, its names, and whoever sends from there", () => {
    const gateway = object("gateway.networking.k8s.io/v1", "Gateway", "gateway", {
      spec: { gatewayClassName: "envoy", listeners: [{ hostname: "mes.example.com" }] },
    });
    const certificate = object("cert-manager.io/v1", "Certificate", "broker", {
      spec: {
        dnsNames: [
          "localhost",
          "broker",
          "broker.mes",
          "broker-server-0.broker-nodes.mes",
          "broker.mes.svc",
          "broker.mes.svc.cluster.local",
          "mq.example.com",
        ],
      },
    });
    const policy = object("networking.k8s.io/v1", "NetworkPolicy", "api", {
      spec: {
        podSelector: {},
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "envoy" } },
                podSelector: { matchLabels: { app: "proxy" } },
              },
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mes" } } },
            ],
          },
        ],
      },
    });
    expect(needs([namespace("mes"), gateway, certificate, policy])).toEqual({
      "network plug-in": ["one that enforces NetworkPolicy"],
      definitions: ["cert-manager.io (Certificate)", "gateway.networking.k8s.io (Gateway)"],
      "pods by label": ["app=proxy in envoy"],
      GatewayClass: ["envoy"],
      "DNS names": ["mes.example.com", "mq.example.com"],
    });
  });

  it("is the cluster's default storage class, where there are volumes and none is named", () => {
    const volumes = {
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } }],
    };
    const store = object("apps/v1", "StatefulSet", "store", {
      spec: { ...volumes, template: { metadata: { labels: { app: "store" } }, spec: { containers: [] } } },
    });
    expect(needs([namespace("mes"), store], { existing: [] })).toEqual({ StorageClass: ["the cluster's default"] });
    expect(needs([namespace("mes"), store])).toEqual({});
  });

  it("is who vouches for the roles that pods take", () => {
    const role = (Principal: object) =>
      resource({
        type: "aws:iam/role:Role",
        name: "loki",
        inputs: { assumeRolePolicy: JSON.stringify({ Statement: [{ Principal }] }) },
      });
    expect(needs([role({ Federated: "arn:aws:iam::1:oidc-provider/x" })])).toEqual({ AWS: ["arn:aws:iam::1:oidc-provider/x"] });
    expect(needs([role({ Service: "pods.eks.amazonaws.com" })])).toEqual({ AWS: ["add-on eks-pod-identity-agent"] });
  });
});
