import type { Resource } from "../plan/plan";
import { NOTHING, plus, requestsOf, times, type Amount } from "./pods";
import { isRecord, numberAt, recordAt, textAt, type Json } from "./value";

/** A release of a Helm chart. Its objects are made on the real run only; its values tell something of them. */
export interface HelmRelease {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** Sum of the requests that its values state, each times the number of replicas beside or above it. */
  readonly requests: Amount;
}

export function helmRelease(resource: Resource): HelmRelease | undefined {
  if (!/^kubernetes:helm\.sh\/v\d+:Release$/.test(resource.type)) return undefined;
  return {
    resource,
    name: textAt(resource.inputs, "name") ?? resource.name,
    namespace: textAt(resource.inputs, "namespace") ?? "",
    chart: textAt(resource.inputs, "chart") ?? "",
    version: textAt(resource.inputs, "version") ?? "",
    requests: statedRequests(recordAt(resource.inputs, "values"), 1),
  };
}

function statedRequests(values: Json, replicasAbove: number): Amount {
  const replicas = numberAt(values, "replicaCount") ?? numberAt(values, "replicas") ?? replicasAbove;
  if (isRecord(values.requests)) return times(requestsOf(values), replicas);
  return Object.values(values)
    .filter(isRecord)
    .map((value) => statedRequests(value, replicas))
    .reduce(plus, NOTHING);
}
