import { z } from "zod";
import { CLUSTER_KIND_FACTS, CLUSTER_KINDS } from "../network/cluster-kinds";
import { bytes, cidr, cpu, dnsLabel, labels, labelValue, literal, namespaceName, objectName, rule, someCpu } from "../schema";

const nodePool = z.strictObject({
  count: z.int().min(1).describe("number of nodes, spread evenly over the zones"),
  cpu: someCpu.describe("cores of one node that pods may use"),
  memory: bytes.describe("memory of one node that pods may use"),
  gpus: z.int().min(0).default(0).describe("GPUs of one node"),
});

const podLabels = z.record(z.string().min(1), z.string());

/** What differs by the kind, in the words of a description: `443 on eks, gke, aks`. */
function byKind<T>(of: (kind: (typeof CLUSTER_KINDS)[number]) => T): string {
  const kinds = new Map<T, string[]>();
  for (const kind of CLUSTER_KINDS) kinds.set(of(kind), [...(kinds.get(of(kind)) ?? []), kind]);
  return [...kinds].map(([value, of]) => `${String(value)} on ${of.join(", ")}`).join("; ");
}

/** The Kubernetes cluster that a stack runs on. The platform does not make it; it has to fit on it. */
export const clusterConfig = z
  .strictObject({
    context: literal.describe("context of the kubeconfig; the only cluster this stack may ever touch"),
    uid: z
      .string()
      .regex(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
        "is no UID; see `kubectl get namespace kube-system -o jsonpath={.metadata.uid}`",
      )
      .optional()
      .describe("UID of the cluster's namespace kube-system: the context of another cluster is refused, whatever its name"),
    zones: z
      .array(labelValue.min(1))
      .min(1)
      .check(
        rule((zones, context) => {
          for (const [i, zone] of zones.entries()) {
            if (zones.indexOf(zone) < i)
              context.addIssue({ code: "custom", path: [i], message: `the zone ${zone} is there twice` });
          }
        }),
      )
      .describe("availability zones, as the nodes' label topology.kubernetes.io/zone names them"),
    nodePools: z
      .record(dnsLabel, nodePool)
      .describe("what the nodes offer, by pool: the plan checks that everything fits, with one zone lost"),
    storageClass: objectName.optional().describe("storage class of all volumes; default: the cluster's own default"),
    protectData: z
      .boolean()
      .default(false)
      .describe("refuse to delete data, and keep volumes and buckets when a stack is destroyed"),
    kind: z
      .enum(CLUSTER_KINDS)
      .default("other")
      .describe("who made the cluster: what it has, where the keys below leave it out (docs/clusters.md)"),
    networkPolicies: z
      .enum(["standard", "cilium"])
      .default("standard")
      .describe(
        "how policies are written; cilium: with Cilium's own beside the standard ones, whose blocks of addresses mean neither nodes nor, on them, the API server to it",
      ),
    serviceCidr: cidr
      .optional()
      .describe(
        "addresses of Services, for policies of which some network plug-ins hold the Service's own address against `apiServer.cidrs`; needed where those do not hold it",
      ),
    apiServer: z
      .strictObject({
        cidrs: z.array(cidr).min(1).default(["0.0.0.0/0"]).describe("addresses of the API server, for network policies"),
        port: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe(
            `port of the API server behind its Service; default: ${byKind((kind) => CLUSTER_KIND_FACTS[kind].apiServerPort)}`,
          ),
        tunnel: z
          .union(
            [
              z.literal(false),
              z.strictObject({
                namespace: dnsLabel.describe("namespace of these pods"),
                labels: podLabels.describe("labels of these pods"),
              }),
            ],
            "expected {namespace, labels} of the pods, or false",
          )
          .optional()
          .describe(
            "pods through which the API server calls webhooks, where it is in a network of its own; false: it calls them itself; default: those of konnectivity on gke and aks, none elsewhere",
          ),
      })
      .prefault({})
      .describe("where the API server is, for the pods that may talk to it"),
    dns: z
      .strictObject({
        namespace: namespaceName.default("kube-system").describe("namespace of the DNS server"),
        labels: labels.default({ "k8s-app": "kube-dns" }).describe("labels of the DNS server's pods"),
        nodeLocal: z
          .boolean()
          .optional()
          .describe(
            `each node has a DNS cache, which pods ask; default: ${byKind((kind) => CLUSTER_KIND_FACTS[kind].nodeLocalDns)}`,
          ),
        cidrs: z
          .array(cidr)
          .default([])
          .describe(
            "further addresses that pods ask: with a DNS cache on each node that has taken over the address of the DNS Service, that address, as 10.96.0.10/32",
          ),
      })
      .prefault({})
      .describe("the cluster's DNS server, which every pod may ask"),
  })
  .describe("The Kubernetes cluster that the stack runs on");

export type ClusterConfig = z.infer<typeof clusterConfig>;

const quota = z.strictObject({
  cpu: cpu.describe("sum of the CPU requests"),
  memory: bytes.describe("sum of the memory requests"),
  pods: z.int().min(1).describe("number of pods"),
});

/** The namespaces of the platform. */
export const namespacesConfig = z
  .strictObject({
    prefix: dnsLabel.max(40).default("mes").describe("first part of every namespace's name"),
    quotas: z
      .strictObject({
        apps: quota.optional().describe("quota of the namespace of the MES roles"),
        data: quota.optional().describe("quota of the namespace of database, broker and cache"),
        observability: quota.optional().describe("quota of the namespace of metrics, traces and logs"),
      })
      .prefault({})
      .describe("upper bounds of what a namespace may request; default: none"),
  })
  .describe("Names and quotas of the platform's namespaces");

export type NamespacesConfig = z.infer<typeof namespacesConfig>;
