/** API groups of Kubernetes itself, without those whose kinds come from definitions, as autoscaling.k8s.io. */
const BUILT_IN = [
  ...["", "apps", "autoscaling", "batch", "policy"],
  ...["admissionregistration", "apiregistration", "certificates", "coordination", "discovery", "flowcontrol.apiserver"].map(
    ofK8s,
  ),
  ...["networking", "node", "rbac.authorization", "scheduling", "storage"].map(ofK8s),
];

function ofK8s(group: string): string {
  return `${group}.k8s.io`;
}

/** @param apiVersion as `apps/v1` or `v1` */
export function isBuiltIn(apiVersion: string): boolean {
  return BUILT_IN.includes(apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "");
}
