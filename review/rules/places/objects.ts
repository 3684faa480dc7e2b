import { kubeObject, title } from "../../kubernetes/objects";
import type { Plan } from "../../plan/plan";
import type { Finding } from "../rule";

/** Findings with the Kubernetes object that each is about: its name and namespace are often others than the resource's. */
export function withObjects({ resources }: Plan, findings: readonly Finding[]): Finding[] {
  if (findings.length === 0) return [];
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return findings.map((finding) => {
    const resource = byUrn.get(finding.urn);
    const object = resource === undefined ? undefined : kubeObject(resource);
    return object === undefined ? finding : { ...finding, object: title(object) };
  });
}
