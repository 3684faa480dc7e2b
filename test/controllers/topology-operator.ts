import { mkdirSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { freePort, ownLoopbackAddress } from "../cluster/address";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder } from "../cluster/tools";
import { installAccount, kustomized } from "./install";
import { startOperator, type Operator } from "./operator";
import { registerWebhooks } from "./webhooks";

const NAMESPACE = "rabbitmq-system";
const WEBHOOK_SERVICE = "messaging-topology-webhook-service";
/** It has no setting for it. */
const WEBHOOK_PORT = 9443;

/** What it reaches, and whom it trusts, beside the API server. */
interface Brokers {
  /** Addresses of their hosts in its own network. */
  readonly hosts: Readonly<Record<string, string>>;
  /** As of an operator. */
  readonly reaches: Readonly<Record<string, string>>;
  /** Folder of the CA certificate. */
  readonly trust: string;
}

/**
 * The operator of queues, exchanges, users and their like.
 * @param brokers @default none: it is there for its admission webhooks
 */
export async function startTopologyOperator(cluster: Cluster, sandbox: Sandbox, brokers?: Brokers): Promise<Operator> {
  await makeTools("rabbitmq-topology-operator");
  const { api } = cluster;
  const module = await moduleFolder("rabbitmq-topology-operator", "github.com/rabbitmq/messaging-topology-operator");
  const manifests = await kustomized(cluster, path.join(module, "config/default"));
  await installAccount(api, manifests);

  const authority = await Authority.create(sandbox.folder, "topology-operator-ca");
  const pair = await authority.issueServer("topology-operator", [`DNS:${WEBHOOK_SERVICE}.${NAMESPACE}.svc`]);
  const folder = sandbox.file("topology-operator-certificates");
  mkdirSync(folder);
  await Promise.all([copyFile(pair.certificate, path.join(folder, "tls.crt")), copyFile(pair.key, path.join(folder, "tls.key"))]);
  const address = ownLoopbackAddress();
  const at = { address, port: await freePort(address) };
  const operator = await startOperator(cluster, sandbox, {
    binary: "rabbitmq-topology-operator",
    serviceAccount: { namespace: NAMESPACE, name: "messaging-topology-operator" },
    environment: { OPERATOR_NAMESPACE: NAMESPACE, ...(brokers === undefined ? {} : { SSL_CERT_DIR: brokers.trust }) },
    args: [`--webhook-cert-path=${folder}`, "--zap-encoder=json"],
    served: { port: WEBHOOK_PORT, at },
    ...(brokers === undefined ? {} : { hosts: brokers.hosts, reaches: brokers.reaches }),
  });
  await registerWebhooks(api, manifests, { ...at, ca: await readFile(authority.pair.certificate) });
  return operator;
}
