import { readFile, writeFile } from "node:fs/promises";
import { Applier } from "../apply";
import type { Authority } from "../certificates";
import type { ControlPlane } from "../control-plane";
import { writeKubeconfig } from "../kubeconfig";
import type { KubernetesObject } from "../resources";
import type { Sandbox } from "../sandbox";
import { toolPath } from "../tools";
import { until } from "../until";
import { DNS_SERVICE, GATEWAY } from "./addresses";

const USER = "system:coredns";

/** Starts CoreDNS beside the control plane, and puts the Service kube-dns before it. */
export async function startDns(sandbox: Sandbox, controlPlane: ControlPlane, authority: Authority): Promise<void> {
  const { api, credentials, internalUrl, within } = controlPlane;
  const kubeconfig = sandbox.file("coredns.kubeconfig");
  const client = await authority.issueClient("coredns", { commonName: USER });
  await writeKubeconfig(kubeconfig, internalUrl, credentials.authority, client);
  const config = sandbox.file("Corefile");
  await writeFile(config, corefile(kubeconfig));
  await new Applier(api).applyAll(OBJECTS);
  sandbox.start("coredns", toolPath("coredns"), ["-conf", config], within);
  const log = (): Promise<string> => readFile(sandbox.log("coredns"), "utf8");
  await until("CoreDNS serves", async () => (await log()).includes("CoreDNS-"), { check: () => sandbox.check() });
}

/** Other names do not exist: nothing outside of the cluster can be reached. */
function corefile(kubeconfig: string): string {
  return `cluster.local in-addr.arpa ip6.arpa {
  bind ${GATEWAY}
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    ttl 5
  }
}
. {
  bind ${GATEWAY}
  errors
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`;
}

const PORTS = [
  { name: "dns", protocol: "UDP", port: 53 },
  { name: "dns-tcp", protocol: "TCP", port: 53 },
];

const OBJECTS: readonly KubernetesObject[] = [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: USER },
    rules: [
      { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: USER },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: USER },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: USER }],
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
    spec: { clusterIP: DNS_SERVICE, ports: PORTS },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "kube-dns", namespace: "kube-system", labels: { "kubernetes.io/service-name": "kube-dns" } },
    addressType: "IPv4",
    ports: PORTS,
    endpoints: [{ addresses: [GATEWAY], conditions: { ready: true } }],
  },
];
