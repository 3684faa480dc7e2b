import { mkdirSync, symlinkSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { freePort, ownLoopbackAddress } from "../cluster/address";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import { readManifestFile } from "../cluster/manifests";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder, toolPath } from "../cluster/tools";
import { installAccount } from "./install";
import { startOperator, type Operator } from "./operator";
import { registerWebhooks } from "./webhooks";

const NAMESPACE = "cnpg-system";
const WEBHOOK_SERVICE = "cnpg-webhook-service";

/**
 * CloudNativePG and its admission webhooks, with the account, rights, settings and webhooks of its release.
 * @param hosts addresses of its plug-ins
 */
export async function startCloudNativePg(
  cluster: Cluster,
  sandbox: Sandbox,
  hosts: Readonly<Record<string, string>>,
): Promise<Operator> {
  await makeTools("cloudnative-pg");
  const { api } = cluster;
  const module = await moduleFolder("cloudnative-pg", "github.com/cloudnative-pg/cloudnative-pg");
  const [, version = ""] = /@v([^/]+)$/.exec(module) ?? [];
  const release = (await readManifestFile(path.join(module, "releases", `cnpg-${version}.yaml`))).map(({ object }) => object);
  await installAccount(api, release);

  const authority = await Authority.create(sandbox.folder, "cloudnative-pg-ca");
  const pair = await authority.issueServer("cloudnative-pg", [`DNS:${WEBHOOK_SERVICE}.${NAMESPACE}.svc`]);
  const folder = sandbox.file("cloudnative-pg-certificates");
  mkdirSync(folder);
  await Promise.all([
    copyFile(pair.certificate, path.join(folder, "apiserver.crt")),
    copyFile(pair.key, path.join(folder, "apiserver.key")),
  ]);
  // It looks for the binary that it would hand to the database's pods.
  mkdirSync(sandbox.file("operator"));
  symlinkSync(toolPath("cloudnative-pg"), sandbox.file("operator/manager_amd64"));
  const address = ownLoopbackAddress();
  const port = await freePort(address);
  const operator = await startOperator(cluster, sandbox, {
    binary: "cloudnative-pg",
    serviceAccount: { namespace: NAMESPACE, name: "cnpg-manager" },
    environment: {
      OPERATOR_NAMESPACE: NAMESPACE,
      OPERATOR_IMAGE_NAME: `ghcr.io/cloudnative-pg/cloudnative-pg:${version}`,
      WEBHOOK_CERT_DIR: folder,
    },
    hosts,
    args: [
      "controller",
      `--webhook-port=${port}`,
      `--metrics-bind-address=${address}:${await freePort(address)}`,
      "--config-map-name=cnpg-controller-manager-config",
    ],
  });
  await registerWebhooks(api, release, { address, port, ca: await readFile(authority.pair.certificate) });
  return operator;
}
