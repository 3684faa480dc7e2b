/** A container of a recorded pod, as far as its probes go. */
interface Probed {
  readonly startupProbe?: Pace;
  readonly readinessProbe?: Pace;
  readonly livenessProbe?: Pace;
}
interface Pace {
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

/**
 * How long a program may not answer, in seconds: while it starts, until it gets no more requests, until it is restarted. Undefined where nobody asks.
 * The defaults are those of Kubernetes: every 10 s, 3 times.
 */
export function patience({ startupProbe, readinessProbe, livenessProbe }: Probed) {
  const seconds = (probe: Pace | undefined) => probe && (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3);
  return { start: seconds(startupProbe), ready: seconds(readinessProbe), live: seconds(livenessProbe) };
}
