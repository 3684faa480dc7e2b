import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { ConfigError } from "../../../stacks/config/issues";
import { readStackFile, stackFilePath } from "../../../stacks/config/load";

const PROD = fs.readFileSync(stackFilePath(path.join(__dirname, "..", "..", ".."), "prod"), "utf8");

/** What is said of the stack file of prod on another cluster, place by place. */
function said(cluster: Record<string, unknown>, others: Record<string, unknown> = {}): string[] {
  const document = parseDocument(PROD);
  document.deleteIn(["config", "mes:cluster", "kind"]);
  for (const [key, value] of Object.entries(cluster)) document.setIn(["config", "mes:cluster", key], document.createNode(value));
  for (const [key, value] of Object.entries(others)) document.setIn(["config", key], document.createNode(value));
  try {
    readStackFile("prod", document.toString());
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ key, message }) => `${key}: ${message}`);
  }
}

const IN_CLUSTER = { "mes:storage": { kind: "in-cluster" } };
const THERE = { ...IN_CLUSTER, "mes:operators": { "metrics-server": { install: false } } };
const aws = (access: object) => ({
  "mes:storage": { kind: "aws", region: "eu-central-1", accountId: "123456789012", namePrefix: "shop", access },
});
const POD_IDENTITY = aws({ kind: "pod-identity", clusterName: "mes" });

describe("a cluster's kind and the rest of the stack file", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["EKS", { kind: "eks" }, {}],
    [
      "EKS with the address of its Services",
      { kind: "eks", serviceCidr: "172.20.0.0/16", apiServer: { cidrs: ["10.0.0.0/16"] } },
      {},
    ],
    ["EKS with that address among the API server's", { kind: "eks", apiServer: { cidrs: ["10.0.0.0/16", "10.100.0.0/16"] } }, {}],
    ["EKS with Cilium", { kind: "eks", networkPolicies: "cilium", apiServer: { cidrs: ["10.0.0.0/16"] } }, {}],
    ["a kind that is not said, with the port of EKS", { apiServer: { port: 443 } }, {}],
    ["another kind with a store in the cluster", {}, IN_CLUSTER],
    ["GKE with Dataplane V2", { kind: "gke", networkPolicies: "cilium" }, THERE],
    ["GKE without it", { kind: "gke", dns: { cidrs: ["34.118.224.10/32"] } }, THERE],
    ["GKE without a DNS cache", { kind: "gke", dns: { nodeLocal: false } }, THERE],
    ["AKS", { kind: "aks" }, THERE],
    ["k3s on another port", { kind: "k3s", apiServer: { port: 16443 } }, IN_CLUSTER],
  ])("fit: %s", (_, cluster, others) => {
    expect(said(cluster, others)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      "an identity of EKS, and the port of another cluster",
      {},
      {},
      "mes:cluster: mes:storage.access is of EKS (its issuer), which serves its API on port 443, but pods may reach it on 6443 only; set mes:cluster.kind: eks",
    ],
    [
      "the same, with the port written down",
      { apiServer: { port: 6443 } },
      POD_IDENTITY,
      "mes:cluster.apiServer.port: mes:storage.access is of EKS (Pod Identity), which serves its API on port 443, but pods may reach it on 6443 only; set mes:cluster.kind: eks",
    ],
    [
      "an identity of EKS on another kind",
      { kind: "aks" },
      { ...POD_IDENTITY, "mes:operators": THERE["mes:operators"] },
      "mes:cluster.kind: is AKS, but mes:storage.access is of EKS (Pod Identity); set kind: eks",
    ],
    [
      "a port that a managed cluster does not have",
      { kind: "eks", apiServer: { port: 6443 } },
      {},
      "mes:cluster.apiServer.port: EKS serves its API on port 443: pods would not reach it; leave the port out",
    ],
    [
      "addresses of the API server without its Service's",
      { kind: "eks", apiServer: { cidrs: ["10.0.0.0/16"] } },
      {},
      "mes:cluster.apiServer.cidrs: do not hold the address of the Service kubernetes",
    ],
    ["GKE whose names nobody finds", { kind: "gke" }, THERE, "mes:cluster: GKE has a DNS cache on each node"],
    [
      "a second metrics-server",
      { kind: "aks" },
      IN_CLUSTER,
      "mes:cluster.kind: AKS has a metrics-server of its own, and two cannot be; set mes:operators.metrics-server: {install: false}",
    ],
  ])("do not fit: %s", (_, cluster, others, message) => {
    expect(said(cluster, others)).toEqual([expect.stringContaining(message)]);
  });
});
