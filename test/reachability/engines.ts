import { addressesHold, hostBlock } from "../../components/network/addresses";
import { selects } from "../../review/kubernetes/selector";
import { at, listAt, numberAt, textAt, textsAt } from "../../review/kubernetes/value";
import type { Labels } from "./charts";
import type { Manifest } from "./stack";

/*
 * How network plug-ins hold policies against connections. They differ in two things: whether they look at a connection before or after the
 * address of a Service is translated, and what a block of addresses means to them.
 */

/** One end of a connection. */
export interface Party {
  readonly address: string;
  /** A pod with an address of its own. */
  readonly pod?: { readonly namespace: string; readonly labels: Labels };
  /** What else Cilium knows by a name: an API server in the cluster is a node too, any other is a part of the world. */
  readonly entities?: readonly ("host" | "remote-node" | "kube-apiserver" | "ingress" | "world")[];
}

/** A Service that a client asks, instead of what is behind it. */
export interface AskedService {
  readonly address: string;
  readonly port: number;
  readonly namespace: string;
  /** Absent: its endpoints are written by something else, as those of `kubernetes`. */
  readonly selector?: Labels;
}

export interface Attempt {
  readonly from: Party;
  readonly to: Party;
  /** Port of what is at the end. */
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
  readonly service?: AskedService;
}

type Direction = "ingress" | "egress";

/** Whether a rule of a standard policy, or a peer of one, means a connection. */
type Meaning = (peer: unknown, ports: readonly unknown[], attempt: Attempt, direction: Direction, own: string) => boolean;

export interface Engine {
  readonly name: string;
  readonly allows: (policies: readonly Manifest[], attempt: Attempt, direction: Direction) => boolean;
}

/**
 * After translation; a block of addresses means whatever has one of them. Calico, kube-router, kindnet and Azure's policy manager, which
 * filter in iptables or nftables behind kube-proxy's chains.
 * Source: https://github.com/cloudnativelabs/kube-router/blob/v2.9.0/docs/how-it-works.md
 * Source: https://docs.tigera.io/calico/latest/reference/host-endpoints/pre-dnat
 */
export const TRANSLATED = engine("after translation", (peer, ports, attempt, direction, own) => {
  return means(peer, other(attempt, direction), own) && hasPort(ports, attempt.port, attempt.protocol);
});

/**
 * Before translation: the programs of the VPC CNI sit where packets leave the pod. What its controller lets through to the address of a Service
 * is what has a selector that the Service's own labels fulfil, on the port of the Service that leads to the policy's.
 * Source: https://github.com/aws/amazon-network-policy-controller-k8s/blob/v1.1.7/pkg/resolvers/endpoints.go (getMatchingServiceClusterIPs)
 * Source: https://github.com/aws/aws-network-policy-agent/blob/v1.4.1/pkg/ebpf/c/tc.v4egress.bpf.c
 */
export const VPC_CNI = engine("VPC CNI, before translation", (peer, ports, attempt, direction, own) => {
  const { service, protocol, port } = attempt;
  if (direction === "ingress" || service === undefined)
    return means(peer, other(attempt, direction), own) && hasPort(ports, port, protocol);
  if (at(peer, "ipBlock") !== undefined) return holds(peer, service.address) && hasPort(ports, service.port, protocol);
  const asPod = { address: service.address, pod: { namespace: service.namespace, labels: service.selector ?? {} } };
  return service.selector !== undefined && means(peer, asPod, own) && hasPort(ports, port, protocol);
});

/**
 * After translation, which it does itself; a block of addresses means neither pods nor nodes nor the API server. Those it knows as entities.
 * Held against Cilium itself by cilium.test.ts.
 * Source: https://docs.cilium.io/en/stable/security/policy/layer3/
 */
