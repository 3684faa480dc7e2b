import { valkeyFindings } from "./configurations/valkey";
import { inventory } from "../kubernetes/inventory";
import type { Rule } from "./rule";

export const configurationsAccepted: Rule = {
  name: "configurations-accepted",
  title: "Configuration files hold what their programs take, and nothing by which these refuse, forget or let in.",
  why: "A program that does not know a key ends at once; one that is told to keep too little, or to let everybody in, says nothing.",
  check: (plan) => valkeyFindings(inventory(plan)),
};
