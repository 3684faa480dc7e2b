import { writeFileSync } from "node:fs";
import path from "node:path";
import { ownLoopbackAddress } from "../cluster/address";
import { Applier } from "../cluster/apply";
import type { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder } from "../cluster/tools";
import { installAccount, kustomized } from "./install";
import { certificateSecrets } from "./issuer";
import { startOperator } from "./operator";

const NAMESPACE = "cnpg-system";
const SERVICE = "barman-cloud";
const PORT = 9090;

/**
 * CloudNativePG's plug-in for backups, without which it makes no database that has some; as its own manifests have it.
 * Returns the address of its host.
 */
export async function startBarmanPlugin(
  cluster: Cluster,
  sandbox: Sandbox,
  authority: Authority,
): Promise<Record<string, string>> {
  await makeTools("barman-cloud");
  const module = await moduleFolder("barman-cloud", "github.com/cloudnative-pg/plugin-barman-cloud");
  const manifests = await kustomized(cluster, path.join(module, "kubernetes"));
  await installAccount(cluster.api, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }, ...manifests]);
  const secrets = await certificateSecrets(manifests, authority);
  const file = (name: string, key: string): string => sandbox.file(`${name}.${key}`);
  for (const { metadata, stringData } of secrets) {
    for (const [key, content] of Object.entries(stringData)) writeFileSync(file(metadata.name, key), content, { mode: 0o600 });
  }
  const address = ownLoopbackAddress();
  await startOperator(cluster, sandbox, {
    binary: "barman-cloud",
    serviceAccount: { namespace: NAMESPACE, name: "plugin-barman-cloud" },
    environment: { SIDECAR_IMAGE: "example/sidecar:1" },
    args: [
      "operator",
      `--server-cert=${file("barman-cloud-server-tls", "tls.crt")}`,
      `--server-key=${file("barman-cloud-server-tls", "tls.key")}`,
      // In the release the client's certificate has signed itself.
      `--client-cert=${file("barman-cloud-client-tls", "ca.crt")}`,
      `--server-address=${address}:${PORT}`,
      "--health-probe-bind-address=0",
    ],
  });
  await new Applier(cluster.api).applyAll([...secrets, ...manifests.filter(({ kind }) => kind === "Service")]);
  return { [`${SERVICE}.${NAMESPACE}.svc`]: address };
}