export const CILIUM: Engine = {
  name: "Cilium",
  allows: (policies, attempt, direction) => {
    const standard = engine("", (peer, ports, one, way, own) => {
      const party = other(one, way);
      const isAddress = party.pod === undefined && party.entities === undefined;
      const isMeant = (at(peer, "ipBlock") === undefined || isAddress) && means(peer, party, own);
      return isMeant && hasPort(ports, one.port, one.protocol);
    });
    return standard.allows(policies, attempt, direction) || policies.some((policy) => entitiesAllow(policy, attempt, direction));
  },
};

function engine(name: string, meaning: Meaning): Engine {
  return {
    name,
    allows: (policies, attempt, direction) => {
      const { pod } = own(attempt, direction);
      if (pod === undefined) return true;
      const about = policies.filter(
        ({ kind, metadata, spec }) =>
          kind === "NetworkPolicy" &&
          metadata.namespace === pod.namespace &&
          selects(at(spec, "podSelector") ?? {}, pod.labels) &&
          listAt(spec, "policyTypes").some((type) => String(type).toLowerCase() === direction),
      );
      if (about.length === 0) return true;
      return about.some(({ spec }) =>
        listAt(spec, direction).some((rule) => {
          const peers = listAt(rule, direction === "egress" ? "to" : "from");
          const ports = listAt(rule, "ports");
          return peers.length === 0
            ? hasPort(ports, attempt.port, attempt.protocol)
            : peers.some((peer) => meaning(peer, ports, attempt, direction, pod.namespace));
        }),
      );
    },
  };
}

function entitiesAllow({ kind, metadata, spec }: Manifest, attempt: Attempt, direction: Direction): boolean {
  const { pod } = own(attempt, direction);
  const { entities = [] } = other(attempt, direction);
  if (pod === undefined || entities.length === 0 || !kind.startsWith("Cilium")) return false;
  const { "k8s:io.kubernetes.pod.namespace": namespace = metadata.namespace, ...labels } = textsAt(
    spec,
    "endpointSelector",
    "matchLabels",
  );
  if (namespace !== pod.namespace || !selects({ matchLabels: labels }, pod.labels)) return false;
  return listAt(spec, direction).some(
    (rule) =>
      listAt(rule, direction === "egress" ? "toEntities" : "fromEntities").some((one) =>
        entities.some((entity) => entity === one),
      ) &&
      listAt(rule, "toPorts").some((group) =>
        listAt(group, "ports").some(
          (port) => Number(textAt(port, "port")) === attempt.port && textAt(port, "protocol") === attempt.protocol,
        ),
      ),
  );
}

const own = ({ from, to }: Attempt, direction: Direction): Party => (direction === "egress" ? from : to);
const other = ({ from, to }: Attempt, direction: Direction): Party => (direction === "egress" ? to : from);

/** Whether a peer of a standard policy means a party. */
function means(peer: unknown, { address, pod }: Party, ownNamespace: string): boolean {
  if (at(peer, "ipBlock") !== undefined) return holds(peer, address);
  if (pod === undefined) return false;
  const namespaces = at(peer, "namespaceSelector");
  const inNamespace =
    namespaces === undefined
      ? pod.namespace === ownNamespace
      : selects(namespaces, { "kubernetes.io/metadata.name": pod.namespace });
  return inNamespace && selects(at(peer, "podSelector") ?? {}, pod.labels);
}

function holds(peer: unknown, address: string): boolean {
  const excepted = listAt(peer, "ipBlock", "except").map(String);
  return (
    addressesHold([textAt(peer, "ipBlock", "cidr") ?? ""], hostBlock(address)) && !addressesHold(excepted, hostBlock(address))
  );
}

function hasPort(ports: readonly unknown[], port: number, protocol: string): boolean {
  if (ports.length === 0) return true;
  return ports.some((one) => {
    const first = numberAt(one, "port") ?? 0;
    return (textAt(one, "protocol") ?? "TCP") === protocol && first <= port && port <= (numberAt(one, "endPort") ?? first);
  });
}
