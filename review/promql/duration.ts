const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Seconds of a duration of Prometheus, e.g. `5m` or `1d12h`; undefined if it is not one. */
export function seconds(duration: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(duration)) return duration === "0" ? 0 : undefined;
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, n, unit = "s"]) => sum + Number(n) * (UNITS[unit] ?? 1),
    0,
  );
}
