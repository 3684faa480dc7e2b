import { ciliumDns, ciliumPaths } from "../../../components/network/cilium";
import { connect, type Endpoint, type Place, type PodSet } from "../../../components/network/connection";

const api: PodSet = { name: "api", namespace: "mes", labels: { app: "api" } };
const served: Endpoint = { name: "api:http", host: "api.mes.svc", port: 80, podPort: 8080, target: { pods: api } };
const at = (place: Place, overrides: Partial<Endpoint> = {}): Endpoint => ({
  name: place,
  host: place,
  port: 443,
  target: { cidrs: ["10.0.0.0/8"], place },
  ...overrides,
});
const from = (place: Place) => ({ name: place, cidrs: ["10.0.0.0/8"], place });

describe("what blocks of addresses do not mean to Cilium", () => {
  it.each<[Place, string[], string[]]>([
    ["api-server", ["kube-apiserver"], ["kube-apiserver", "host", "remote-node"]],
    ["nodes", ["host", "remote-node"], ["host", "remote-node"]],
    ["own-node", ["host"], ["host"]],
    ["gateway", ["ingress"], ["ingress"]],
  ])("is named: %s", (place, to, by) => {
    const ports = (port: string) => [{ ports: [{ port, protocol: "TCP" }] }];
    expect(ciliumPaths(connect(api, at(place)), ["mes"])).toEqual([
      { pods: api, rule: { egress: [{ toEntities: to, toPorts: ports("443") }] } },
    ]);
    expect(ciliumPaths(connect(from(place), served), ["mes"])).toEqual([
      { pods: api, rule: { ingress: [{ fromEntities: by, toPorts: ports("8080") }] } },
    ]);
  });

  it("is nothing of what is outside of the cluster, of pods, or of other namespaces", () => {
    const other: Endpoint = { ...served, target: { pods: { ...api, name: "other" } } };
    const { place: _, ...unnamed } = from("outside");
    const connections = [
      ...connect(api, at("outside"), { ...at("outside"), target: { cidrs: ["10.0.0.0/8"] } }, other),
      ...connect(from("outside"), served),
      ...connect(unnamed, served),
    ];
    expect(ciliumPaths(connections, ["mes"])).toEqual([]);
    expect(ciliumPaths(connect(api, at("nodes")), ["mes-data"])).toEqual([]);
    // Neither end is a pod.
    expect(ciliumPaths(connect(from("nodes"), at("api-server")), ["mes"])).toEqual([]);
  });

  it("is in one order, ports by their numbers, each protocol for itself", () => {
    const web: PodSet = { ...api, name: "web" };
    const udp = at("nodes", { port: 9100, protocol: "UDP" });
    const connections = [...connect(web, at("nodes", { port: 10_250 }), udp, at("nodes", { port: 9100 })), ...connect(api, udp)];
    const paths = ciliumPaths(connections, ["mes"]);
    expect(paths).toEqual(ciliumPaths([...connections].reverse(), ["mes"]));
    expect(paths.map(({ pods }) => pods.name)).toEqual(["api", "web"]);
    expect(paths[1]?.rule.egress?.[0]?.toPorts).toEqual([
      {
        ports: [
          { port: "9100", protocol: "TCP" },
          { port: "9100", protocol: "UDP" },
          { port: "10250", protocol: "TCP" },
        ],
      },
    ]);
  });
});

describe("the DNS cache of a node", () => {
  it("is asked on the node itself, over UDP and TCP", () => {
    expect(ciliumDns({ pods: [], cidrs: [], onNode: true })).toEqual({
      egress: [
        {
          toEntities: ["host"],
          toPorts: [
            {
              ports: [
                { port: "53", protocol: "UDP" },
                { port: "53", protocol: "TCP" },
              ],
            },
          ],
        },
      ],
    });
  });

  it("is not asked where there is none", () => {
    expect(ciliumDns({ pods: [], cidrs: [], onNode: false })).toBeUndefined();
  });
});
