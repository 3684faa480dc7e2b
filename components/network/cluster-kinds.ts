/** How a cluster's network differs by who made the cluster. A stack file names the kind; each fact can be overridden there. */
export const CLUSTER_KINDS = ["eks", "gke", "aks", "k3s", "kubeadm", "kind", "minikube", "other"] as const;

export type ClusterKind = (typeof CLUSTER_KINDS)[number];

export interface ClusterKindFacts {
  /** What people call it. */
  readonly title: string;
  /** Port on which the API server listens, behind port 443 of its Service. */
  readonly apiServerPort: number;
  /** The port cannot be another one there. */
  readonly managed: boolean;
  /**
   * What policies for addresses are held against: what a pod asks for (`before` the address of a Service is translated), what
   * becomes of it (`after`), or either, where it depends on the network plug-in.
   */
  readonly judged: "before" | "after" | "either";
  /** Labels of the pods in kube-system through which the API server calls webhooks, where it is in another network. */
  readonly tunnel?: Readonly<Record<string, string>>;
  /** The cluster's CA has signed the kubelets' certificates; where not, they have signed them themselves. */
  readonly signedKubelets: boolean;
  /** Each node has a DNS cache, unless it was switched off. */
  readonly nodeLocalDns: boolean;
  /** Addresses of that cache, which pods ask. */
  readonly nodeLocalAddresses: readonly string[];
  /** It comes with a metrics-server of its own. */
  readonly metricsServer: boolean;
}

/**
 * Address of the cache that the Kubernetes project describes.
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 */
const NODE_LOCAL_DNS = ["169.254.20.10/32"];

const SELF_MADE = {
  apiServerPort: 6443,
  managed: false,
  judged: "after",
  signedKubelets: false,
  nodeLocalDns: false,
  nodeLocalAddresses: NODE_LOCAL_DNS,
  metricsServer: false,
} as const;

const MANAGED = {
  ...SELF_MADE,
  apiServerPort: 443,
  managed: true,
  signedKubelets: true,
} as const;

/**
 * Facts of each kind.
 *
 * - EKS: the agent of the VPC CNI looks at packets where they leave the pod, before kube-proxy has translated them; what is allowed by
 *   label is extended by the address of each Service whose selector fits, but the Service `kubernetes` has no selector.
 *   Source: https://github.com/aws/amazon-network-policy-controller-k8s/blob/v1.1.7/pkg/resolvers/endpoints.go
 * - GKE: Services are translated before policies are judged.
 *   Source: https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies
 *   NodeLocal DNSCache is on by default from 1.33.1 on.
 *   Source: https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache
 * - GKE, AKS: the API server calls webhooks through pods in kube-system.
 *   Source: https://github.com/tigera/operator/pull/5212
 * - AKS: the kubelets' certificates are the cluster CA's from 1.27 on; LocalDNS has addresses of its own.
 *   Source: https://learn.microsoft.com/en-us/azure/aks/certificate-rotation, https://learn.microsoft.com/en-us/azure/aks/localdns-custom
 * - k3s: kube-router's policies, in the chains FORWARD and OUTPUT, after translation.
 *   Source: https://github.com/cloudnativelabs/kube-router/blob/v2.9.0/docs/how-it-works.md
 * - kubeadm: kubelets sign for themselves without `serverTLSBootstrap`.
 *   Source: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
 * - minikube: `minikube start --apiserver-port`, 8443 by default. Source: https://minikube.sigs.k8s.io/docs/commands/start/
 */
export const CLUSTER_KIND_FACTS: Readonly<Record<ClusterKind, ClusterKindFacts>> = {
  eks: { ...MANAGED, title: "EKS", judged: "before" },
  gke: {
    ...MANAGED,
    title: "GKE",
    tunnel: { "k8s-app": "konnectivity-agent" },
    nodeLocalDns: true,
    metricsServer: true,
  },
  aks: {
    ...MANAGED,
    title: "AKS",
    tunnel: { app: "konnectivity-agent" },
    nodeLocalAddresses: ["169.254.10.10/32", "169.254.10.11/32"],
    metricsServer: true,
  },
  k3s: { ...SELF_MADE, title: "k3s", signedKubelets: true, metricsServer: true },
  kubeadm: { ...SELF_MADE, title: "kubeadm", judged: "either" },
  kind: { ...SELF_MADE, title: "kind" },
  minikube: { ...SELF_MADE, title: "minikube", apiServerPort: 8443 },
  other: { ...SELF_MADE, title: "another kind of cluster", judged: "either", signedKubelets: true },
};
