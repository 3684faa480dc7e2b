import type { Dns } from "./cluster-network";
import type { Connection, Place, PodSet } from "./connection";

/** Peers that Cilium knows as such. Source: https://docs.cilium.io/en/stable/security/policy/layer3/#entities-based */
type Entity = "host" | "remote-node" | "kube-apiserver" | "ingress";

interface CiliumPorts {
  readonly ports: readonly { readonly port: string; readonly protocol: "TCP" | "UDP" }[];
}

/** The part that is written here of a rule of a policy. */
export interface CiliumRule {
  readonly endpointSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly ingress?: readonly { readonly fromEntities: readonly Entity[]; readonly toPorts: readonly CiliumPorts[] }[];
  readonly egress?: readonly { readonly toEntities: readonly Entity[]; readonly toPorts: readonly CiliumPorts[] }[];
}

/** A policy of Cilium for pods of one namespace. */
export interface ICiliumNetworkPolicy {
  readonly apiVersion: "cilium.io/v2";
  readonly kind: "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy";
  readonly metadata?: object;
  readonly spec: CiliumRule;
}

/**
 * What a block of addresses does not mean to Cilium: to it nodes, and an API server on them, are no addresses.
 * Source: https://docs.cilium.io/en/stable/security/policy/layer3/#ip-cidr-based
 */
const ENTITIES: Readonly<Record<Place, { readonly to: readonly Entity[]; readonly from: readonly Entity[] }>> = {
  // What it calls may seem to come from the node that it came in by.
  "api-server": { to: ["kube-apiserver"], from: ["kube-apiserver", "host", "remote-node"] },
  nodes: { to: ["host", "remote-node"], from: ["host", "remote-node"] },
  "own-node": { to: ["host"], from: ["host"] },
  // Cilium's own gateway. Source: https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gateway-api/
  gateway: { to: ["ingress"], from: ["ingress"] },
  outside: { to: [], from: [] },
};

export interface CiliumPaths {
  readonly pods: PodSet;
  readonly rule: Omit<CiliumRule, "endpointSelector">;
}

interface Ports {
  readonly entities: readonly Entity[];
  readonly ports: Set<string>;
}
type Rules = Map<string, Ports>;

/** What the standard policies of these namespaces leave closed under Cilium, by the pods that it is about, in a stable order. */
export function ciliumPaths(connections: readonly Connection[], namespaces: readonly string[]): CiliumPaths[] {
  const byPods = new Map<string, { readonly pods: PodSet; readonly ingress: Rules; readonly egress: Rules }>();
  const add = (pods: PodSet, direction: "ingress" | "egress", entities: readonly Entity[], port: string) => {
    if (entities.length === 0 || !namespaces.includes(pods.namespace)) return;
    const key = `${pods.namespace}/${pods.name}`;
    const paths = byPods.get(key) ?? { pods, ingress: new Map<string, Ports>(), egress: new Map<string, Ports>() };
    byPods.set(key, paths);
    const rule = paths[direction].get(entities.join()) ?? { entities, ports: new Set<string>() };
    paths[direction].set(entities.join(), rule);
    rule.ports.add(port);
  };
  for (const { from, to } of connections) {
    // Services are translated before: the port is the one behind them.
    const port = `${String(to.podPort ?? to.port).padStart(5, "0")}/${to.protocol ?? "TCP"}`;
    if (!("cidrs" in from) && "cidrs" in to.target) add(from, "egress", ENTITIES[to.target.place ?? "outside"].to, port);
    if ("cidrs" in from && "pods" in to.target) add(to.target.pods, "ingress", ENTITIES[from.place ?? "outside"].from, port);
  }
  return [...byPods.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { pods, ingress, egress }]) => ({
      pods,
      rule: {
        ...(ingress.size === 0
          ? {}
          : { ingress: inOrder(ingress).map(({ entities, ...ports }) => ({ fromEntities: entities, ...ports })) }),
        ...(egress.size === 0
          ? {}
          : { egress: inOrder(egress).map(({ entities, ...ports }) => ({ toEntities: entities, ...ports })) }),
      },
    }));
}

/** The DNS cache of the node, for all pods of a namespace; undefined if there is none. */
export function ciliumDns({ onNode }: Dns): Pick<CiliumRule, "egress"> | undefined {
  if (!onNode) return undefined;
  return {
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
  };
}

function inOrder(rules: Rules) {
  return [...rules.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { entities, ports }]) => ({
      entities,
      toPorts: [
        {
          ports: [...ports].sort().map((text) => {
            const [port, protocol] = text.split("/");
            return { port: String(Number(port)), protocol: protocol === "UDP" ? ("UDP" as const) : ("TCP" as const) };
          }),
        },
      ],
    }));
}
