import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { excepted } from "../objects/kube-score";
import { objectLabels } from "../objects/labels";
import { ciliumDns, ciliumPaths, type CiliumRule, type ICiliumNetworkPolicy } from "./cilium";
import type { ClusterNetwork, Dns } from "./cluster-network";
import type { Connection, Endpoint, Outside, PodSet } from "./connection";

type Protocol = NonNullable<Endpoint["protocol"]>;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
interface Path {
  readonly peer: Peer;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface NetworkPoliciesArgs {
  readonly environment: Environment;
  readonly namespaces: readonly string[];
  readonly connections: readonly Connection[];
  readonly network: Pick<ClusterNetwork, "kind" | "policies" | "dns">;
}

/**
 * Denies all traffic of the namespaces, then allows DNS and exactly the declared connections. Under Cilium, policies of its own add what blocks
 * of addresses do not mean to it.
 */
export class NetworkPolicies extends PlatformComponent {
  constructor(name: string, args: NetworkPoliciesArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:network:NetworkPolicies", name, args, opts);
    const child = { parent: this };
    for (const namespace of args.namespaces) {
      new k8s.networking.v1.NetworkPolicy(
        `${namespace}-default`,
        {
          metadata: {
            name: "default-deny",
            namespace,
            labels: objectLabels("default-deny", "network"),
            annotations: excepted("networkpolicy-targets-pod"),
          },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], egress: [dnsEgress(args.network.dns)] },
        },
        child,
      );
    }
    for (const { pods, ingress, egress } of pathsByPods(args.connections, args.namespaces)) {
      const policyTypes = [...(ingress.length > 0 ? ["Ingress"] : []), ...(egress.length > 0 ? ["Egress"] : [])];
      new k8s.networking.v1.NetworkPolicy(
        `${pods.namespace}-${pods.name}`,
        {
          metadata: {
            name: `allow-${pods.name}`,
            namespace: pods.namespace,
            labels: objectLabels(pods.name, "network"),
            annotations: excepted("networkpolicy-targets-pod"),
          },
          spec: {
            podSelector: { matchLabels: { ...pods.labels } },
            policyTypes,
            ingress:
              ingress.length > 0 ? grouped(ingress).map(({ peers, ...port }) => ({ from: peers, ports: [port] })) : undefined,
            egress: egress.length > 0 ? grouped(egress).map(({ peers, ...port }) => ({ to: peers, ports: [port] })) : undefined,
          },
        },
        child,
      );
    }
    if (args.network.policies === "cilium") this.addCilium(args);
    this.registerOutputs({});
  }

  private addCilium({ connections, namespaces, network }: NetworkPoliciesArgs): void {
    const dns = ciliumDns(network.dns);
    const every =
      dns === undefined ? [] : namespaces.map((namespace) => ({ pods: { name: "dns", namespace, labels: {} }, rule: dns }));
    for (const { pods, rule } of [...every, ...ciliumPaths(connections, namespaces)]) this.ciliumPolicy(pods, rule, network.kind);
  }

  private ciliumPolicy(pods: PodSet, rule: Omit<CiliumRule, "endpointSelector">, kind: ClusterNetwork["kind"]): void {
    const { namespace, name } = pods;
    const labels = objectLabels(name, "network");
    // GKE takes none for one namespace. Source: https://cloud.google.com/kubernetes-engine/docs/how-to/configure-cilium-network-policy
    const clusterWide = kind === "gke";
    const selected = { ...pods.labels, ...(clusterWide ? { "k8s:io.kubernetes.pod.namespace": namespace } : {}) };
    customResource<ICiliumNetworkPolicy>(
      `${namespace}-${name}-nodes`,
      {
        apiVersion: "cilium.io/v2",
        kind: clusterWide ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
        metadata: clusterWide ? { name: `${namespace}-${name}`, labels } : { name: `allow-${name}`, namespace, labels },
        spec: { endpointSelector: { matchLabels: selected }, ...rule },
      },
      { parent: this },
    );
  }
}

function tcp(port: number) {
  return { protocol: "TCP", port };
}

function dnsEgress({ pods, cidrs }: Dns): k8s.types.input.networking.v1.NetworkPolicyEgressRule {
  const to = [...pods.flatMap(peersOf), ...cidrs.map((cidr) => ({ ipBlock: { cidr } }))];
  return { to, ports: [{ protocol: "UDP", port: 53 }, tcp(53)] };
}

function namespaceSelector(namespace: string) {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}

function peersOf(side: PodSet | Outside): Peer[] {
  if ("cidrs" in side) return side.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  return [{ namespaceSelector: namespaceSelector(side.namespace), podSelector: { matchLabels: { ...side.labels } } }];
}

function targetPeers(endpoint: Endpoint): Peer[] {
  const { name, target } = endpoint;
  if (!("pods" in target)) return peersOf({ name, cidrs: target.cidrs });
  const { pods, selector } = target;
  return [...peersOf(pods), ...(selector === undefined ? [] : peersOf({ ...pods, labels: selector }))];
}

interface Paths {
  readonly pods: PodSet;
  readonly ingress: Path[];
  readonly egress: Path[];
}

/** The declared connections seen from each set of pods in the given namespaces, in a stable order. */
function pathsByPods(connections: readonly Connection[], namespaces: readonly string[]): Paths[] {
  const byPods = new Map<string, Paths>();
  const of = (pods: PodSet): Paths => {
    const key = `${pods.namespace}/${pods.name}`;
    const paths = byPods.get(key) ?? { pods, ingress: [], egress: [] };
    byPods.set(key, paths);
    return paths;
  };
  for (const { from, to } of connections) {
    const port = to.podPort ?? to.port;
    const ports = "cidrs" in to.target && to.target.asService === true ? [...new Set([to.port, port])] : [port];
    const protocol = to.protocol ?? "TCP";
    if (!("cidrs" in from) && namespaces.includes(from.namespace)) {
      // Where the target is pods, every network plug-in finds the Services that lead to them: the port is the pods'.
      for (const one of ports) of(from).egress.push(...targetPeers(to).map((peer) => ({ peer, port: one, protocol })));
    }
    if ("pods" in to.target && namespaces.includes(to.target.pods.namespace)) {
      of(to.target.pods).ingress.push(...peersOf(from).map((peer) => ({ peer, port, protocol })));
    }
  }
  return [...byPods.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, paths]) => paths);
}

/** One rule a port, each peer once. */
function grouped(paths: readonly Path[]): { protocol: Protocol; port: number; peers: Peer[] }[] {
  const byPort = new Map<string, { protocol: Protocol; port: number; peers: Map<string, Peer> }>();
  for (const { protocol, port, peer } of paths) {
    const group = byPort.get(`${protocol}/${port}`) ?? { protocol, port, peers: new Map<string, Peer>() };
    group.peers.set(JSON.stringify(peer), peer);
    byPort.set(`${protocol}/${port}`, group);
  }
  return [...byPort.values()]
    .sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1))
    .map(({ peers, ...port }) => ({
      ...port,
      peers: [...peers.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer),
    }));
}
