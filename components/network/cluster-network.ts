import type { ClusterConfig } from "../foundation/config";
import type { MonitoringConfig } from "../monitoring/config";
import { addressesHold, hostBlock, serviceAddress } from "./addresses";
import { CLUSTER_KIND_FACTS, type ClusterKind } from "./cluster-kinds";
import type { PodSet } from "./connection";

/** Who holds network policies against packets, and in which objects they are written. */
type PolicyForm = "standard" | "cilium";

/** Where the API server is; it is no pod, so policies name its addresses. */
export interface ApiServer {
  readonly cidrs: readonly string[];
  /** Port behind the Service `kubernetes`. */
  readonly port: number;
  /** Policies may be held against the Service's own address and port. @default false */
  readonly asService?: boolean;
  /** Pods through which it calls webhooks, where it is in another network. @default none */
  readonly tunnel?: PodSet;
}

/** The nodes, as policies and clients of the kubelets need to know them. */
export interface Nodes {
  readonly cidrs: readonly string[];
  /** Kubelets can be verified with the cluster's CA. */
  readonly signedKubelets: boolean;
}

/** What pods ask for names. */
export interface Dns {
  readonly pods: readonly PodSet[];
  readonly cidrs: readonly string[];
  /** Something on the pod's own node answers. */
  readonly onNode: boolean;
}

/** What is no pod and no address outside of the cluster, as network policies need to know it. */
export interface ClusterNetwork {
  readonly kind: ClusterKind;
  readonly policies: PolicyForm;
  readonly apiServer: ApiServer;
  readonly nodes: Nodes;
  readonly dns: Dns;
}

const KUBE_SYSTEM = "kube-system";

/** The cluster's network as a stack file has it, and as clusters of its kind have what it leaves out. */
export function clusterNetwork(
  cluster: ClusterConfig,
  monitoring: Pick<MonitoringConfig, "kubelet" | "nodeCidrs">,
): ClusterNetwork {
  const facts = CLUSTER_KIND_FACTS[cluster.kind];
  const { apiServer, dns, serviceCidr } = cluster;
  const nodeLocal = dns.nodeLocal ?? facts.nodeLocalDns;
  const tunnel = apiServer.tunnel ?? (facts.tunnel && { namespace: KUBE_SYSTEM, labels: facts.tunnel });
  // Cilium translates the addresses of Services itself, before it looks at policies.
  const asService = facts.judged !== "after" && cluster.networkPolicies === "standard";
  const ofService = asService && serviceCidr !== undefined ? [hostBlock(serviceAddress(serviceCidr))] : [];
  return {
    kind: cluster.kind,
    policies: cluster.networkPolicies,
    apiServer: {
      cidrs: [...apiServer.cidrs, ...ofService.filter((address) => !addressesHold(apiServer.cidrs, address))],
      port: apiServer.port ?? facts.apiServerPort,
      asService,
      ...(tunnel ? { tunnel: { name: "api-server-tunnel", ...tunnel } } : {}),
    },
    nodes: { cidrs: monitoring.nodeCidrs, signedKubelets: monitoring.kubelet.verifyCertificate ?? facts.signedKubelets },
    dns: {
      pods: [
        { name: "dns", namespace: dns.namespace, labels: dns.labels },
        ...(nodeLocal ? [{ name: "node-local-dns", namespace: KUBE_SYSTEM, labels: { "k8s-app": "node-local-dns" } }] : []),
      ],
      cidrs: [...new Set([...(nodeLocal ? facts.nodeLocalAddresses : []), ...dns.cidrs])],
      onNode: nodeLocal,
    },
  };
}
