import { inventory } from "../kubernetes/inventory";
import { logFindings } from "./exposure/logs";
import { policyFindings } from "./exposure/policies";
import { programFindings } from "./exposure/programs";
import { routeFindings } from "./exposure/routes";
import { scrapeFindings } from "./exposure/scrapes";
import { serviceFindings } from "./exposure/services";
import type { Rule } from "./rule";

const name = "closed-to-strangers";

export const closedToStrangers: Rule = {
  name,
  title: "Nobody gets in who is not named: by policies, load balancers, routes, and the doors of programs themselves.",
  why: "Whoever reaches the broker or the database can read, forge and delete orders; what is open by a slip is found by strangers first.",
  check: (plan) => {
    const known = inventory(plan);
    return [
      ...policyFindings(plan, known),
      ...serviceFindings(known),
      ...routeFindings(known),
      ...programFindings(known),
      ...scrapeFindings(known),
      ...logFindings(plan, known),
    ];
  },
};
