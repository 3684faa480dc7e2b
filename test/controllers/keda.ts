import { mkdirSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { freePort, ownLoopbackAddress } from "../cluster/address";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder } from "../cluster/tools";
import { installAccount, kustomized } from "./install";
import { registerApi } from "./metrics-api";
import { startOperator } from "./operator";
import { serviceAt } from "./served";
import { registerWebhooks } from "./webhooks";

const NAMESPACE = "keda";
const ACCOUNT = { namespace: NAMESPACE, name: "keda-operator" };

export interface Keda {
  /** What its operator has logged as errors. */
  errors(): string[];
}

export const KEDA_TOOLS = ["keda-operator", "keda-adapter", "keda-webhooks"];

/**
 * KEDA as its release has it: the operator, the adapter that serves external metrics, and the admission webhooks; with the
 * account, rights and webhooks of its own manifests.
 */
export async function startKeda(cluster: Cluster, sandbox: Sandbox, hosts: Readonly<Record<string, string>>): Promise<Keda> {
  await makeTools(...KEDA_TOOLS);
  const { api } = cluster;
  const module = await moduleFolder("keda", "github.com/kedacore/keda/v2");
  const manifests = await kustomized(cluster, path.join(module, "config/default"));
  await installAccount(api, manifests);

  const address = ownLoopbackAddress();
  const at = async (): Promise<string> => `${address}:${await freePort(address)}`;
  const services = { adapter: "keda-metrics-apiserver", webhooks: "keda-admission-webhooks" };
  const { folder: certificates, ca } = await issueCertificate(sandbox, address, Object.values(services));
  const metricsService = await at();
  const environment = { POD_NAMESPACE: NAMESPACE, WATCH_NAMESPACE: "", KEDA_CLUSTER_OBJECT_NAMESPACE: NAMESPACE };

  const operator = await startOperator(cluster, sandbox, {
    binary: "keda-operator",
    serviceAccount: ACCOUNT,
    environment,
    hosts,
    args: [
      "--zap-log-level=info",
      "--zap-encoder=json",
      `--metrics-bind-address=${await at()}`,
      `--health-probe-bind-address=${await at()}`,
      `--metrics-service-bind-address=${metricsService}`,
      `--cert-dir=${certificates}`,
      // A cluster's operator has minutes until it is at work.
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
  });

  const adapterPort = await freePort(address);
  await startOperator(cluster, sandbox, {
    binary: "keda-adapter",
    serviceAccount: ACCOUNT,
    environment,
    args: [
      `--bind-address=${address}`,
      `--secure-port=${adapterPort}`,
      `--port=${await freePort(address)}`,
      `--metrics-service-address=${metricsService}`,
      `--client-ca-file=${certificates}/ca.crt`,
      `--tls-cert-file=${certificates}/tls.crt`,
      `--tls-private-key-file=${certificates}/tls.key`,
      `--cert-dir=${certificates}`,
      `--authentication-kubeconfig=${sandbox.file("keda-adapter.kubeconfig")}`,
      `--authorization-kubeconfig=${sandbox.file("keda-adapter.kubeconfig")}`,
      `--lister-kubeconfig=${sandbox.file("keda-adapter.kubeconfig")}`,
    ],
  });
  await serviceAt(api, { namespace: NAMESPACE, name: services.adapter, address });
  await registerApi(api, {
    group: "external.metrics.k8s.io",
    service: { namespace: NAMESPACE, name: services.adapter },
    port: adapterPort,
    ca,
  });

  const webhooksPort = await freePort(address);
  await startOperator(cluster, sandbox, {
    binary: "keda-webhooks",
    serviceAccount: ACCOUNT,
    environment,
    args: [
      `--port=${webhooksPort}`,
      // It looks for what was made a moment ago.
      "--cache-miss-to-direct-client",
      `--cert-dir=${certificates}`,
      `--metrics-bind-address=${await at()}`,
      `--health-probe-bind-address=${await at()}`,
    ],
  });
  await registerWebhooks(api, manifests, { address, port: webhooksPort, ca });
  return { errors: () => errorsIn(operator.log()) };
}

/** What a busy machine and several writers of one object bring about; it tries again. */
const PASSING = /context deadline exceeded|Client.Timeout exceeded|the object has been modified/;

/** Its log has a line of JSON for each entry; a stack trace has lines of its own. */
function errorsIn(log: string): string[] {
  const lines = log.split("\n").filter((line) => line.startsWith('{"level":"error"') && !PASSING.test(line));
  return lines.map((line) => {
    const { stacktrace: _, ...said } = JSON.parse(line) as { stacktrace?: string };
    return JSON.stringify(said);
  });
}

/** One certificate for all of them, as KEDA makes it. */
async function issueCertificate(sandbox: Sandbox, address: string, services: readonly string[]) {
  const authority = await Authority.create(sandbox.folder, "keda-ca");
  const pair = await authority.issuePeer("keda", [`IP:${address}`, ...services.map((name) => `DNS:${name}.${NAMESPACE}.svc`)]);
  const folder = sandbox.file("keda-certificates");
  mkdirSync(folder);
  await Promise.all([
    copyFile(authority.pair.certificate, path.join(folder, "ca.crt")),
    copyFile(pair.certificate, path.join(folder, "tls.crt")),
    copyFile(pair.key, path.join(folder, "tls.key")),
  ]);
  return { folder, ca: await readFile(authority.pair.certificate) };
}
