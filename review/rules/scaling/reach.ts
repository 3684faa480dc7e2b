import type { Autoscaler } from "../../kubernetes/autoscalers";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { quantity } from "../../kubernetes/quantities";
import { at, listAt, textAt } from "../../kubernetes/value";
import { seconds } from "../../promql/duration";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("scaling-acts");

type Path = readonly (string | number)[];

/** Targets that the load never gets to, measures of nothing, and servers that are not there. */
export function reachFindings(autoscaler: Autoscaler, group: PodGroup | undefined, known: Inventory): Finding[] {
  const { object } = autoscaler;
  if (object.kind === "ScaledObject") {
    return listAt(object.spec, "triggers").flatMap((trigger, i): Finding[] => {
      const path = ["spec", "triggers", i, "metadata"];
      const type = textAt(trigger, "type") ?? "";
      if (type === "prometheus") return queried(autoscaler, at(trigger, "metadata"), path, group, known);
      const amount = textAt(trigger, "metricType") === "AverageValue" && (type === "cpu" || type === "memory");
      return amount
        ? beyondLimit(
            autoscaler,
            type,
            at(trigger, "metadata", "value"),
            [...path, "value"],
            group,
            textAt(trigger, "metadata", "containerName"),
          )
        : [];
    });
  }
  return listAt(object.spec, "metrics").flatMap((metric, i): Finding[] => {
    const [field] = Object.keys(metric ?? {}).filter((key) => key === "resource" || key === "containerResource");
    if (field === undefined) return [];
    const path = ["spec", "metrics", i, field, "target"];
    const target = at(metric, field, "target");
    const value = TARGETS[textAt(target, "type") ?? ""];
    if (value === undefined || at(target, value) === undefined || value === "value") {
      const message = `its type is ${textAt(target, "type") ?? "not there"}, which does not go with ${Object.keys(target ?? {}).join(", ")}: the API refuses it; use Utilization with averageUtilization`;
      return [error(object.resource, path, message)];
    }
    if (value !== "averageValue") return [];
    return beyondLimit(
      autoscaler,
      textAt(metric, field, "name") ?? "",
      at(target, value),
      [...path, value],
      group,
      textAt(metric, field, "container"),
    );
  });
}

/** The field that each type of target has. Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
const TARGETS: Readonly<Record<string, string>> = {
  Utilization: "averageUtilization",
  AverageValue: "averageValue",
  Value: "value",
};

/** An amount of a resource that no pod gets to. */
function beyondLimit(
  { object, target }: Autoscaler,
  resource: string,
  value: unknown,
  path: Path,
  group: PodGroup | undefined,
  container: string | undefined,
): Finding[] {
  const wanted = quantity(value);
  const containers = listAt(group?.spec, "containers").filter(
    (one) => container === undefined || textAt(one, "name") === container,
  );
  if (wanted === undefined || containers.length === 0) return [];
  // A CPU limit is rare; a container uses some times its request where its node has room.
  const limits = containers.map(
    (one) =>
      quantity(at(one, "resources", "limits", resource)) ??
      (quantity(at(one, "resources", "requests", resource)) ?? Infinity) * 4,
  );
  const most = limits.reduce((sum, one) => sum + one, 0);
  if (wanted < most) return [];
  const message = `asks for ${String(value)} of ${resource} (metricType AverageValue), which a pod of ${title(target)} never uses: no pod is added; use Utilization with a share of the request in percent`;
  return [error(object.resource, path, message)];
}

/** Requests a second and core, beyond which no program that reads a database goes. */
const MOST_PER_CORE = 2000;

function queried(
  { object, target, min }: Autoscaler,
  metadata: unknown,
  path: Path,
  group: PodGroup | undefined,
  known: Inventory,
): Finding[] {
  const query = textAt(metadata, "query") ?? "";
  const findings: Finding[] = [];
  const servers = known.ofKind("Prometheus");
  const interval = Math.max(0, ...servers.map(({ spec }) => seconds(textAt(spec, "scrapeInterval") ?? "30s") ?? 0));
  for (const [, range = ""] of query.matchAll(/\[\s*([\d.a-z]+)\s*\]/g)) {
    const of = seconds(range);
    if (of === undefined || of >= 2 * interval) continue;
    const message = `takes a range of ${range}, in which there are no two samples, as Prometheus asks every ${interval} s: it measures nothing; take ${4 * interval} s or more`;
    findings.push(error(object.resource, [...path, "query"], message));
  }
  const threshold = Number(at(metadata, "threshold"));
  const cores = listAt(group?.spec, "containers").reduce<number>(
    (sum, one) =>
      sum + (quantity(at(one, "resources", "limits", "cpu")) ?? quantity(at(one, "resources", "requests", "cpu")) ?? 0),
    0,
  );
  if (/\brate\(/.test(query) && cores > 0 && threshold > Math.max(1, cores) * MOST_PER_CORE) {
    const message = `${threshold} requests a second are more than a pod with ${cores} CPU ever answers: the threshold is out of reach, and requests add no pod; lower it (mes:roles.${target.name}.scale.requestsPerSecond)`;
    findings.push(error(object.resource, [...path, "threshold"], message));
  }
  if (min === 0 && query.includes(`job="${target.name}"`)) {
    const message = `${title(target)} may have no pod, and measures its own requests: nothing starts the first one; use 1 or more at least (mes:roles.${target.name}.scale.min)`;
    findings.push(error(object.resource, "spec.minReplicaCount", message));
  }
  if (min > 0 && Number(at(metadata, "activationThreshold") ?? 0) > 0) {
    findings.push(warning(object.resource, [...path, "activationThreshold"], "holds only where there may be no pod; remove it"));
  }
  return [...findings, ...server(object.resource, textAt(metadata, "serverAddress"), [...path, "serverAddress"], known)];
}

/** A Prometheus that is in the cluster is behind a Service. */
function server(
  resource: Autoscaler["object"]["resource"],
  address: string | undefined,
  path: Path,
  known: Inventory,
): Finding[] {
  if (address === undefined || address.includes("[")) return [];
  const [, host = ""] = /^https?:\/\/([^/:]+)/.exec(address) ?? [];
  if (host === "") return [error(resource, path, `${address} is no address; write it as http://prometheus.NAMESPACE.svc:9090`)];
  const [, name = "", namespace = ""] = /^([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\..+)?)?$/.exec(host) ?? [];
  const inCluster = host.includes(".svc") || known.ofKind("Namespace").some((one) => one.name === namespace);
  const short = !host.includes(".");
  // Any other host is outside of the cluster, or in a namespace that the plan does not know.
  if (!short && !inCluster) return [];
  const there =
    known.find("Service", namespace, name) !== undefined ||
    known.made.some((one) => one.kind === "Service" && one.namespace === namespace && one.name === name);
  const foreign = !known.ofKind("Namespace").some((one) => one.name === namespace) && known.ofKind("Prometheus").length === 0;
  if (there || known.opaqueNamespaces.has(namespace) || foreign) return [];
  return [
    error(resource, path, `no Service is called ${host}, so that KEDA measures nothing; correct the address of Prometheus`),
  ];
}
