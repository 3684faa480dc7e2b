import { refusedAttempts, type Place } from "./attempts";
import { AKS, CLUSTERS, DNS_POD, EKS, onNode, stackOn } from "./clusters";
import { CILIUM, TRANSLATED, VPC_CNI } from "./engines";
import { Pods } from "./pods";
import type { StackNetwork } from "./stack";

async function refusedOn(cluster: Record<string, unknown>, place: Place): Promise<string[]> {
  const stack = await stackOn(cluster);
  expect(stack.connections.length).toBeGreaterThan(80);
  return refusedAttempts(stack, new Pods(stack), place);
}

describe("what the stack needs is possible", () => {
  it.each(Object.entries(CLUSTERS))("on %s", async (_, { cluster, place }) => {
    expect(await refusedOn(cluster, place)).toEqual([]);
  });
});

describe("what is wrong on a cluster is seen", () => {
  it("another port of the API server", async () => {
    const refused = await refusedOn({ kind: "kubeadm", apiServer: { port: 6443 } }, { ...onNode(7443), engine: TRANSLATED });
    expect(refused).toContain("cert-manager → api-server TCP 7443 (egress)");
    expect(refused).toContain("prometheus → api-server TCP 7443 (egress)");
    expect(refused).toContain("prometheus-operator-admission-create → api-server TCP 7443 (egress)");
    expect(refused).toContain("otel-agent → api-server TCP 7443 (egress)");
  });

  it("addresses of the API server without its Service's, where the plug-in looks before translation", async () => {
    const refused = await refusedOn(
      { kind: "kubeadm", apiServer: { cidrs: ["10.0.0.0/16"] } },
      { ...onNode(6443), engine: VPC_CNI },
    );
    expect(refused).toContain("cloudnative-pg → api-server TCP 6443 (egress)");
  });

  it("a Service that selects its pods by other labels than the policies, where the plug-in looks before translation", async () => {
    const stack = await stackOn({ kind: "eks" });
    const byPodsAlone = JSON.parse(
      JSON.stringify(stack.manifests, (key, value: unknown) =>
        key === "to" && Array.isArray(value)
          ? value.filter((peer) => !JSON.stringify(peer).includes("cnpg.io/instanceRole"))
          : value,
      ),
    ) as StackNetwork["manifests"];
    const place = { ...EKS, engine: VPC_CNI };
    const refused = refusedAttempts({ ...stack, manifests: byPodsAlone }, new Pods(stack), place);
    expect(refused).toContain("postgres-pooler-rw → postgres-rw TCP 5432 (egress)");
    expect(refusedAttempts({ ...stack, manifests: byPodsAlone }, new Pods(stack), { ...place, engine: TRANSLATED })).toEqual([]);
  });

  it("blocks of addresses for nodes and what is on them, under Cilium", async () => {
    const refused = await refusedOn({ kind: "kubeadm" }, { ...onNode(6443), engine: CILIUM });
    expect(refused).toContain("keda-operator → api-server TCP 6443 (egress)");
    expect(refused).toContain("prometheus → kubelet TCP 10250 (egress)");
    expect(refused).toContain("prometheus → node-exporter:metrics TCP 9100 (egress)");
    expect(refused).toContain("metrics-server → nodes TCP 10250 (egress)");
    expect(refused).toContain("api-server → cert-manager-webhook:webhook TCP 10250 (ingress)");
  });

  it("a tunnel of the API server that nobody lets in, under Cilium", async () => {
    const refused = await refusedOn(
      { kind: "aks", networkPolicies: "cilium", apiServer: { tunnel: false } },
      { ...AKS, engine: CILIUM, dns: DNS_POD },
    );
    expect(refused).toContain("api-server → keda-admission-webhooks:webhook TCP 9443 (ingress)");
  });

  it("a DNS cache that nobody may ask", async () => {
    const dns = { address: "169.254.20.10", entities: ["host"] } as const;
    const refused = await refusedOn({ kind: "kubeadm" }, { ...onNode(6443), engine: TRANSLATED, dns });
    expect(refused).toContain("mes/order-intake → dns UDP 53 (egress)");
  });
});
