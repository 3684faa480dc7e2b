import { connect, type Endpoint, type PodSet } from "../../../components/network/connection";
import { NetworkPolicies } from "../../../components/network/policies";
import { environment, recorded } from "../../helpers/record";

const pods = (name: string, namespace: string): PodSet => ({ name, namespace, labels: { app: name } });
const api = pods("order-api", "mes");
const postgres = pods("postgres", "mes-data");
const database: Endpoint = {
  name: "postgres",
  host: "postgres.mes-data.svc",
  port: 80,
  podPort: 5432,
  target: { pods: postgres },
};
const crm: Endpoint = { name: "crm", host: "crm.example.com", port: 443, target: { cidrs: ["198.51.100.0/24"] } };
const dns = { name: "dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const fromOutside = { name: "load-balancer", cidrs: ["198.51.100.0/24"] };
const network = { kind: "other", policies: "standard", dns: { pods: [dns], cidrs: [], onNode: false } } as const;

const policies = (connections: ReturnType<typeof connect>) =>
  recorded(
    (opts) =>
      new NetworkPolicies("network", { environment: environment(), namespaces: ["mes", "mes-data"], connections, network }, opts),
  );

describe("network policies", () => {
  it("deny everything but DNS in every namespace", async () => {
    const { resource } = await policies([]);
    expect(resource("NetworkPolicy", "mes-data-default").inputs).toMatchObject({
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        egress: [
          {
            to: [{ podSelector: { matchLabels: dns.labels } }],
            ports: [
              { protocol: "UDP", port: 53 },
              // Answers that are cut off come again over TCP.
              { protocol: "TCP", port: 53 },
            ],
          },
        ],
      },
    });
  });

  it("open both ends of a declared connection, on the port of the pods", async () => {
    const { resource } = await policies(connect(api, database));
    expect(resource("NetworkPolicy", "mes-order-api").inputs).toMatchObject({
      spec: {
        policyTypes: ["Egress"],
        egress: [{ to: [{ podSelector: { matchLabels: { app: "postgres" } } }], ports: [{ port: 5432 }] }],
      },
    });
    expect(resource("NetworkPolicy", "mes-data-postgres").inputs).toMatchObject({
      spec: {
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: "order-api" } } }], ports: [{ port: 5432 }] }],
      },
    });
  });

  it("select pods and their peers by labels and namespace, and say of themselves what they are", async () => {
    const { object } = await policies(connect(api, database));
    const annotations = { "kube-score/ignore": "networkpolicy-targets-pod" };
    const labels = { "app.kubernetes.io/component": "network" };
    expect(object("NetworkPolicy", "allow-order-api")).toMatchObject({
      metadata: { name: "allow-order-api", namespace: "mes", annotations, labels },
      spec: {
        podSelector: { matchLabels: { app: "order-api" } },
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mes-data" } },
                podSelector: { matchLabels: { app: "postgres" } },
              },
            ],
          },
        ],
      },
    });
    expect(object("NetworkPolicy", "default-deny")).toMatchObject({ metadata: { annotations, labels } });
  });

  it("are the same in whatever order connections are declared", async () => {
    const cache = { ...database, name: "cache", podPort: 6379, target: { pods: pods("cache", "mes-data") } };
    const connections = [...connect(api, database, cache, crm), ...connect(pods("web", "mes"), cache, database)];
    const specs = async (order: typeof connections) =>
      (await policies(order)).plan.resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ inputs }) => inputs);
    const made = await specs(connections);
    expect(await specs([...connections].reverse())).toEqual(made);
    expect(made.map(({ metadata }: any) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      "mes/default-deny",
      "mes-data/default-deny",
      "mes-data/allow-cache",
      "mes-data/allow-postgres",
      "mes/allow-order-api",
      "mes/allow-web",
    ]);
  });

  it("are for pods of their namespaces only, and no Cilium's where it does not judge", async () => {
    const { objects } = await policies([...connect(pods("stranger", "default"), database), ...connect(fromOutside, database)]);
    expect(Object.keys(objects("NetworkPolicy")).sort()).toEqual(["allow-postgres", "default-deny"]);
    expect(objects("CiliumNetworkPolicy")).toEqual({});
  });

  it("open exactly the addresses of what lies outside of the cluster", async () => {
    const { resource } = await policies(connect(api, crm));
    expect(resource("NetworkPolicy", "mes-order-api").inputs).toMatchObject({
      spec: { egress: [{ to: [{ ipBlock: { cidr: "198.51.100.0/24" } }], ports: [{ port: 443 }] }] },
    });
  });

  it("allow the port of a Service without pods and the port behind it, where a network plug-in may see either", async () => {
    const server: Endpoint = {
      name: "api-server",
      host: "kubernetes.default.svc",
      port: 443,
      podPort: 6443,
      target: { cidrs: ["10.0.0.4/32"] },
    };
    const ports = async (asService: boolean) => {
      const target = { cidrs: ["10.0.0.4/32"], asService };
      const { resource } = await policies(connect(api, { ...server, target }));
      const { egress } = resource("NetworkPolicy", "mes-order-api").inputs.spec as { egress: { ports: { port: number }[] }[] };
      return egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    };
    expect(await ports(true)).toEqual([443, 6443]);
    expect(await ports(false)).toEqual([6443]);
  });

  it("open a port for the protocol of the endpoint, TCP unless it says otherwise", async () => {
    const gossip: Endpoint = { name: "gossip", host: "postgres", port: 9094, target: { pods: postgres } };
    const { resource } = await policies([
      ...connect(api, gossip, { ...gossip, protocol: "UDP" }),
      ...connect(api, { ...gossip, port: 53, protocol: "UDP" }),
    ]);
    const open = [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 9094 },
      { protocol: "UDP", port: 9094 },
    ].map((port) => ({ ports: [port] }));
    expect(resource("NetworkPolicy", "mes-order-api").inputs).toMatchObject({ spec: { egress: open } });
    expect(resource("NetworkPolicy", "mes-data-postgres").inputs).toMatchObject({ spec: { ingress: open } });
  });

  it("let pods ask the DNS cache of their node by its address", async () => {
    const cached = { ...network, dns: { pods: [dns], cidrs: ["169.254.20.10/32"], onNode: true } };
    const { resource } = await recorded(
      (opts) =>
        new NetworkPolicies(
          "network",
          { environment: environment(), namespaces: ["mes"], connections: [], network: cached },
          opts,
        ),
    );
    expect(resource("NetworkPolicy", "mes-default").inputs).toMatchObject({
      spec: { egress: [{ to: [{ podSelector: {} }, { ipBlock: { cidr: "169.254.20.10/32" } }] }] },
    });
  });

  it("name pods by the labels of their Service too, where it has others", async () => {
    const selector = { app: "postgres", role: "primary" };
    const { resource } = await policies(connect(api, { ...database, target: { pods: postgres, selector } }));
    expect(resource("NetworkPolicy", "mes-order-api").inputs).toMatchObject({
      spec: {
        egress: [
          {
            to: [{ podSelector: { matchLabels: selector } }, { podSelector: { matchLabels: { app: "postgres" } } }],
            ports: [{ port: 5432 }],
          },
        ],
      },
    });
  });

  describe("under Cilium", () => {
    const server: Endpoint = {
      name: "api-server",
      host: "kubernetes.default.svc",
      port: 443,
      podPort: 6443,
      target: { cidrs: ["10.0.0.4/32"], place: "api-server" },
    };
    const kubelet: Endpoint = { name: "kubelet", host: "node", port: 10_250, target: { cidrs: ["10.0.0.0/16"], place: "nodes" } };
    const fromServer = { name: "api-server", cidrs: ["10.0.0.4/32"], place: "api-server" } as const;
    const connections = [...connect(api, server, kubelet, crm), ...connect(fromServer, database)];
    const cilium = (kind: "kubeadm" | "gke", onNode = false) =>
      recorded(
        (opts) =>
          new NetworkPolicies(
            "network",
            {
              environment: environment(),
              namespaces: ["mes", "mes-data"],
              connections,
              network: { kind, policies: "cilium", dns: { ...network.dns, onNode } },
            },
            opts,
          ),
      );

    it("name nodes and API server as what they are to it, beside the standard ones", async () => {
      const { resource, objects } = await cilium("kubeadm");
      expect(Object.keys(objects("NetworkPolicy"))).toContain("allow-order-api");
      expect(resource("CiliumNetworkPolicy", "mes-order-api-nodes").inputs).toMatchObject({
        metadata: { name: "allow-order-api", namespace: "mes" },
        spec: {
          endpointSelector: { matchLabels: { app: "order-api" } },
          egress: [
            { toEntities: ["host", "remote-node"], toPorts: [{ ports: [{ port: "10250", protocol: "TCP" }] }] },
            { toEntities: ["kube-apiserver"], toPorts: [{ ports: [{ port: "6443", protocol: "TCP" }] }] },
          ],
        },
      });
      expect(resource("CiliumNetworkPolicy", "mes-data-postgres-nodes").inputs).toMatchObject({
        spec: {
          ingress: [
            {
              fromEntities: ["kube-apiserver", "host", "remote-node"],
              toPorts: [{ ports: [{ port: "5432", protocol: "TCP" }] }],
            },
          ],
        },
      });
    });

    it("are of the whole cluster on GKE, which takes no others", async () => {
      const { resource } = await cilium("gke");
      expect(resource("CiliumClusterwideNetworkPolicy", "mes-order-api-nodes").inputs).toMatchObject({
        metadata: { name: "mes-order-api" },
        spec: { endpointSelector: { matchLabels: { app: "order-api", "k8s:io.kubernetes.pod.namespace": "mes" } } },
      });
    });

    it("let every pod ask the DNS cache of its node, where there is one", async () => {
      const { resource } = await cilium("kubeadm", true);
      expect(resource("CiliumNetworkPolicy", "mes-dns-nodes").inputs).toMatchObject({
        spec: { endpointSelector: { matchLabels: {} }, egress: [{ toEntities: ["host"] }] },
      });
    });
  });

  it("say each thing once, in an order that does not depend on who declared first", async () => {
    const forth = await policies([...connect(api, database, crm), ...connect(api, database)]);
    const back = await policies([...connect(api, crm), ...connect(api, database)]);
    const specs = (r: typeof forth) => r.plan.resources.map((x) => x.inputs);
    expect(specs(forth)).toEqual(specs(back));
  });
});
