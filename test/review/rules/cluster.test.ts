import { loadBalancersReachPods } from "../../../review/rules/load-balancers-reach-pods";
import { podsReachCluster } from "../../../review/rules/pods-reach-cluster";
import type { NetworkFacts, Resource } from "../../../review/plan/plan";
import { deployment, found, namespace, object } from "../fixtures";

const policy = (name: string, spec: Record<string, unknown>): Resource =>
  object("networking.k8s.io/v1", "NetworkPolicy", name, { spec });
const DNS = { to: [{ podSelector: {} }], ports: [{ protocol: "UDP", port: 53 }] };

describe("pods reach the cluster", () => {
  const network: NetworkFacts = { policies: "standard", apiServer: { cidrs: ["10.0.0.0/16", "172.20.0.1/32"], ports: [443] } };
  const binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", "agent", {
    roleRef: { kind: "Role", name: "agent" },
    subjects: [{ kind: "ServiceAccount", name: "agent" }],
  });
  const agent = deployment("agent", { pod: { serviceAccountName: "agent" } });
  const egress = (...rules: object[]) =>
    policy("agent", { podSelector: { matchLabels: { app: "agent" } }, policyTypes: ["Egress"], egress: rules });
  const to = (cidrs: string[], ...ports: object[]) => ({ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports });
  const said = (facts: NetworkFacts, ...rules: object[]) =>
    found(podsReachCluster, [namespace("mes"), agent, binding, egress(...rules)], { network: facts });

  it("where every address of the API server is allowed, on every port that may be seen", () => {
    expect(said(network, DNS, to(["10.0.0.0/16", "172.20.0.1/32"], { port: 443 }))).toEqual([]);
    expect(said(network, DNS, to(["0.0.0.0/0"], { port: 400, endPort: 500 }))).toEqual([]);
    expect(said(network, DNS, { to: [] })).toEqual([]);
    expect(said({ ...network, apiServer: { ...network.apiServer, ports: [443, 6443] } }, DNS, to(["0.0.0.0/0"]))).toEqual([]);
  });

  it("not where an address is missing, a port, or the way to names", () => {
    expect(said(network, DNS, to(["10.0.0.0/16"], { port: 443 }))).toEqual([
      "error Deployment agent spec.template.spec: Deployment mes/agent needs the API server and may not reach it; allow egress to 10.0.0.0/16 and 172.20.0.1/32 on port 443 (mes:cluster: kind, apiServer, serviceCidr)",
    ]);
    expect(said(network, DNS, to(["0.0.0.0/0"], { port: 6443 }))).toEqual([expect.stringContaining("on port 443")]);
    expect(said(network, DNS, to(["0.0.0.0/0"], { port: 443, protocol: "UDP" }))).toHaveLength(1);
    expect(said(network, to(["0.0.0.0/0"], { port: 443 }))).toEqual([
      "error Deployment agent spec.template.spec: in mes: anybody may not be asked for names by Deployment mes/agent; allow egress to the DNS server on port 53, UDP and TCP (mes:cluster.dns)",
    ]);
  });

  it("by Cilium's own policies, where it takes no block of addresses for the API server", () => {
    const cilium: NetworkFacts = { ...network, policies: "cilium" };
    const entity = (toEntities: string[], port: string, labels = { app: "agent" }) =>
      object("cilium.io/v2", "CiliumNetworkPolicy", "agent", {
        spec: {
          endpointSelector: { matchLabels: labels },
          egress: [{ toEntities, toPorts: [{ ports: [{ port, protocol: "TCP" }] }] }],
        },
      });
    const with_ = (...policies: Resource[]) =>
      found(podsReachCluster, [namespace("mes"), agent, binding, egress(DNS, to(["0.0.0.0/0"])), ...policies], {
        network: cilium,
      });
    expect(with_(entity(["kube-apiserver"], "443"))).toEqual([]);
    expect(with_()).toEqual([expect.stringContaining("allow egress to the entity kube-apiserver on port 443")]);
    expect(with_(entity(["host"], "443"))).toHaveLength(1);
    expect(with_(entity(["kube-apiserver"], "6443"))).toHaveLength(1);
    expect(with_(entity(["kube-apiserver"], "443", { app: "other" }))).toHaveLength(1);
  });

  it("and need it only where they have rights, a token and a policy about them", () => {
    expect(found(podsReachCluster, [namespace("mes"), agent, binding], { network })).toEqual([]);
    expect(found(podsReachCluster, [namespace("mes"), agent, egress(DNS)], { network })).toEqual([]);
    const tokenless = deployment("agent", { pod: { serviceAccountName: "agent", automountServiceAccountToken: false } });
    expect(found(podsReachCluster, [namespace("mes"), tokenless, binding, egress(DNS)], { network })).toEqual([]);
    const onNode = deployment("agent", { pod: { serviceAccountName: "agent", hostNetwork: true } });
    expect(found(podsReachCluster, [namespace("mes"), onNode, binding, egress()], { network })).toEqual([]);
  });
});

describe("a load balancer", () => {
  const balancer = (annotations: Record<string, string>, spec: object = {}) =>
    object("v1", "Service", "api", {
      metadata: { annotations },
      spec: {
        type: "LoadBalancer",
        selector: { app: "api" },
        ports: [{ port: 443, targetPort: "http" }],
        loadBalancerSourceRanges: ["203.0.113.0/24"],
        ...spec,
      },
    });
  const IP_TARGETS = { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" };
  const from = (...cidrs: string[]) =>
    policy("api", {
      podSelector: { matchLabels: { app: "api" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: "TCP", port: 8080 }] }],
    });
  const said = (...resources: Resource[]) => found(loadBalancersReachPods, [namespace("mes"), deployment("api"), ...resources]);

  it("with IP targets is let in beside the clients", () => {
    expect(said(balancer(IP_TARGETS), from("203.0.113.20/32", "10.0.96.0/20"))).toEqual([]);
    expect(said(balancer(IP_TARGETS), from("203.0.113.20/32"))).toEqual([
      expect.stringMatching(/^error Service api metadata\.annotations: it sends to the pods themselves and checks their health/),
    ]);
    const old = { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" };
    expect(said(balancer(old), from("203.0.113.20/32"))).toHaveLength(1);
  });

  it("needs no more where everybody is let in, no policy is about the pods, or it sends to nodes", () => {
    const everybody = policy("api", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 8080 }] }] });
    expect(said(balancer(IP_TARGETS), everybody)).toEqual([]);
    expect(said(balancer(IP_TARGETS), from("0.0.0.0/0"))).toEqual([]);
    expect(said(balancer(IP_TARGETS))).toEqual([]);
    expect(said(balancer({}), from("203.0.113.20/32"))).toEqual([]);
    expect(said(balancer(IP_TARGETS, { type: "ClusterIP" }), from("203.0.113.20/32"))).toEqual([]);
  });
});
