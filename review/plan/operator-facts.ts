import { namespaceNames } from "../../components/foundation/namespaces";
import { podsInUse } from "../../components/operators/endpoints";
import { OPERATOR_NAMES } from "../../components/operators/names";
import type { StackConfig } from "../../stacks/config/schema";
import { operatorsInUse } from "../../stacks/operators";
import type { OperatorPods } from "./plan";

/** Pods of the operators that the stack installs, and whom they connect to. */
export function operatorPods(config: Partial<StackConfig>): OperatorPods[] {
  const { operators, namespaces, broker } = config;
  if (operators === undefined || namespaces === undefined) return [];
  const inUse = operatorsInUse({ ...config, operators });
  const installed = OPERATOR_NAMES.filter((name) => inUse[name].install);
  const brokerElsewhere = broker?.existing;
  const sets = installed.flatMap((release) => podsInUse(release, { brokerElsewhere }).map((pods) => ({ release, ...pods })));
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
