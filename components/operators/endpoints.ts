import type { PodSet } from "../network/connection";
import type { Environment } from "../platform";
import { OPERATORS } from "./catalogue";
import type { OperatorName } from "./names";

/** Names of all sets of pods of the operators. */
export type OperatorPodsName =
  | "cert-manager"
  | "cert-manager-webhook"
  | "cert-manager-cainjector"
  | "cloudnative-pg"
  | "plugin-barman-cloud"
  | "rabbitmq-cluster-operator"
  | "rabbitmq-topology-operator"
  | "prometheus-operator"
  | "prometheus-operator-admission-create"
  | "prometheus-operator-admission-patch"
  | "keda-operator"
  | "keda-metrics-apiserver"
  | "keda-admission-webhooks"
  | "metrics-server";

/** The namespace of an operator: the platform's own for operators, or where it is already. */
export function operatorNamespace(environment: Environment, operator: OperatorName): string {
  const { install, namespace } = environment.operators[operator];
  return install ? environment.namespaces.operators : (namespace ?? OPERATORS[operator].namespace);
}

/** A set of pods of an operator, for connections from or to it. */
export function operatorPods(environment: Environment, name: OperatorPodsName): PodSet {
  for (const [operator, { pods }] of Object.entries(OPERATORS) as [OperatorName, (typeof OPERATORS)[OperatorName]][]) {
    const found = pods.find((set) => set.name === name);
    if (found !== undefined) return { name, namespace: operatorNamespace(environment, operator), labels: found.labels };
  }
  throw new RangeError(`no operator has pods named ${name}`);
}
