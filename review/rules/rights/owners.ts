import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { recordAt, textAt } from "../../kubernetes/value";
import { grantsOf } from "../../orders/grants";
import type { PlannedProgram } from "../../orders/programs";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("database-rights");

/** Who owns a database may drop it and every table that it makes. Source: https://www.postgresql.org/docs/18/ddl-priv.html */
export function ownerFindings(known: Inventory, clusters: readonly KubeObject[], programs: readonly PlannedProgram[]): Finding[] {
  const owners = [
    ...known
      .ofKind("Database")
      .filter(({ group }) => group === "postgresql.cnpg.io")
      .map(({ resource, spec }) => ({ resource, path: "spec.owner", owner: textAt(spec, "owner") })),
    ...clusters.map(({ resource, spec }) => ({
      resource,
      path: "spec.bootstrap.initdb.owner",
      owner: textAt(spec, "bootstrap", "initdb", "owner"),
    })),
  ];
  return owners.flatMap(({ resource, path, owner }) => {
    const users = programs.filter(({ variables }) => owner !== undefined && variables.get("PGUSER")?.value === owner);
    if (users.length === 0) return [];
    const message = `${owner ?? ""}, as which ${listed(users.map(({ program }) => program.name))} logs in, owns the database: a hole in it drops every table, whatever it is granted; let a user own it as which no program logs in`;
    return [warning(resource, path, message)];
  });
}

/** Rights that change something; those to look something up are the business of who may connect. */
const WRITES = /^(?:insert|update|delete|truncate|create|all\b|references|trigger|maintain)/;

/** What everybody may do who connects. Source: https://www.postgresql.org/docs/18/sql-grant.html, PUBLIC */
export function everybodyFindings(known: Inventory): Finding[] {
  const all = grantsOf(known).filter(({ to, privileges }) => to.includes("public") && privileges.some((one) => WRITES.test(one)));
  if (all.length === 0) return [];
  return known.ofKind("ConfigMap").flatMap(({ resource }) =>
    Object.entries(recordAt(resource.inputs, "data")).flatMap(([file, text]) => {
      if (!file.endsWith(".sql") || typeof text !== "string" || !/\bTO\s+"?PUBLIC\b/i.test(text)) return [];
      const own = all.filter(({ on }) => text.replaceAll(/\s+/g, " ").toLowerCase().includes(on));
      if (own.length === 0) return [];
      const what = own.map(({ privileges, on }) => `${privileges.join(", ")} on ${on}`);
      const message = `everybody who connects may ${listed(what)}, the users that only read too; give it to the group that needs it`;
      return [error(resource, ["data", file], message)];
    }),
  );
}
