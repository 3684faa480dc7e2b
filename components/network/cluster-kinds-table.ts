import { CLUSTER_KIND_FACTS, CLUSTER_KINDS } from "./cluster-kinds";

/** The facts of each kind of cluster as a table, for docs/clusters.md. */
export function clusterKindsTable(): string {
  const judged = { before: "before", after: "after", either: "either, by network plug-in" };
  const rows = CLUSTER_KINDS.map((kind) => {
    const facts = CLUSTER_KIND_FACTS[kind];
    const tunnel = Object.entries(facts.tunnel ?? {}).map(([key, value]) => `\`${key}=${value}\``);
    return [
      `\`${kind}\``,
      String(facts.apiServerPort),
      judged[facts.judged],
      facts.signedKubelets ? "yes" : "no",
      tunnel.length === 0 ? "–" : tunnel.join(", "),
      facts.nodeLocalDns ? "yes" : "no",
      facts.nodeLocalAddresses.map((cidr) => cidr.replace("/32", "")).join(", "),
      facts.metricsServer ? "yes" : "no",
    ];
  });
  const heading = [
    "`kind`",
    "port of the API server",
    "policies see a Service before or after translation",
    "kubelets certified by the cluster's CA",
    "calls webhooks through (in kube-system)",
    "DNS cache on each node",
    "its addresses",
    "has a metrics-server",
  ];
  const widths = heading.map((title, i) => Math.max(...[title, ...rows.map((row) => row[i] ?? "")].map((cell) => cell.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [heading, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}
