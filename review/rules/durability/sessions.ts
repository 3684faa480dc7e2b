import { plannedPrograms } from "../../orders/programs";
import type { Plan } from "../../plan/plan";
import type { Finding, Report } from "../rule";

/** Levels at which a commit is confirmed before a replica has it, or before it is on disk. */
const UNSAFE = /(?:^|\s)(?:-c\s*|--)synchronous[_-]commit\s*=\s*'?(off|local|false|no|0)\b/i;

/**
 * What programs that write ask of their own sessions, whatever the server is told.
 * Source: https://www.postgresql.org/docs/18/libpq-envars.html, PGOPTIONS
 * @param report an error where data is protected
 */
export function sessionFindings(plan: Plan, report: Report): Finding[] {
  return plannedPrograms(plan).flatMap(({ program, variables, resource, off }) => {
    const options = variables.get("PGOPTIONS");
    const [, level] = UNSAFE.exec(options?.value ?? "") ?? [];
    if (options === undefined || level === undefined || off !== undefined) return [];
    if (program.database === undefined || program.database === "readonly") return [];
    const message = `${program.name} sets synchronous_commit to ${level} for itself (PGOPTIONS): the orders that it confirms are lost with the primary; take it out of ${program.key}.env`;
    return [report(resource, options.path, message)];
  });
}
