import { entriesAt, isRecord } from "../../kubernetes/value";
import type { BrokerModel } from "../../orders/broker";
import { termProblem } from "../../orders/policy-terms";
import { reporter, type Finding } from "../rule";

const { error } = reporter("queue-limits");

/** Terms of policies and arguments of queues that the broker refuses. */
export function refusedTerms({ policies, queues }: BrokerModel): Finding[] {
  const declared = [
    ...policies.map((object) => ({ object, place: ["spec", "definition"] })),
    ...queues.map(({ object }) => ({ object, place: ["spec", "arguments"] })),
  ];
  return declared.flatMap(({ object, place }) => {
    const kind = object.kind === "Policy" || object.kind === "OperatorPolicy" ? object.kind : "Queue";
    const what = kind === "Queue" ? "the queue is not made" : "the whole policy is not, and its queues have none of its settings";
    return entriesAt(object.resource.inputs, ...place).flatMap(([term, value]) => {
      const problem = isRecord(value) || Array.isArray(value) ? "is a list or a mapping" : termProblem(kind, term, value);
      if (problem === undefined) return [];
      return [error(object.resource, [...place, term], `${term} ${problem}: the broker refuses it, so that ${what}; correct it`)];
    });
  });
}
