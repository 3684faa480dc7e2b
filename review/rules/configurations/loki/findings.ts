import type { Inventory } from "../../../kubernetes/inventory";
import type { Finding } from "../../rule";
import { findingsOfProgram, type Danger } from "../configured";
import { Judge, Shapes } from "../shapes";
import { holding, keeping } from "./keeps";
import { lokiNotation } from "./notation";
import { lokiRefuses } from "./refuses";
import { copies, together } from "./ring";
import { searching, shown } from "./searches";
import { encrypted, serving } from "./serves";
import type { Loki } from "./system";
import { LOKI_KEYS } from "./table";
import { bounds, taking } from "./takes";

let judge: Judge | undefined;

/** Configurations of Loki: what it refuses, and what makes it refuse, lose or hide what others send. @param today the day of the plan, as 2026-01-31 */
export function lokiFindings(known: Inventory, today: string | undefined): Finding[] {
  return findingsOfProgram(known, {
    has: /^schema_config:/m,
    refused: (root) => {
      judge ??= new Judge(new Shapes(LOKI_KEYS), lokiNotation);
      return [...judge.problems("loki", root, ""), ...lokiRefuses(root)];
    },
    dangers: (configured) => dangers({ ...configured, pods: Math.max(1, known.scale(configured.group).min) }, today),
  });
}

function dangers(loki: Loki, today: string | undefined): Danger[] {
  return [
    ...taking(loki),
    ...bounds(loki),
    ...searching(loki),
    ...shown(loki),
    ...keeping(loki, today),
    ...holding(loki),
    ...together(loki),
    ...copies(loki),
    ...serving(loki),
    ...encrypted(loki),
  ];
}
