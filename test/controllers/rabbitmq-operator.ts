import path from "node:path";
import { freePort, ownLoopbackAddress } from "../cluster/address";
import type { Cluster } from "../cluster/cluster";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder } from "../cluster/tools";
import { installAccount, kustomized } from "./install";
import { startOperator, type Operator } from "./operator";

const ACCOUNT = { namespace: "rabbitmq-system", name: "rabbitmq-cluster-operator" };

/** The operator that makes the broker's pods, with the account and the rights of its own manifests. */
export async function startRabbitmqOperator(cluster: Cluster, sandbox: Sandbox): Promise<Operator> {
  await makeTools("rabbitmq-cluster-operator");
  const module = await moduleFolder("rabbitmq-cluster-operator", "github.com/rabbitmq/cluster-operator/v2");
  await installAccount(cluster.api, [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: ACCOUNT.namespace } },
    ...(await kustomized(cluster, path.join(module, "config/default"))),
  ]);
  const address = ownLoopbackAddress();
  return startOperator(cluster, sandbox, {
    binary: "rabbitmq-cluster-operator",
    serviceAccount: ACCOUNT,
    // The chart leaves its webhooks out too.
    environment: { OPERATOR_NAMESPACE: ACCOUNT.namespace, ENABLE_WEBHOOKS: "false" },
    args: [
      `--metrics-bind-address=${address}:${await freePort(address)}`,
      `--health-probe-bind-address=${address}:${await freePort(address)}`,
      "--zap-encoder=json",
    ],
  });
}
