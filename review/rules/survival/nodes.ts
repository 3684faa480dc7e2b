import { title } from "../../kubernetes/objects";
import { placementOf } from "../../kubernetes/placement";
import type { PodGroup } from "../../kubernetes/pods";
import type { Facts } from "../../plan/plan";
import { count, listed, reporter, type Finding, type Report } from "../rule";

const { error } = reporter("pods-survive");

const HOST = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";
/** Values that nodes have where the images of the platform run. Source: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/os": ["linux"],
  "beta.kubernetes.io/os": ["linux"],
  "kubernetes.io/arch": ["amd64", "arm64"],
  "beta.kubernetes.io/arch": ["amd64", "arm64"],
};

type Path = readonly (string | number)[];

/** Pods that may run on no node, on one node only, or in one zone only. @param report for what is only dangerous */
export function nodeFindings(group: PodGroup, pods: number, facts: Facts | undefined, report: Report | undefined): Finding[] {
  const placement = placementOf(group);
  const findings: Finding[] = [];
  for (const [key, value] of Object.entries(placement.nodeSelector)) {
    if (typeof value !== "string" || value.startsWith("[")) continue;
    findings.push(...narrowed(group, key, [value], [...placement.selectorPath, key], pods, facts, report));
  }
  // Of several terms any may hold: together they leave what each leaves.
  for (const key of new Set(placement.nodeTerms.flat().map((one) => one.key))) {
    const each = placement.nodeTerms.map((term) => term.find((one) => one.key === key && one.operator === "In"));
    if (each.length === 0 || each.includes(undefined)) continue;
    const values = [...new Set(each.flatMap((one) => one?.values ?? []))];
    findings.push(...narrowed(group, key, values, placement.termsPath, pods, facts, report));
  }
  return findings;
}

function narrowed(
  { object, perNode }: PodGroup,
  key: string,
  values: readonly string[],
  path: Path,
  pods: number,
  facts: Facts | undefined,
  report: Report | undefined,
): Finding[] {
  const possible = KNOWN[key] ?? (key === ZONE && facts !== undefined && facts.zones.length > 0 ? facts.zones : undefined);
  const left = possible === undefined ? values : values.filter((value) => possible.includes(value));
  if (left.length === 0) {
    const message = `no node has ${key} ${listed(values)} (there are ${listed(possible ?? [])}): the pods of ${title(object)} never run; correct it`;
    return [error(object.resource, path, message)];
  }
  if (perNode) return [];
  if (key === HOST && left.length === 1) {
    const message = `the pods of ${title(object)} may run on the node ${left[0] ?? ""} only, and stop with it; remove it`;
    return [error(object.resource, path, message)];
  }
  if (key !== ZONE || left.length > 1 || pods < 2 || (facts?.zones.length ?? 0) < 2 || report === undefined) return [];
  const message = `all ${count(pods, "pod")} of ${title(object)} run in ${left[0] ?? ""}, and are lost with it; remove the zone`;
  return [report(object.resource, path, message)];
}
