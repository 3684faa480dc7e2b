import { gunzipSync } from "node:zlib";
import path from "node:path";
import { parse } from "yaml";
import { freePort, ownLoopbackAddress } from "../cluster/address";
import type { ApiClient } from "../cluster/api";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import { readManifestFile } from "../cluster/manifests";
import type { KubernetesObject } from "../cluster/resources";
import type { Sandbox } from "../cluster/sandbox";
import { makeTools, moduleFolder } from "../cluster/tools";
import { readFile } from "node:fs/promises";
import { installAccount } from "./install";
import { startOperator, type Operator } from "./operator";
import { ofKind } from "./stack";
import { registerWebhooks } from "./webhooks";

const MODULE = "github.com/prometheus-operator/prometheus-operator";
const ACCOUNT = { namespace: "default", name: "prometheus-operator" };

/** prometheus-operator and its admission webhooks, with the account and the rights of its own manifests. */
export async function startPrometheusOperator(cluster: Cluster, sandbox: Sandbox): Promise<Operator> {
  await makeTools("prometheus-operator", "prometheus-admission");
  const folder = path.join(await moduleFolder("prometheus-operator", MODULE), "example/rbac/prometheus-operator");
  const files = ["service-account", "cluster-role", "cluster-role-binding"].map((name) => `prometheus-operator-${name}.yaml`);
  const manifests = await Promise.all(files.map((file) => readManifestFile(path.join(folder, file))));
  await installAccount(
    cluster.api,
    manifests.flat().map(({ object }) => object),
  );
  await startWebhooks(cluster, sandbox);
  const address = ownLoopbackAddress();
  return startOperator(cluster, sandbox, {
    binary: "prometheus-operator",
    serviceAccount: ACCOUNT,
    args: [`--web.listen-address=${address}:${await freePort(address)}`, "--log-format=json"],
  });
}

async function startWebhooks(cluster: Cluster, sandbox: Sandbox): Promise<void> {
  const address = ownLoopbackAddress();
  const port = await freePort(address);
  const service = { namespace: ACCOUNT.namespace, name: "prometheus-operator-admission-webhook" };
  const authority = await Authority.create(sandbox.folder, "prometheus-operator-ca");
  const { certificate, key } = await authority.issueServer("prometheus-admission", [
    `DNS:${service.name}.${service.namespace}.svc`,
  ]);
  await startOperator(cluster, sandbox, {
    binary: "prometheus-admission",
    serviceAccount: ACCOUNT,
    args: [`--web.listen-address=${address}:${port}`, `--web.cert-file=${certificate}`, `--web.key-file=${key}`],
  });
  await registerWebhooks(cluster.api, [rulesWebhook(service)], { address, port, ca: await readFile(authority.pair.certificate) });
}

/**
 * Its chart makes this one; the module has it in its documentation only.
 * Source: https://prometheus-operator.dev/docs/platform/webhook/#prometheusrule-validation
 */
function rulesWebhook(service: { readonly namespace: string; readonly name: string }): KubernetesObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "prometheus-operator-rulesvalidation" },
    webhooks: [
      {
        name: "prometheusrulevalidate.monitoring.coreos.com",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        clientConfig: { service: { ...service, path: "/admission-prometheusrules/validate" } },
        rules: [
          {
            apiGroups: ["monitoring.coreos.com"],
            apiVersions: ["*"],
            operations: ["CREATE", "UPDATE"],
            resources: ["prometheusrules"],
          },
        ],
      },
    ],
  };
}

/** What it says of a StatefulSet that it is about to make. */
const PASSING = "the statefulset couldn't be found";

/** Lines of the operator's log that are warnings or errors. */
export function complaints(operator: Operator): string[] {
  return operator
    .log()
    .split("\n")
    .filter((line) => /"level":"(warn|error)"/i.test(line) && !line.includes(PASSING));
}

interface ScrapeConfiguration {
  readonly scrape_configs?: readonly { readonly job_name: string }[];
}

/** The configuration that the operator has generated for a Prometheus, as text; `undefined` before it has. */
export async function generatedConfiguration(api: ApiClient, namespace: string, prometheus: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${namespace}/secrets/prometheus-${prometheus}`;
  const { data } = await api.get<{ data?: Readonly<Record<string, string>> }>(path);
  const packed = data?.["prometheus.yaml.gz"];
  return packed === undefined ? undefined : gunzipSync(Buffer.from(packed, "base64")).toString("utf8");
}

export function jobsIn(configuration: string): string[] {
  return ((parse(configuration) as ScrapeConfiguration).scrape_configs ?? []).map(({ job_name }) => job_name).sort();
}

/** The jobs that the operator must make of what is declared, by its own way of naming them. */
export function expectedJobs(objects: readonly KubernetesObject[]): string[] {
  interface Monitor extends KubernetesObject {
    readonly spec: { readonly podMetricsEndpoints?: readonly unknown[]; readonly endpoints?: readonly unknown[] };
  }
  const name = ({ metadata }: KubernetesObject) => `${metadata.namespace}/${metadata.name}`;
  return [
    ...ofKind<Monitor>(objects, "PodMonitor").flatMap((monitor) =>
      (monitor.spec.podMetricsEndpoints ?? []).map((_, index) => `podMonitor/${name(monitor)}/${index}`),
    ),
    ...ofKind<Monitor>(objects, "ServiceMonitor").flatMap((monitor) =>
      (monitor.spec.endpoints ?? []).map((_, index) => `serviceMonitor/${name(monitor)}/${index}`),
    ),
    ...ofKind(objects, "ScrapeConfig").map((config) => `scrapeConfig/${name(config)}`),
  ].sort();
}

interface RuleGroups {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly { readonly alert?: string; readonly record?: string }[];
  }[];
}

/** Names of all alerts and recordings in rules, e.g. `group: name`. */
function namesIn({ groups }: RuleGroups): string[] {
  return groups.flatMap(({ name, rules }) => rules.map(({ alert, record }) => `${name}: ${alert ?? record}`));
}

/** Rules in the ConfigMaps that the operator has made for a Prometheus. */
export async function generatedRules(api: ApiClient, namespace: string, prometheus: string): Promise<string[]> {
  const query = `labelSelector=${encodeURIComponent(`prometheus-name=${prometheus}`)}`;
  const { items } = await api.get<{ items: { data?: Readonly<Record<string, string>> }[] }>(
    `/api/v1/namespaces/${namespace}/configmaps?${query}`,
  );
  return items.flatMap(({ data }) => Object.values(data ?? {}).flatMap((file) => namesIn(parse(file) as RuleGroups))).sort();
}

export function expectedRules(objects: readonly KubernetesObject[]): string[] {
  return ofKind<KubernetesObject & { readonly spec: RuleGroups }>(objects, "PrometheusRule")
    .flatMap(({ spec }) => namesIn(spec))
    .sort();
}
