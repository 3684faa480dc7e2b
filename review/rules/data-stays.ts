import type { Plan } from "../plan/plan";
import { guardsStay } from "./deployed/guards";
import { leftBehind } from "./deployed/left-behind";
import { wentBack } from "./deployed/versions";
import { classesKept } from "./deployed/volumes";
import { reporter, type Finding, type Rule } from "./rule";

const name = "data-stays";
const { error, warning } = reporter(name);

export const dataStays: Rule = {
  name,
  title:
    "What is deployed and holds data is still in the plan under its name and behind its guards, and its programs are not older than what they have written. Looks only where `mes plan` is given a state.",
  why: "A new name for a database, a queue or a bucket makes a new, empty one: orders in the old one are read by nobody, and no program fails.",
  check: (plan: Plan): Finding[] => [
    ...leftBehind(plan, error, warning),
    ...wentBack(plan, error, warning),
    ...classesKept(plan, warning),
    ...guardsStay(plan, error, warning),
  ],
};
