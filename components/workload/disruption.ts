/**
 * The spec of a disruption budget that lets one of some pods go at a time. One that is not ready protects nobody, and must not
 * block a drain.
 */
export function oneAtATime(labels: Readonly<Record<string, string>>) {
  return { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: { ...labels } } };
}
