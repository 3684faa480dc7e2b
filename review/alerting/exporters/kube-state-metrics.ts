import { title } from "../../kubernetes/objects";
import { matchesWhole } from "../../promql/anchored";
import { argumentsOf, type LeftOut } from "./model";

/** Singular in names of metrics, plural in arguments. Source: docs/README.md of kube-state-metrics */
const PLURALS: Readonly<Record<string, string>> = {
  endpoint: "endpoints",
  ingress: "ingresses",
  networkpolicy: "networkpolicies",
  storageclass: "storageclasses",
};

/**
 * kube-state-metrics counts what it is told to count.
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/developer/cli-arguments.md
 */
export const kubeStateMetrics: LeftOut = (metric, { pods }) => {
  const [, kind] = /^kube_([a-z]+)_/.exec(metric) ?? [];
  const [group] = pods;
  if (kind === undefined || group === undefined) return undefined;
  const args = argumentsOf(pods);
  const resource = PLURALS[kind] ?? `${kind}s`;
  const who = title(group.object);
  const resources = args.list("--resources");
  if (resources !== undefined && !resources.includes(resource)) return `${who} does not count ${resource} (--resources)`;
  const listed = (flag: string) => args.list(flag)?.some((pattern) => matchesWhole(pattern, metric) !== false);
  if (listed("--metric-allowlist") === false) return `${who} keeps only what is in --metric-allowlist`;
  if (listed("--metric-denylist") === true) return `${who} leaves it out by --metric-denylist`;
  if (Number(args.value("--total-shards") ?? "1") > 1) return `${who} counts one shard of the objects only (--total-shards)`;
  return undefined;
};

/** Namespaces that kube-state-metrics counts in; absent: all. */
export function countedNamespaces(pods: Parameters<typeof argumentsOf>[0]): readonly string[] | undefined {
  const args = argumentsOf(pods);
  const denied = args.list("--namespaces-denylist");
  const only = args.list("--namespaces") ?? args.list("--namespace");
  return denied === undefined ? only : only?.filter((namespace) => !denied.includes(namespace));
}
