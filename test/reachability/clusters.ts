import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { stackFilePath } from "../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../helpers/record";
import type { Place } from "./attempts";
import { CILIUM, TRANSLATED, VPC_CNI, type Party } from "./engines";
import { stackNetwork, type StackNetwork } from "./stack";

/*
 * The stack `prod` on clusters of each kind, under network plug-ins of each way of judging. What is where is written here as such clusters have
 * it; what the stack file is told is only what docs/clusters.md asks for.
 */

export const DNS_POD: Party = { address: "10.201.0.10", pod: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } } };
const NODE: Party = { address: "10.0.3.4", entities: ["remote-node"] };
const konnectivity = (labels: Record<string, string>): Party => ({
  address: "10.201.0.20",
  pod: { namespace: "kube-system", labels },
});
const apiServer = (address: string, port: number, service: string, caller?: Party): Place["apiServer"] => ({
  endpoint: { address, entities: ["kube-apiserver", "world"] },
  port,
  service,
  caller,
});

export const EKS = { apiServer: apiServer("10.0.1.77", 443, "172.20.0.1"), node: NODE, dns: DNS_POD };
const GKE = {
  apiServer: apiServer("172.16.0.2", 443, "34.118.224.1", konnectivity({ "k8s-app": "konnectivity-agent" })),
  node: NODE,
};
export const AKS = {
  apiServer: apiServer("20.13.4.5", 443, "10.0.0.1", konnectivity({ app: "konnectivity-agent" })),
  node: NODE,
};
export const onNode = (port: number) => ({
  apiServer: {
    ...apiServer("10.0.3.9", port, "10.96.0.1"),
    endpoint: { address: "10.0.3.9", entities: ["kube-apiserver", "remote-node"] } as Party,
  },
  node: NODE,
  dns: DNS_POD,
});

export interface Case {
  readonly cluster: Record<string, unknown>;
  readonly place: Place;
}

export const CLUSTERS: Readonly<Record<string, Case>> = {
  "EKS with the VPC CNI": { cluster: { kind: "eks" }, place: { ...EKS, engine: VPC_CNI } },
  "EKS with a private endpoint, named": {
    cluster: { kind: "eks", serviceCidr: "172.20.0.0/16", apiServer: { cidrs: ["10.0.0.0/16"] } },
    place: { ...EKS, engine: VPC_CNI },
  },
  "EKS with Calico": { cluster: { kind: "eks" }, place: { ...EKS, engine: TRANSLATED } },
  "EKS with Cilium": { cluster: { kind: "eks", networkPolicies: "cilium" }, place: { ...EKS, engine: CILIUM } },
  "GKE with Calico, DNS cache at the address of kube-dns": {
    cluster: { kind: "gke", dns: { cidrs: ["34.118.224.10/32"] } },
    place: { ...GKE, engine: TRANSLATED, dns: { address: "34.118.224.10", entities: ["host"] } },
  },
  "GKE with Calico, no DNS cache": {
    cluster: { kind: "gke", dns: { nodeLocal: false } },
    place: { ...GKE, engine: TRANSLATED, dns: DNS_POD },
  },
  "GKE with Dataplane V2": {
    cluster: { kind: "gke", networkPolicies: "cilium" },
    place: {
      ...GKE,
      engine: CILIUM,
      dns: { address: "10.201.0.30", pod: { namespace: "kube-system", labels: { "k8s-app": "node-local-dns" } } },
    },
  },
  "AKS with Calico": { cluster: { kind: "aks" }, place: { ...AKS, engine: TRANSLATED, dns: DNS_POD } },
  "AKS with Cilium and LocalDNS": {
    cluster: { kind: "aks", networkPolicies: "cilium", dns: { nodeLocal: true } },
    place: { ...AKS, engine: CILIUM, dns: { address: "169.254.10.11", entities: ["host"] } },
  },
  "AKS with an API server in the network of the nodes": {
    cluster: { kind: "aks", networkPolicies: "cilium", apiServer: { tunnel: false } },
    place: { ...AKS, apiServer: apiServer("10.226.0.4", 443, "10.0.0.1"), engine: CILIUM, dns: DNS_POD },
  },
  "kubeadm with Calico": { cluster: { kind: "kubeadm" }, place: { ...onNode(6443), engine: TRANSLATED } },
  "kubeadm with a plug-in that judges before translation": {
    cluster: { kind: "kubeadm" },
    place: { ...onNode(6443), engine: VPC_CNI },
  },
  "kubeadm with Cilium": {
    cluster: { kind: "kubeadm", networkPolicies: "cilium" },
    place: { ...onNode(6443), engine: CILIUM },
  },
  "kubeadm with a DNS cache at an address of its own": {
    cluster: { kind: "kubeadm", dns: { nodeLocal: true } },
    place: { ...onNode(6443), engine: TRANSLATED, dns: { address: "169.254.20.10", entities: ["host"] } },
  },
  "k3s with its own policies": { cluster: { kind: "k3s" }, place: { ...onNode(6443), engine: TRANSLATED } },
  "kind with kindnet": { cluster: { kind: "kind" }, place: { ...onNode(6443), engine: TRANSLATED } },
  "minikube with Calico": { cluster: { kind: "minikube" }, place: { ...onNode(8443), engine: TRANSLATED } },
  "another kind, on its default port": { cluster: {}, place: { ...onNode(6443), engine: TRANSLATED } },
};

/** The stack on another cluster; where it is not EKS, with a store and a metrics-server that it can have there. */
export function stackOn(cluster: Record<string, unknown>): Promise<StackNetwork> {
  const { config } = parse(readFileSync(stackFilePath(PROJECT_DIRECTORY, "prod"), "utf8")) as {
    config: Record<string, Record<string, unknown>>;
  };
  const { kind: _, ...was } = config["mes:cluster"] ?? {};
  const changed = { ...config, "mes:cluster": { ...was, ...cluster } };
  const elsewhere = {
    "mes:storage": { kind: "in-cluster" },
    "mes:operators": { "metrics-server": { install: !["gke", "aks", "k3s"].includes(String(cluster.kind)) } },
  };
  return stackNetwork("prod", stringify({ config: { ...changed, ...(cluster.kind === "eks" ? {} : elsewhere) } }));
}
