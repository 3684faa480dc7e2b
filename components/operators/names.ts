/** Operators that the platform relies on, each after those it needs. */
export const OPERATOR_NAMES = [
  "cert-manager",
  "cloudnative-pg",
  "barman-cloud",
  "rabbitmq",
  "prometheus-operator",
  "keda",
  "metrics-server",
] as const;

export type OperatorName = (typeof OPERATOR_NAMES)[number];
