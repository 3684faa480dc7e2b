/**
 * The oldest minor version of Kubernetes that the platform supports: the first that all its operators' projects support
 * (`oldestKubernetes` in components/operators/catalogue), and the one whose servers all suites run (tools/go/kubernetes).
 */
export const OLDEST_KUBERNETES = "1.34";

/** What an API server answers at `/version`. Vendors add to the minor version, e.g. `34+`. */
export interface KubernetesVersion {
  readonly major: string;
  readonly minor: string;
}

/** Whether the platform supports a server of this version. One newer than all that were tested is fine. */
export function isSupportedKubernetes({ major, minor }: KubernetesVersion): boolean {
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_KUBERNETES.split(".").map(Number);
  const [ownMajor, ownMinor] = [Number.parseInt(major), Number.parseInt(minor)];
  return ownMajor > oldestMajor || (ownMajor === oldestMajor && ownMinor >= oldestMinor);
}
