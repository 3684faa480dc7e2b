import { namespaceNames } from "../../components/foundation/namespaces";
import { OPERATORS } from "../../components/operators/catalogue/catalogue";
import { OPERATOR_NAMES } from "../../components/operators/names";
import type { StackConfig } from "../../stacks/config/schema";
import type { OperatorPods } from "./plan";

/** Pods of the operators that the stack installs, and whom they connect to. */
export function operatorPods({ operators, namespaces }: Partial<StackConfig>): OperatorPods[] {
  if (operators === undefined || namespaces === undefined) return [];
  const installed = OPERATOR_NAMES.filter((name) => operators[name].install);
  const sets = installed.flatMap((release) => OPERATORS[release].pods.map((pods) => ({ release, ...pods })));
  return sets.map(({ release, name, labels, webhookPort, nodePort, connects = [] }) => ({
    release,
    name,
    namespace: namespaceNames(namespaces.prefix).operators,
    labels,
    ...(webhookPort === undefined ? {} : { calledOn: webhookPort }),
    ...(nodePort === undefined ? {} : { nodePort }),
    connects: connects.flatMap(({ to, port }) => sets.filter((one) => one.name === to).map((one) => ({ to: one.name, port }))),
  }));
}
