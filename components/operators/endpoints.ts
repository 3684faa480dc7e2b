import type { PodSet } from "../network/connection";
import type { Environment } from "../platform";
import { OPERATORS, type OperatorPodsName } from "./catalogue/catalogue";
import { OPERATOR_NAMES, type OperatorName } from "./names";

/** The namespace of an operator: the platform's own for operators, or where it is already. */
export function operatorNamespace(environment: Environment, operator: OperatorName): string {
  const { install, namespace } = environment.operators[operator];
  return install ? environment.namespaces.operators : (namespace ?? OPERATORS[operator].namespace);
}

/** Sets of an operator's pods that a stack has. */
export function podsInUse(operator: OperatorName, { brokerElsewhere }: Pick<Environment, "brokerElsewhere">) {
  return OPERATORS[operator].pods.filter(({ runsBrokers }) => runsBrokers !== true || brokerElsewhere === undefined);
}

/** A set of pods of an operator, for connections from or to it. */
export function operatorPods(environment: Environment, name: OperatorPodsName): PodSet {
  return podsNamed(environment, name);
}

/** As `operatorPods`, by a name that the type checker does not know. Throws `RangeError` where no operator has it. */
export function podsNamed(environment: Environment, name: string): PodSet {
  for (const operator of OPERATOR_NAMES) {
    const found = OPERATORS[operator].pods.find((set) => set.name === name);
    if (found !== undefined) return { name, namespace: operatorNamespace(environment, operator), labels: found.labels };
  }
  throw new RangeError(`no operator has pods named ${name}`);
}
