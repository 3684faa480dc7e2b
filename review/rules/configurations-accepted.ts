import { inventory } from "../kubernetes/inventory";
import { lokiFindings } from "./configurations/loki/findings";
import { collectorFindings } from "./configurations/otel/findings";
import { valkeyFindings } from "./configurations/valkey/findings";
import type { Rule } from "./rule";

const name = "configurations-accepted";

export const configurationsAccepted: Rule = {
  name,
  title: "Configuration files hold what their programs take, and nothing by which these refuse, forget, hide or let in.",
  why: "A program that does not know a key ends at once; one that is told to keep too little, or to let everybody in, says nothing.",
  check: (plan) => {
    const known = inventory(plan);
    return [...valkeyFindings(known), ...lokiFindings(known, plan.facts?.today), ...collectorFindings(known)];
  },
};
