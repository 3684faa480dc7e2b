import path from "node:path";
import { freePort, ownLoopbackAddress } from "../cluster/address";
import { Applier } from "../cluster/apply";
import type { Cluster } from "../cluster/cluster";
import { readManifestFile } from "../cluster/manifests";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder } from "../cluster/tools";
import { startOperator, type Operator } from "./operator";

const ACCOUNT = { namespace: "rabbitmq-system", name: "rabbitmq-cluster-operator" };

/** The operator that makes the broker's pods, with the account and the rights of its own manifests. */
export async function startRabbitmqOperator(cluster: Cluster, sandbox: Sandbox): Promise<Operator> {
  await makeTools("rabbitmq-cluster-operator");
  const module = await moduleFolder("rabbitmq-cluster-operator", "github.com/rabbitmq/cluster-operator/v2");
  const applier = new Applier(cluster.api);
  await applier.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: ACCOUNT.namespace } });
  for (const file of ["service_account", "role", "role_binding"]) {
    const manifests = await readManifestFile(path.join(module, "config/rbac", `${file}.yaml`));
    await applier.applyAll(manifests.map(({ object }) => object));
  }
  const address = ownLoopbackAddress();
  return startOperator(cluster, sandbox, {
    binary: "rabbitmq-cluster-operator",
    serviceAccount: ACCOUNT,
    environment: { OPERATOR_NAMESPACE: ACCOUNT.namespace },
    args: [
      `--metrics-bind-address=${address}:${await freePort(address)}`,
      `--health-probe-bind-address=${address}:${await freePort(address)}`,
      "--zap-encoder=json",
    ],
  });
}
