import { inventory } from "../kubernetes/inventory";
import { groupFindings } from "./evaluation/groups";
import { publishedFindings } from "./evaluation/published";
import { serverFindings } from "./evaluation/server";
import { reporter, type Rule } from "./rule";

const name = "alerts-evaluated";
const { error } = reporter(name);

export const alertsEvaluated: Rule = {
  name,
  title: "Every alert, recording and dashboard that a component publishes is in the plan, and a Prometheus evaluates it in time.",
  why: "An alert that is not there, or is looked at once an hour, looks like health: orders are late before anybody hears.",
  check: (plan) => {
    const known = inventory(plan);
    const rules = known.ofKind("PrometheusRule");
    const prometheuses = known.ofKind("Prometheus").filter(({ group }) => group === "monitoring.coreos.com");
    const [first] = rules;
    return [
      ...publishedFindings(plan, known),
      ...(prometheuses.length === 0 &&
      first !== undefined &&
      plan.facts?.rules !== undefined &&
      plan.facts.prometheusIsThere !== true
        ? [error(first.resource, "", "there is no Prometheus in the plan, so that nobody evaluates any alert; declare one")]
        : []),
      ...prometheuses.flatMap((prometheus) => [...serverFindings(prometheus, known), ...groupFindings(prometheus, known)]),
    ];
  },
};
