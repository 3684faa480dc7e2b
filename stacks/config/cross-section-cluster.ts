import { addressesHold, hostBlock } from "../../components/network/addresses";
import { CLUSTER_KIND_FACTS } from "../../components/network/cluster-kinds";
import type { CrossSectionRule } from "./cross-section";
import type { StackConfig } from "./schema";
import type { Problem } from "./validate";

/** What the kind of the cluster demands of other keys: where it does not fit, pods would not reach the API server, or names not be found. */
export const CLUSTER_RULES: readonly CrossSectionRule[] = [
  identityOfEks,
  portOfKind,
  addressOfService,
  dnsOfGke,
  metricsServerOfKind,
];

/** IAM roles for pods come from EKS, which serves its API on one port only. */
function* identityOfEks({ cluster, storage }: StackConfig): Generator<Problem> {
  if (storage?.kind !== "aws" || cluster.kind === "eks") return;
  const { access } = storage;
  if (access.kind === "irsa" && !/^(?:https:\/\/)?oidc\.eks\./.test(access.issuerUrl)) return;
  const { title, apiServerPort } = CLUSTER_KIND_FACTS[cluster.kind];
  const how = access.kind === "irsa" ? "its issuer" : "Pod Identity";
  if (cluster.kind !== "other") {
    yield { path: ["cluster", "kind"], message: `is ${title}, but mes:storage.access is of EKS (${how}); set kind: eks` };
  } else if ((cluster.apiServer.port ?? apiServerPort) !== 443) {
    const port = cluster.apiServer.port ?? apiServerPort;
    const message = `mes:storage.access is of EKS (${how}), which serves its API on port 443, but pods may reach it on ${port} only; set mes:cluster.kind: eks`;
    yield { path: cluster.apiServer.port === undefined ? ["cluster"] : ["cluster", "apiServer", "port"], message };
  }
}

function* portOfKind({ cluster: { kind, apiServer } }: StackConfig): Generator<Problem> {
  const { title, managed, apiServerPort } = CLUSTER_KIND_FACTS[kind];
  if (!managed || apiServer.port === undefined || apiServer.port === apiServerPort) return;
  const message = `${title} serves its API on port ${apiServerPort}: pods would not reach it; leave the port out`;
  yield { path: ["cluster", "apiServer", "port"], message };
}

/** First addresses of the ranges that EKS takes for Services. Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
const EKS_SERVICES = ["10.100.0.1", "172.20.0.1"].map(hostBlock);

function* addressOfService({ cluster }: StackConfig): Generator<Problem> {
  const { kind, networkPolicies, apiServer, serviceCidr } = cluster;
  if (CLUSTER_KIND_FACTS[kind].judged !== "before" || networkPolicies !== "standard" || serviceCidr !== undefined) return;
  if (EKS_SERVICES.some((address) => addressesHold(apiServer.cidrs, address))) return;
  const message =
    "do not hold the address of the Service kubernetes, against which the VPC CNI holds policies: pods would not reach the API server; set mes:cluster.serviceCidr (aws eks describe-cluster: kubernetesNetworkConfig)";
  yield { path: ["cluster", "apiServer", "cidrs"], message };
}

/** Without Dataplane V2 the cache has the address of the DNS Service; with it nodes are out of reach of standard policies. */
function* dnsOfGke({ cluster }: StackConfig): Generator<Problem> {
  const { kind, networkPolicies, dns } = cluster;
  if (kind !== "gke" || networkPolicies !== "standard" || dns.nodeLocal === false || dns.cidrs.length > 0) return;
  const message =
    "GKE has a DNS cache on each node, which pods ask: with Dataplane V2 set mes:cluster.networkPolicies: cilium; without it name the address of the Service kube-dns in dns.cidrs; where the cache is off, set dns.nodeLocal: false";
  yield { path: ["cluster"], message };
}

function* metricsServerOfKind({ cluster, operators }: StackConfig): Generator<Problem> {
  const { title, managed, metricsServer } = CLUSTER_KIND_FACTS[cluster.kind];
  if (!managed || !metricsServer || !operators["metrics-server"].install) return;
  const message = `${title} has a metrics-server of its own, and two cannot be; set mes:operators.metrics-server: {install: false}`;
  yield { path: ["cluster", "kind"], message };
}
