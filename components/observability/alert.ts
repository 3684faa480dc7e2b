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
}

/** A recorded series. */
export interface Recording {
  /** `level:metric:operations`, e.g. `role:http_requests:rate5m`. */
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A group of rules, evaluated together. */
export interface AlertGroup {
  /** kebab-case, unique in the stack. */
  readonly name: string;
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}
