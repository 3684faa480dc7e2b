import { clusterConfig } from "../../../components/foundation/config";
import { CLUSTER_KINDS } from "../../../components/network/cluster-kinds";
import { clusterNetwork } from "../../../components/network/cluster-network";
import { monitoringConfig } from "../../../components/monitoring/config";

const POOL = { count: 3, cpu: 4, memory: "16Gi" };
const networkOf = (cluster: object = {}, monitoring: object = {}) =>
  clusterNetwork(
    clusterConfig.parse({ context: "test", zones: ["a"], nodePools: { all: POOL }, ...cluster }),
    monitoringConfig.parse({ prometheus: { retention: "1d", storage: "10Gi" }, ...monitoring }),
  );

describe("the network of a cluster", () => {
  it.each([
    ["eks", 443, true, true],
    ["gke", 443, false, true],
    ["aks", 443, false, true],
    ["k3s", 6443, false, true],
    ["kubeadm", 6443, true, false],
    ["kind", 6443, false, false],
    ["minikube", 8443, false, false],
    ["other", 6443, true, true],
  ] as const)(
    "%s: the API server on %d, seen as its Service: %p, kubelets with certificates of the CA: %p",
    (kind, port, asService, signedKubelets) => {
      expect(networkOf({ kind })).toMatchObject({ apiServer: { port, asService }, nodes: { signedKubelets } });
    },
  );

  it("knows every kind", () => {
    for (const kind of CLUSTER_KINDS) expect(networkOf({ kind }).kind).toBe(kind);
  });

  it("is what the stack file says, where it says something", () => {
    const stated = networkOf(
      {
        kind: "kubeadm",
        apiServer: { port: 7443, cidrs: ["10.0.0.4/32"] },
        dns: { namespace: "dns", labels: { app: "coredns" } },
      },
      { kubelet: { verifyCertificate: true }, nodeCidrs: ["10.0.0.0/24"] },
    );
    expect(stated).toMatchObject({
      apiServer: { port: 7443, cidrs: ["10.0.0.4/32"] },
      nodes: { cidrs: ["10.0.0.0/24"], signedKubelets: true },
      dns: { pods: [{ namespace: "dns", labels: { app: "coredns" } }], cidrs: [], onNode: false },
    });
  });

  it("holds the Service's own address where policies may be held against it, and nowhere twice", () => {
    const apiServer = { cidrs: ["10.0.0.0/16"] };
    const cidrs = (cluster: object) => networkOf({ apiServer, serviceCidr: "172.20.0.0/16", ...cluster }).apiServer.cidrs;
    expect(cidrs({ kind: "eks" })).toEqual(["10.0.0.0/16", "172.20.0.1/32"]);
    expect(cidrs({ kind: "eks", apiServer: {} })).toEqual(["0.0.0.0/0"]);
    expect(cidrs({ kind: "gke" })).toEqual(["10.0.0.0/16"]);
    expect(cidrs({ kind: "eks", networkPolicies: "cilium" })).toEqual(["10.0.0.0/16"]);
    expect(cidrs({ kind: "eks", serviceCidr: "fd30:1c53:5f8a::/108" })).toEqual(["10.0.0.0/16", "fd30:1c53:5f8a::1/128"]);
  });

  it("has a tunnel of the API server on GKE and AKS, unless there is none", () => {
    const tunnel = (cluster: object) => networkOf(cluster).apiServer.tunnel;
    expect(tunnel({ kind: "gke" })).toMatchObject({ namespace: "kube-system", labels: { "k8s-app": "konnectivity-agent" } });
    expect(tunnel({ kind: "aks" })).toMatchObject({ namespace: "kube-system", labels: { app: "konnectivity-agent" } });
    expect(tunnel({ kind: "aks", apiServer: { tunnel: false } })).toBeUndefined();
    expect(tunnel({ kind: "eks" })).toBeUndefined();
    const own = { namespace: "konnectivity", labels: { app: "agent" } };
    expect(tunnel({ apiServer: { tunnel: own } })).toMatchObject(own);
  });

  it("asks the node for names where each has a DNS cache", () => {
    const names = (cluster: object) => {
      const { pods, cidrs } = networkOf(cluster).dns;
      return [...pods.map(({ name }) => name), ...cidrs];
    };
    expect(names({ kind: "eks" })).toEqual(["dns"]);
    expect(names({ kind: "gke" })).toEqual(["dns", "node-local-dns", "169.254.20.10/32"]);
    expect(names({ kind: "gke", dns: { nodeLocal: false } })).toEqual(["dns"]);
    expect(names({ kind: "aks", dns: { nodeLocal: true } })).toEqual([
      "dns",
      "node-local-dns",
      "169.254.10.10/32",
      "169.254.10.11/32",
    ]);
    expect(names({ dns: { nodeLocal: true, cidrs: ["10.96.0.10/32"] } })).toEqual([
      "dns",
      "node-local-dns",
      "169.254.20.10/32",
      "10.96.0.10/32",
    ]);
  });
});
