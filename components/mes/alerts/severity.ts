import type { Alert } from "../../observability/alert";
import type { RoleConfig } from "../config";

/** Only what loses or delays orders wakes somebody. */
function severityOf({ priority }: RoleConfig): Alert["severity"] {
  return priority === "orders" ? "page" : "ticket";
}

/** Alerts of roles on the path of an order have names of their own: a name has one severity. */
export function alertName(what: string, severity: Alert["severity"]): string {
  return severity === "page" ? `MesOrder${what}` : `Mes${what}`;
}

/** One expression for the roles of each severity that is there: the roles' expressions, any of which may hold. */
export function bySeverity(
  roles: readonly [string, RoleConfig][],
  expr: (role: [string, RoleConfig]) => string,
): { severity: Alert["severity"]; expr: string }[] {
  return grouped(roles).map(({ severity, members }) => ({ severity, expr: members.map(expr).join(" or ") }));
}

/** The roles of each severity that is there. */
export function grouped(
  roles: readonly [string, RoleConfig][],
): { severity: Alert["severity"]; members: [string, RoleConfig][] }[] {
  return (["page", "ticket"] as const)
    .map((severity) => ({ severity, members: roles.filter(([, role]) => severityOf(role) === severity) }))
    .filter(({ members }) => members.length > 0);
}
