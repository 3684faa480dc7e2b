/** An alert rule of Prometheus. Each has a severity, a summary and a runbook (`docs/runbooks/<Alert>.md`). */
export interface Alert {
  /** CamelCase, e.g. `MesOrdersLost`. */
  readonly name: string;
  /** PromQL. */
  readonly expr: string;
  /** How long it must hold, e.g. `5m`. */
  readonly for?: string;
  /** `page` wakes somebody, `ticket` waits for the morning. */
  readonly severity: "page" | "ticket";
  /** One line, may use `{{ $labels.x }}` and `{{ $value }}`. */
  readonly summary: string;
  /** What it means and what to look at first. */
  readonly description: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** How long it goes on firing once it no longer holds, so that what comes and goes is told once. @default 5m for a page, not at all for a ticket */
  readonly keepFiringFor?: string;
  /**
   * Alerts that explain this one, each with the labels in which both have to be the same (none: wherever it is). While one of them fires,
   * nobody is told of this one; what still holds when the cause is over is told then.
   */
  readonly causedBy?: Causes;
  /** Alerts of parts below that this one explains: the same, said from the other end. */
  readonly explains?: Causes;
}

/** What explains others is told of for longer than they need to be over. */
export const CAUSE_KEEPS_FIRING = "10m";

/** Names of alerts, each with labels that have to be equal. */
export type Causes = Readonly<Record<string, readonly string[]>>;

/** Causes or consequences wherever they are. */
export function anywhere(...alerts: readonly string[]): Causes {
  return Object.fromEntries(alerts.map((alert) => [alert, []]));
}

/** A recorded series. */
export interface Recording {
  /** `level:metric:operations`, e.g. `role:http_requests:rate5m`. */
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A recorded series by name and labels, e.g. `queue:broker_max_length:messages{queue="orders"}`. The labels are in an order of their own: the
 * engine sorts the keys of what a policy pack is given.
 */
export function recordingName(record: string, labels: Readonly<Record<string, unknown>> = {}): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${String(value)}"`);
  return matchers.length === 0 ? record : `${record}{${matchers.sort().join(",")}}`;
}

/** A group of rules, evaluated together. */
export interface AlertGroup {
  /** kebab-case, unique in the stack. */
  readonly name: string;
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}
