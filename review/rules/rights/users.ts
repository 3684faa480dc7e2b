import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { leaves, listAt, numberAt, recordAt, textAt, type Json } from "../../kubernetes/value";
import { grantsOf, type Grant } from "../../orders/grants";
import { count, listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("database-rights");

/** A user or a group of the database that the operator makes. */
export interface ManagedRole {
  readonly cluster: KubeObject;
  readonly role: Json;
  readonly path: readonly (string | number)[];
}

/** Whether each managed role can be made, and can log in. Source: https://cloudnative-pg.io/documentation/1.30/declarative_role_management/ */
export function roleFindings(roles: readonly ManagedRole[], known: Inventory, today: string | undefined): Finding[] {
  const present = roles.filter(({ role }) => textAt(role, "ensure") !== "absent");
  const names = new Set(present.map(({ role }) => textAt(role, "name") ?? ""));
  return [
    ...present.flatMap((one) => [
      ...passwordFindings(one, known),
      ...untilFindings(one, today),
      ...groupFindings(one, names),
      ...inheritFindings(one),
    ]),
    ...unknownGroups(roles, names, known),
  ];
}

/** The operator takes the password of a Secret only where the Secret is of the same user. */
function passwordFindings({ cluster, role, path }: ManagedRole, known: Inventory): Finding[] {
  const secret = textAt(role, "passwordSecret", "name");
  const found = secret === undefined ? undefined : known.find("Secret", cluster.namespace, secret);
  const user = textAt(found?.resource.inputs, "stringData", "username");
  const own = textAt(role, "name") ?? "";
  if (secret === undefined || user === undefined || user.startsWith("[") || user === own) return [];
  const message = `${own} gets the password of the Secret ${secret}, which is that of ${user}: the operator refuses it, and ${own} never gets a connection; name its own Secret`;
  return [error(cluster.resource, [...path, "passwordSecret", "name"], message)];
}

/** Days before its end on which a password should be renewed. */
const SOON = 30;

function untilFindings({ cluster, role, path }: ManagedRole, today: string | undefined): Finding[] {
  const until = textAt(role, "validUntil");
  const end = until === undefined ? Number.NaN : Date.parse(until);
  if (role.login !== true || today === undefined || Number.isNaN(end)) return [];
  const days = Math.floor((end - Date.parse(today)) / 86_400_000);
  if (days >= SOON) return [];
  const own = textAt(role, "name") ?? "";
  const how = days < 0 ? "has run out" : `runs out in ${count(days, "day")}`;
  const message = `the password of ${own} ${how} (validUntil ${until ?? ""}): it gets no connection from then on; set a later day, or leave it out`;
  return [(days < 0 ? error : warning)(cluster.resource, [...path, "validUntil"], message)];
}

function groupFindings({ cluster, role, path }: ManagedRole, names: ReadonlySet<string>): Finding[] {
  const missing = listAt(role, "inRoles").filter(
    (group): group is string =>
      typeof group === "string" && !group.startsWith("pg_") && !names.has(group) && group !== owner(cluster),
  );
  if (missing.length === 0) return [];
  const message = `${textAt(role, "name") ?? ""} is to be a member of ${listed(missing)}, which nobody makes: the operator cannot make it; add the group to spec.managed.roles, or take it out`;
  return [error(cluster.resource, [...path, "inRoles"], message)];
}

/** Source: https://www.postgresql.org/docs/18/role-membership.html: without INHERIT, the rights of its groups are its own only after SET ROLE */
function inheritFindings({ cluster, role, path }: ManagedRole): Finding[] {
  const groups = listAt(role, "inRoles").filter((group) => typeof group === "string");
  if (role.inherit !== false || role.login !== true || groups.length === 0) return [];
  const message = `${textAt(role, "name") ?? ""} does not inherit what ${listed(groups)} may: each of its statements is refused; take inherit out`;
  return [error(cluster.resource, [...path, "inherit"], message)];
}

/** The owner of the database, whom the operator makes when it makes the Cluster. */
function owner({ spec }: KubeObject): string | undefined {
  return textAt(spec, "bootstrap", "initdb", "owner") ?? textAt(spec, "bootstrap", "recovery", "owner");
}

/** Groups that scripts give rights to, and that are nowhere made. */
function unknownGroups([first]: readonly ManagedRole[], names: ReadonlySet<string>, known: Inventory): Finding[] {
  if (first === undefined) return [];
  const databases = known.ofKind("Cluster").flatMap(({ spec }) => owner({ ...first.cluster, spec }) ?? []);
  const made = (group: string) =>
    names.has(group) ||
    group.startsWith("pg_") ||
    databases.includes(group) ||
    ["public", "current_user", "session_user"].includes(group);
  const missing = [...new Set(grantsOf(known).flatMap(({ to }: Grant) => to))].filter(
    (group) => /^[a-z_][\w$]*$/.test(group) && !made(group),
  );
  if (missing.length === 0 || createsThem(missing, known)) return [];
  const message = `a script gives rights to ${listed(missing)}, which nobody makes: the migration stops, and no program may write; add ${missing.length === 1 ? "it" : "them"} to spec.managed.roles`;
  return [error(first.cluster.resource, "spec.managed.roles", message)];
}

/** Whether some script makes the groups itself, by a plain statement. */
function createsThem(groups: readonly string[], { ofKind }: Inventory): boolean {
  const texts = ofKind("ConfigMap").flatMap(({ resource }) =>
    leaves(recordAt(resource.inputs, "data")).flatMap(([, text]) => (typeof text === "string" ? [text] : [])),
  );
  return groups.every((group) => {
    const made = new RegExp(
      String.raw`\bcreate\s+(?:role|user)\s+(?:if\s+not\s+exists\s+)?"?${group.replaceAll(/\W/g, String.raw`\$&`)}"?\b`,
      "i",
    );
    return texts.some((text) => made.test(text));
  });
}

/** Connections that the server lets a user have, against those that its programs open. Source: https://www.postgresql.org/docs/18/sql-createrole.html */
export function connectionFindings(
  { cluster, role, path }: ManagedRole,
  demand: { readonly least: number; readonly most: number },
): Finding[] {
  const limit = numberAt(role, "connectionLimit");
  if (limit === undefined || limit <= 0 || limit >= demand.most) return [];
  const own = textAt(role, "name") ?? "";
  const message = `${own} may have ${count(limit, "connection")}, and ${demand.most} are opened at full scale (${demand.least} at the least): the rest is refused, and orders with them; raise connectionLimit, or leave it out`;
  return [(limit < demand.least ? error : warning)(cluster.resource, [...path, "connectionLimit"], message)];
}
