/**
 * Checks of kube-score that the platform answers otherwise, each with its reason. Whoever declares an object for which one does
 * not hold adds `excepted(…)` to its annotations.
 */
export type KubeScoreCheck =
  // Root file systems are read-only and every emptyDir has a size limit: there is nothing else to fill.
  | "container-ephemeral-storage-request-and-limit"
  // Tags and digests are pinned; with Always no pod could start while the registry is away.
  | "container-image-pull-policy"
  // No CPU limit: throttling makes orders late. Requests and memory limits are set, which the plan checks.
  | "container-resources"
  // Users are those of the images, and never root unless the node's own files are read.
  | "container-security-context-user-group-id"
  // The pods are made by an operator, or by a chart that is no part of the manifests.
  | "networkpolicy-targets-pod"
  // The same question with more patience: liveness restarts what readiness took out long before.
  | "pod-probes-identical"
  // The pods are made by an operator.
  | "service-targets-pod"
  // Its pods are not addressed one by one, so one address leads to all of them.
  | "statefulset-has-servicename";

/** An annotation that makes kube-score leave out checks. */
export function excepted(...checks: readonly KubeScoreCheck[]): Record<string, string> {
  return { "kube-score/ignore": [...checks].sort().join(",") };
}

/** What holds for no controller of pods here. */
export const POD_EXCEPTIONS: readonly KubeScoreCheck[] = [
  "container-ephemeral-storage-request-and-limit",
  "container-image-pull-policy",
  "container-resources",
  "container-security-context-user-group-id",
  "pod-probes-identical",
];
